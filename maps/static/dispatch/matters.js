// What a call may be about: categories, and the items of the catalogue below them, found by their names.

export class Matters {
  constructor({ list, categories, items }) {
    this.items = new Map(items.map((item) => [label(item, items), item]));
    for (const [name, names] of Object.entries(categories)) list.append(new Option(names.join("、"), name));
    for (const [said, { category, code }] of this.items) list.append(new Option([category, code].filter(Boolean).join(" · "), said));
  }

  // What stands in the field, as it is reported: an item is its category and its code.
  of(said) {
    const item = this.items.get(said);
    return item ? { category: item.category ?? said, catalogue_code: item.code } : { category: said || undefined };
  }
}

// A name that several items bear is told with its category.
function label(item, items) {
  const twins = items.filter((other) => other.name === item.name);
  return twins.length > 1 ? `${item.name}（${item.category ?? item.code}）` : item.name;
}
