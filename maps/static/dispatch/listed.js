// What the list holds when some incidents have changed: those that it still wants are where they belong, the others gone.

const SLACK = 25; // rows that may be missing at the end before the list is read anew

// The newest first, as the service lists them.
const before = (a, b) => {
  const [one, other] = [Date.parse(a.reported_at), Date.parse(b.reported_at)];
  return one === other ? a.id > b.id : one > other;
};

// listed: {items, next} as they were shown; ids: of what changed; found: those of them that the list wants, as they are
// now. Undefined where too many are gone from its end: then it is to be read anew.
export function changed(listed, ids, found, most) {
  const items = listed.items.filter((one) => !ids.has(one.id));
  const last = listed.items.at(-1);
  for (const one of found) {
    if (listed.next && last && before(last, one)) continue; // it belongs to what is not shown
    const n = items.findIndex((other) => before(one, other));
    items.splice(n < 0 ? items.length : n, 0, one);
  }
  if (listed.next && items.length < listed.items.length && items.length <= most - SLACK) return undefined;
  return { items: items.slice(0, most), next: items.length > most ? "more" : listed.next };
}
