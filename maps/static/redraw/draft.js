// One draft as the page holds it: what the server answered last, and nothing that it did not.

export class Draft {
  constructor(layers) {
    this.blocks = byId(layers.blocks.features);
    this.grids = byId(layers.grids.features);
    this.buildings = layers.buildings.features;
    this.note(layers);
  }

  note({ plan, version, undo, redo, badges }) {
    Object.assign(this, { plan, version, undo, redo, badges });
  }

  // Takes in what an edit changed; the ids of blocks that look otherwise now.
  change(changed) {
    for (const code of changed.gone) this.grids.delete(code);
    for (const grid of changed.grids) this.grids.set(grid.id, grid);
    for (const id of changed.blocks_gone) this.blocks.delete(id);
    for (const block of changed.blocks) this.blocks.set(block.id, block);
    this.note(changed);
  }

  get id() {
    return this.plan.id;
  }

  get codes() {
    return [...this.grids.keys()].sort();
  }

  grid(code) {
    return this.grids.get(code)?.properties;
  }

  // A grid by what tells it apart in its community: the end of its code.
  short(code) {
    const home = this.plan.community_code;
    return code.startsWith(home) && code.length > home.length ? code.slice(home.length).replace(/^[^\p{L}\p{N}]+/u, "") : code;
  }

  title(code) {
    return this.grid(code)?.name ?? code;
  }

  blocksOf(code) {
    return [...this.blocks.values()].filter((block) => block.properties.grid_code === code);
  }
}

function byId(features) {
  return new Map(features.map((feature) => [feature.id, feature]));
}

// Where a grid stands against its limits: below, above or within both.
export function standing({ households, residents, limits }) {
  if (!limits) return "within";
  const pairs = [[households, limits.households], [residents, limits.residents]];
  if (pairs.some(([value, [, most]]) => value > most)) return "above";
  return pairs.some(([value, [least]]) => value < least) ? "below" : "within";
}
