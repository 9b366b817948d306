// How many incidents lie where in view, in squares of some pixels: counted by the service tile by tile, or here from
// what a file holds.

import { path } from "./shapes.js";

const TILE_PX = 256;
const SQUARE_PX = 8;
const DEEPEST = 20;
const KEPT = 400;

export function cellSource(data, remote, sums, territory) {
  if (!data.incidents) return null;
  return remote ? new RemoteCells(remote) : new LocalCells(data.incidents, sums, territory);
}

class RemoteCells {
  constructor(remote) {
    this.remote = remote;
    this.kept = new Map();
  }

  async inView(map, filter) {
    const z = Math.min(DEEPEST, Math.round(map.getZoom()));
    const view = map.getBounds();
    const [from, to] = [view.getNorthWest(), view.getSouthEast()].map((at) => map.project(at, z).divideBy(TILE_PX).floor());
    const tiles = [];
    const last = 2 ** z - 1;
    for (let x = Math.max(0, from.x); x <= Math.min(last, to.x); x += 1)
      for (let y = Math.max(0, from.y); y <= Math.min(last, to.y); y += 1) tiles.push({ x, y, z });
    const found = await Promise.all(tiles.map((tile) => this.tile(map, tile, filter)));
    return found.flat();
  }

  tile(map, { x, y, z }, filter) {
    const address = this.remote.tile("incidents", { x, y, z }, asked(filter));
    if (!this.kept.has(address)) {
      if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value);
      this.kept.set(address, this.remote.get(address).then((cells) => {
        if (!cells) this.kept.delete(address);
        return cells ? placed(map, { x, y, z }, cells) : [];
      }));
    }
    return this.kept.get(address);
  }
}

// Filters as the service reads them: an empty word means "not recorded".
export function asked({ from, to, kind, category, under }) {
  const word = (value) => (value ? (value === "-" ? "" : value) : undefined);
  return { first: from || undefined, last: to || undefined, kind: word(kind), category: word(category), under: under || undefined };
}

function placed(map, { x, y, z }, { count, x: px, y: py }) {
  return count.map((many, i) => {
    const { lat, lng } = map.unproject([x * TILE_PX + px[i], y * TILE_PX + py[i]], z);
    return [lat, lng, many];
  });
}

class LocalCells {
  constructor(incidents, sums, territory) {
    Object.assign(this, { sums, territory, marks: incidents.marks });
    this.points = path(this.marks.at);
  }

  // Squares of a file that may be mailed know neither month nor matter.
  get filterable() {
    return Boolean(this.marks.month);
  }

  async inView(map, filter) {
    const { count } = this.marks;
    const wanted = this.wanted(filter);
    const view = map.getBounds();
    const squares = new Map();
    this.points.forEach(([lat, lng], i) => {
      if (!wanted(i) || !view.contains([lat, lng])) return;
      const at = map.project([lat, lng]);
      const key = `${Math.floor(at.x / SQUARE_PX)} ${Math.floor(at.y / SQUARE_PX)}`;
      const square = squares.get(key);
      if (!square) return squares.set(key, [lat, lng, count[i]]);
      const share = count[i] / (square[2] += count[i]);
      square[0] += (lat - square[0]) * share;
      square[1] += (lng - square[1]) * share;
    });
    return [...squares.values()];
  }

  wanted(filter) {
    if (!this.filterable) return () => true;
    const { month, matter, grid } = this.marks;
    const [first, last] = this.sums.span(filter);
    const matters = this.sums.matter(filter);
    const under = this.territory.at(filter.under);
    const inside = this.sums.places.map((place) => this.territory.inside(place, under));
    return (i) =>
      month[i] >= first && month[i] <= last && (!matters || matters[matter[i]]) && (under.i === 0 || (grid[i] >= 0 && inside[grid[i]]));
  }
}
