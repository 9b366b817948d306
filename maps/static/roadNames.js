// The names of roads and rivers along them, letter by letter as on a printed map: upright where they run up and down, with a
// halo, none over another or over a name of a grid. On one canvas, drawn when a move or a zoom has ended.
import { soon } from "./frames.js";
import { path } from "./shapes.js";

const FROM_ZOOM = { arterial: 14, street: 15, lane: 16, river: 13 };
const SIZE_PX = { arterial: 13, street: 12, lane: 11, river: 13 };
const INK = { river: "#1d5f80" };
const FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif";
const AGAIN_PX = 420; // a name comes again after so much of its road
const TURN = Math.PI / 4; // more a road must not turn from one letter to the next
const AROUND = 0.15;
const SLICE = 25; // roads between two looks at the clock
const CHINESE = /[\u2e80-\u9fff\uf900-\ufaff]/;

export const RoadNames = L.Layer.extend({
  // taken(): boxes (L.bounds, layer points) of what names of roads must not lie under.
  initialize({ roads, rivers }, { taken = () => [] } = {}) {
    L.setOptions(this, { pane: "roadnames" });
    Object.assign(this, { taken, turn: {} });
    const named = [...roads.map((way) => ({ ...way, kind: way.class in FROM_ZOOM ? way.class : "lane" })), ...rivers.map((way) => ({ ...way, kind: "river" }))];
    this.ways = joined(named.filter((way) => way.name && way.lines.length));
    this.ways.sort((a, b) => FROM_ZOOM[a.kind] - FROM_ZOOM[b.kind]);
  },

  getEvents() {
    return { zoomstart: this.clear, moveend: this.later, resize: this.later, viewreset: this.reset };
  },

  onAdd(map) {
    this.sheet = map.getPane(this.options.pane) ?? map.createPane(this.options.pane);
    this.later();
  },

  onRemove() {
    this.clear();
  },

  clear() {
    this.view = null;
    this.canvas?.remove();
  },

  // Points of the map are counted from elsewhere now.
  reset() {
    this.clear();
    this.later();
  },

  later() {
    soon(this, () => this._map && this.draw());
  },

  draw() {
    const map = this._map;
    const size = map.getSize();
    const corner = map.containerPointToLayerPoint(size.multiplyBy(-AROUND)).round();
    const whole = size.multiplyBy(1 + 2 * AROUND).round();
    const ratio = L.Browser.retina ? 2 : 1;
    const canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide"); // shown when all of it is drawn
    Object.assign(canvas, { width: whole.x * ratio, height: whole.y * ratio });
    Object.assign(canvas.style, { width: `${whole.x}px`, height: `${whole.y}px` });
    L.DomUtil.setPosition(canvas, corner);
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.setTransform(ratio, 0, 0, ratio, -corner.x * ratio, -corner.y * ratio);
    Object.assign(pen, { textAlign: "center", textBaseline: "middle", lineJoin: "round", strokeStyle: "rgba(255,255,255,0.92)", lineWidth: 3 });
    const view = { bounds: L.bounds(corner, corner.add(whole)), taken: [...this.taken()], pen };
    const box = map.getBounds().pad(AROUND);
    const ways = this.ways.filter((way) => map.getZoom() >= FROM_ZOOM[way.kind] && way.box.intersects(box));
    const step = (from) => {
      if (this.view !== view || !this._map) return; // moved on meanwhile
      for (const way of ways.slice(from, from + SLICE)) this.along(way, view);
      pen.getImageData(0, 0, 1, 1); // drawn now, not all of it when the frame ends
      if (from + SLICE < ways.length) soon(this.turn, () => step(from + SLICE));
      else {
        this.canvas?.remove();
        this.canvas = this.sheet.appendChild(canvas);
      }
    };
    this.view = view;
    step(0);
  },

  along({ name, kind, line }, view) {
    const points = line.map((at) => this._map.latLngToLayerPoint(at));
    const upTo = lengths(points);
    const px = SIZE_PX[kind];
    view.pen.font = `500 ${px}px ${FONT}`;
    view.pen.fillStyle = INK[kind] ?? "#3b4650";
    const letters = [...name];
    const wide = letters.map((letter) => view.pen.measureText(letter).width + (CHINESE.test(letter) ? 3 : 0.4));
    const needed = wide.reduce((sum, one) => sum + one, 0);
    const all = upTo.at(-1);
    const n = Math.max(1, Math.floor(all / AGAIN_PX));
    if (all < needed + 8) return;
    for (let i = 0; i < n; i++) {
      const middle = (all * (i + 0.5)) / n;
      for (const away of [0, -60, 60, -120, 120]) if (this.put(letters, wide, middle + away - needed / 2, { points, upTo, px, view })) break;
    }
  },

  // One name from a place on; false where it does not fit, bends too much or would lie over something.
  put(letters, wide, from, { points, upTo, px, view }) {
    if (from < 0 || from + wide.reduce((sum, one) => sum + one, 0) > upTo.at(-1)) return false;
    const [start, end] = [spot(points, upTo, from), spot(points, upTo, from + wide.reduce((sum, one) => sum + one, 0))];
    const steep = Math.abs(end.y - start.y) > Math.abs(end.x - start.x);
    const upright = steep && letters.some((letter) => CHINESE.test(letter));
    const forward = upright ? end.y > start.y : end.x > start.x || (end.x === start.x && end.y < start.y);
    const order = forward ? letters.map((letter, i) => [letter, wide[i]]) : letters.map((letter, i) => [letter, wide[i]]).reverse();
    const placed = [];
    let at = from;
    let last = null;
    for (const [letter, width] of order) {
      const { x, y, turn } = spot(points, upTo, at + width / 2);
      if (last !== null && Math.abs(Math.atan2(Math.sin(turn - last), Math.cos(turn - last))) > TURN) return false;
      last = turn;
      at += width;
      const own = (forward ? turn : turn + Math.PI) - (upright ? Math.PI / 2 : 0);
      const half = px / 2 + 1;
      placed.push({ letter, x, y, own, box: L.bounds([x - half, y - half], [x + half, y + half]) });
    }
    if (placed.some(({ box }) => !view.bounds.contains(box) || view.taken.some((other) => other.overlaps(box)))) return false;
    for (const ink of ["strokeText", "fillText"])
      for (const { letter, x, y, own } of placed) {
        view.pen.save();
        view.pen.translate(x, y);
        view.pen.rotate(own);
        view.pen[ink](letter, 0, 0);
        view.pen.restore();
      }
    view.taken.push(...placed.map(({ box }) => box));
    return true;
  },
});

// Pieces of one name that go on in one another, as one line: a name is longer than one block of a street.
function joined(ways) {
  const found = [];
  const groups = new Map();
  for (const { name, kind, lines } of ways) {
    const key = `${kind} ${name}`;
    const group = groups.get(key) ?? groups.set(key, { name, kind, lines: [] }).get(key);
    group.lines.push(...lines.map(path).filter((line) => line.length > 1));
  }
  for (const { name, kind, lines } of groups.values())
    for (const line of chained(lines)) found.push({ name, kind, line, box: L.latLngBounds(line) });
  return found;
}

function chained(lines) {
  const ends = new Map();
  const at = (point) => point.map((one) => one.toFixed(6)).join();
  const note = (line) => { for (const end of [line[0], line.at(-1)]) (ends.get(at(end)) ?? ends.set(at(end), new Set()).get(at(end))).add(line); };
  const free = new Set(lines);
  lines.forEach(note);
  const made = [];
  for (const line of lines) {
    if (!free.delete(line)) continue;
    let whole = line;
    for (let turn = 0; turn < 2; turn++) {
      for (let next; (next = [...(ends.get(at(whole.at(-1))) ?? [])].find((one) => free.has(one))); ) {
        free.delete(next);
        whole = [...whole, ...(at(next[0]) === at(whole.at(-1)) ? next : [...next].reverse()).slice(1)];
      }
      whole = [...whole].reverse();
    }
    made.push(whole);
  }
  return made;
}

function lengths(points) {
  const upTo = [0];
  for (let i = 1; i < points.length; i++) upTo.push(upTo[i - 1] + points[i].distanceTo(points[i - 1]));
  return upTo;
}

// Where one is after so much of a line, and which way it goes there.
function spot(points, upTo, length) {
  let i = upTo.findIndex((one) => one >= length);
  if (i < 1) i = i === 0 ? 1 : points.length - 1;
  const [a, b] = [points[i - 1], points[i]];
  const share = (length - upTo[i - 1]) / (upTo[i] - upTo[i - 1] || 1);
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share, turn: Math.atan2(b.y - a.y, b.x - a.x) };
}
