// The names of grids by their codes: asked for once, and again when a code turns up that nobody knew.

const PAGE = 1000;
const AGAIN_MS = 60_000;

export class GridNames {
  constructor(site) {
    this.site = site;
    this.known = new Map();
    this.read = -Infinity;
  }

  of(code) {
    return this.known.get(code) ?? code;
  }

  async learn(codes) {
    const all = codes.every((code) => this.known.has(code));
    if (all || performance.now() - this.read < AGAIN_MS) return;
    this.read = performance.now();
    try {
      let after;
      do {
        const page = await this.site.get("/grids", { limit: PAGE, after });
        for (const grid of page.features) this.known.set(grid.id, grid.properties.name ?? grid.id);
        after = page.next;
      } while (after);
    } catch (error) {
      this.read = -Infinity; // to be asked for again
      throw error;
    }
  }

  // Plans may have come into force: names are asked for again.
  renew() {
    this.known.clear();
    this.read = -Infinity;
  }
}
