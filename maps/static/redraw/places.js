// Which block lies under a point: blocks by the cells of a coarse net that their boxes touch.

const CELLS = 64;

export class Places {
  constructor(blocks) {
    this.boxes = blocks.map((block) => ({ block, box: boxOf(block.geometry) }));
    this.box = this.boxes.reduce((all, { box }) => joined(all, box), [Infinity, Infinity, -Infinity, -Infinity]);
    this.cells = new Map();
    for (const one of this.boxes) for (const key of this.keys(one.box)) (this.cells.get(key) ?? this.cells.set(key, []).get(key)).push(one);
  }

  at({ lng, lat }) {
    const [key] = this.keys([lng, lat, lng, lat]);
    const near = this.cells.get(key) ?? [];
    return near.find(({ block, box }) => within(box, lng, lat) && covers(block.geometry, lng, lat))?.block ?? null;
  }

  *keys([west, south, east, north]) {
    const [x0, y0, x1, y1] = this.box;
    const cell = (value, from, to) => Math.max(0, Math.min(CELLS - 1, Math.floor(((value - from) / (to - from || 1)) * CELLS)));
    for (let i = cell(west, x0, x1); i <= cell(east, x0, x1); i++)
      for (let j = cell(south, y0, y1); j <= cell(north, y0, y1); j++) yield i * CELLS + j;
  }
}

export function boxOf(geometry) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lng, lat] of points(geometry)) {
    box[0] = Math.min(box[0], lng);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lng);
    box[3] = Math.max(box[3], lat);
  }
  return box;
}

export function joined(a, b) {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

function within([west, south, east, north], lng, lat) {
  return lng >= west && lng <= east && lat >= south && lat <= north;
}

export function polygons({ type, coordinates }) {
  if (type === "Polygon") return [coordinates];
  return type === "MultiPolygon" ? coordinates : [];
}

export function* points(geometry) {
  if (geometry.type === "Point") yield geometry.coordinates;
  else if (geometry.type === "LineString" || geometry.type === "MultiPoint") yield* geometry.coordinates;
  else if (geometry.type === "MultiLineString") for (const line of geometry.coordinates) yield* line;
  else if (geometry.type === "GeometryCollection") for (const one of geometry.geometries) yield* points(one);
  else for (const rings of polygons(geometry)) for (const ring of rings) yield* ring;
}

// The outer border of polygons that tile: the edges that only one of them has, end to end as rings.
export function around(geometries) {
  const edges = new Map();
  for (const geometry of geometries)
    for (const ring of polygons(geometry).flat())
      for (let i = 1; i < ring.length; i++) {
        const [a, b] = [ring[i - 1].join(), ring[i].join()];
        const key = a < b ? `${a} ${b}` : `${b} ${a}`;
        edges.set(key, edges.has(key) ? null : [ring[i - 1], ring[i]]);
      }
  const beside = new Map();
  for (const edge of edges.values())
    if (edge) for (const [at, to] of [edge, [...edge].reverse()]) (beside.get(at.join()) ?? beside.set(at.join(), []).get(at.join())).push(to);
  const rings = [];
  for (const [start, ways] of beside)
    while (ways.length) rings.push(walked(start.split(",").map(Number), beside));
  return rings;
}

function walked(start, beside) {
  const ring = [start];
  for (let at = start; ; ) {
    const to = beside.get(at.join()).pop();
    if (!to) return ring;
    const back = beside.get(to.join());
    back.splice(back.findIndex((one) => one.join() === at.join()), 1);
    ring.push(to);
    if (to.join() === start.join()) return ring;
    at = to;
  }
}

// For the pointer alone; which grid anything belongs to is the server's to say.
export function covers(geometry, lng, lat) {
  return polygons(geometry).some((rings) => rings.reduce((inside, ring) => inside !== crosses(ring, lng, lat), false));
}

export function crosses(ring, lng, lat) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[x, y], [u, v]] = [ring[i], ring[j]];
    if (y > lat !== v > lat && lng < ((u - x) * (lat - y)) / (v - y) + x) inside = !inside;
  }
  return inside;
}

// A point inside, or as near to the middle as one gets by halves: where a name stands and what a lasso asks for.
export function middle(geometry) {
  let [best, most] = [null, -1];
  for (const rings of polygons(geometry)) {
    const { lng, lat, area } = centroid(rings[0]);
    if (area > most) [best, most] = [{ lng, lat, rings }, area];
  }
  if (!best) return null;
  if (covers({ type: "Polygon", coordinates: best.rings }, best.lng, best.lat)) return best;
  return widest(best.rings, best.lat);
}

// The middle of the widest stretch inside along a parallel.
function widest(rings, lat) {
  const hits = rings.flatMap((ring) => ring.slice(1).flatMap(([u, v], i) => {
    const [x, y] = ring[i];
    return y > lat !== v > lat ? [((u - x) * (lat - y)) / (v - y) + x] : [];
  })).sort((a, b) => a - b);
  let [lng, most] = [rings[0][0][0], -1];
  for (let i = 0; i + 1 < hits.length; i += 2)
    if (hits[i + 1] - hits[i] > most) [lng, most] = [(hits[i] + hits[i + 1]) / 2, hits[i + 1] - hits[i]];
  return { lng, lat };
}

function centroid(ring) {
  let [x, y, twice] = [0, 0, 0];
  const [[ox, oy]] = ring;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay, bx, by] = [ring[j][0] - ox, ring[j][1] - oy, ring[i][0] - ox, ring[i][1] - oy];
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  if (!twice) return { lng: ox, lat: oy, area: 0 };
  return { lng: ox + x / (3 * twice), lat: oy + y / (3 * twice), area: Math.abs(twice / 2) };
}
