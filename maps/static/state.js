// What the reader has chosen, kept in the address: reload, "back" and a shared link restore it.

const DEFAULTS = {
  at: "", house: "", by: "load-households", classes: "equal", from: "", to: "", kind: "", category: "", severity: "",
  only: "", housing: "", incidents: "none", layers: "", tab: "overview", lang: "", view: "",
};
const CHOICES = {
  by: ["load-households", "load-residents", "households", "residents", "incidents", "rate"],
  classes: ["equal", "quantile"],
  severity: ["", "blocking", "warning", "note"],
  incidents: ["none", "clusters", "heat"],
  tab: ["overview", "evenness", "incidents", "findings", "layers"],
  lang: ["", "zh", "en"],
};

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

export class State {
  constructor() {
    this.listeners = [];
    this.values = read();
    addEventListener("popstate", () => this.take(read()));
    addEventListener("hashchange", () => this.take(read()));
  }

  get(key) {
    return this.values[key];
  }

  // push: a step that "back" undoes; else the present step is amended. The step comes before the listeners hear of it:
  // what they amend at once (a map that need not move far has moved before it returns) is this step, not the last one.
  set(patch, { push = true } = {}) {
    const values = { ...this.values, ...patch };
    const changed = this.differing(values);
    this.values = values;
    if (!changed.size) return;
    history[push ? "pushState" : "replaceState"](null, "", this.address());
    this.tell(changed);
  }

  address() {
    const said = Object.entries(this.values).filter(([key, value]) => value !== DEFAULTS[key]);
    return said.length ? `#${new URLSearchParams(said)}` : `${location.pathname}${location.search}`;
  }

  take(values) {
    const changed = this.differing(values);
    this.values = values;
    this.tell(changed);
  }

  differing(values) {
    return new Set(Object.keys(DEFAULTS).filter((key) => values[key] !== this.values[key]));
  }

  tell(changed) {
    for (const { keys, listener } of this.listeners) if (keys.some((key) => changed.has(key))) listener(changed);
  }

  on(keys, listener) {
    this.listeners.push({ keys, listener });
  }
}

// A link may have been cut or written by hand: what is no choice is the default.
function read() {
  const said = new URLSearchParams(location.hash.slice(1));
  const values = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS)) {
    const value = said.get(key);
    if (value !== null && (!CHOICES[key] || CHOICES[key].includes(value))) values[key] = value;
  }
  // A period has two ends, in their order.
  const { from, to } = values;
  if (!MONTH.test(from) || !MONTH.test(to) || from > to) Object.assign(values, { from: "", to: "" });
  return values;
}
