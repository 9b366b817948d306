// Many shapes on one canvas, for a map that is moved and zoomed while thousands of them are seen. Leaflet projects and cuts
// every one of them anew after each zoom. Here a shape is a path in one plane, made once, and a view is a transform of it.
// A view that is new is drawn on a second canvas, some shapes in each frame, while what is seen stays where it belongs,
// moved and stretched with the map; then they change places. What changes in a shape is drawn at once, where it lies.
import { soon } from "./frames.js";

const AROUND = 0.3; // of the map's width and height, drawn beyond what is seen
const PLANE = 18; // the zoom whose pixels the plane has
const COARSE = 14; // up to this zoom a path may leave out what is less than about a pixel there
const SLICE = 40; // shapes between two looks at the clock
const AT_ONCE = 500; // as many shapes as are drawn in one frame where they changed

export const Sheet = L.Layer.extend({
  initialize(pane) {
    L.setOptions(this, { pane });
    Object.assign(this, { shapes: new Map(), spoilt: [], late: null, turn: {} });
  },

  getEvents() {
    return {
      zoomanim: ({ center, zoom }) => this.place(this._map._getNewPixelOrigin(center, zoom), zoom),
      zoom: () => this.follow(),
      viewreset: () => this.follow(),
      resize: () => this.draw(),
      moveend: () => this.moved(),
    };
  },

  onAdd() {
    this.draw();
  },

  onRemove() {
    this.job = null;
    this.view?.canvas.remove();
    this.view = null;
  },

  // A shape of rings of [lat, lng]; of a higher level: over others. style: fill, fillOpacity, color, weight, opacity, dash.
  put(key, rings, style, level = 0) {
    const old = this.shapes.get(key);
    if (old) this.spoil(old);
    const shape = { ...this.traced(rings), style, level };
    this.shapes.set(key, shape);
    this.spoil(shape);
  },

  restyle(key, style) {
    const shape = this.shapes.get(key);
    if (!shape) return;
    Object.assign(shape, { style });
    this.spoil(shape);
  },

  drop(key) {
    const shape = this.shapes.get(key);
    if (shape) this.spoil(shape);
    this.shapes.delete(key);
  },

  traced(rings) {
    const lines = rings.map((ring) => ring.map((at) => L.CRS.EPSG3857.latLngToPoint(L.latLng(at), PLANE)));
    this.origin ??= lines[0][0].floor();
    const lean = 2 ** (PLANE - COARSE);
    return { box: L.bounds(lines.flat()), fine: path(lines, this.origin), coarse: path(lines.map((line) => thinned(line, lean)), this.origin) };
  },

  spoil({ box, style }) {
    this.spoilt.push([box, style.weight ?? 0]);
    if (this._map) soon(this.spoilt, () => this._map && this.touchUp());
  },

  touchUp() {
    const spoilt = this.spoilt.splice(0);
    this.late?.push(...spoilt);
    if (this.view && spoilt.length) this.mend(this.view, spoilt);
    else if (!this.job) this.draw();
  },

  // Draws what changed in a view; where that is much, all of it in turn.
  mend(view, spoilt) {
    const { scale, corner, pen, ratio } = view;
    const all = spoilt.map(([{ min, max }, weight]) => [min.multiplyBy(scale).subtract(corner).subtract([weight + 1, weight + 1]), max.multiplyBy(scale).subtract(corner).add([weight + 1, weight + 1])]);
    const { min, max } = L.bounds(all.flat());
    const [from, size] = [min.floor(), max.ceil().subtract(min.floor())];
    const touched = this.within(view, L.bounds(from, from.add(size)));
    if (touched.length > AT_ONCE) return this.draw();
    pen.save();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.beginPath();
    pen.rect(from.x, from.y, size.x, size.y);
    pen.clip();
    pen.clearRect(from.x, from.y, size.x, size.y);
    this.ink(view, touched);
    return pen.restore();
  },

  // The shapes that reach into a part of a view, the lowest first.
  within({ scale, corner }, { min, max }) {
    const far = 8; // as wide as half a border
    const part = L.bounds(min.add(corner).subtract([far, far]).divideBy(scale), max.add(corner).add([far, far]).divideBy(scale));
    return [...this.shapes.values()].filter(({ box }) => box.intersects(part)).sort((a, b) => a.level - b.level);
  },

  ink({ pen, scale, corner, ratio, zoom }, shapes) {
    if (!this.origin) return;
    const shift = this.origin.multiplyBy(scale).subtract(corner);
    pen.setTransform(scale * ratio, 0, 0, scale * ratio, shift.x * ratio, shift.y * ratio);
    pen.lineJoin = pen.lineCap = "round";
    for (const { fine, coarse, style } of shapes) {
      const drawn = zoom > COARSE ? fine : coarse;
      if (style.fill) {
        pen.globalAlpha = style.fillOpacity;
        pen.fillStyle = style.fill;
        pen.fill(drawn, "evenodd");
      }
      if (!style.weight) continue;
      pen.globalAlpha = style.opacity ?? 1;
      pen.strokeStyle = style.color;
      pen.lineWidth = style.weight / scale;
      pen.setLineDash((style.dash ?? []).map((px) => px / scale));
      pen.stroke(drawn);
    }
  },

  // All that is about to be seen, on a canvas aside.
  draw() {
    if (!this._map || this._map._animatingZoom) return; // its end asks again
    const job = { view: this.fresh() };
    this.job = job;
    this.late = [];
    const { canvas, pen } = job.view;
    const shapes = this.within(job.view, L.bounds([0, 0], [canvas.width, canvas.height]));
    const step = (at) => {
      if (this.job !== job) return;
      this.ink(job.view, shapes.slice(at, at + SLICE));
      pen.getImageData(0, 0, 1, 1); // drawn now, not all of it when the frame ends
      if (at + SLICE < shapes.length) soon(this.turn, () => step(at + SLICE));
      else this.swap(job.view);
    };
    soon(this.turn, () => step(0));
  },

  fresh() {
    const map = this._map;
    const around = map.getSize().multiplyBy(AROUND).ceil();
    const size = map.getSize().add(around.multiplyBy(2));
    const ratio = L.Browser.retina ? 2 : 1;
    const canvas = L.DomUtil.create("canvas", "leaflet-zoom-animated");
    Object.assign(canvas, { width: size.x * ratio, height: size.y * ratio });
    Object.assign(canvas.style, { width: `${size.x}px`, height: `${size.y}px` });
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    const zoom = map.getZoom();
    return { canvas, pen, ratio, zoom, scale: 2 ** (zoom - PLANE), corner: map.getPixelBounds().min.subtract(around), size };
  },

  swap(view) {
    this.job = null;
    this.view?.canvas.remove();
    this.view = view;
    this.getPane().append(view.canvas);
    this.follow();
    const late = this.late ?? [];
    this.late = null;
    if (late.length) this.mend(view, late);
  },

  follow() {
    this.place(this._map.getPixelOrigin(), this._map.getZoom());
  },

  place(origin, zoom) {
    if (!this.view) return;
    const stretch = this._map.getZoomScale(zoom, this.view.zoom);
    L.DomUtil.setTransform(this.view.canvas, this.view.corner.multiplyBy(stretch).subtract(origin), stretch);
  },

  // What is seen and not drawn, or only stretched, is drawn in its turn.
  moved() {
    const { view, _map: map } = this;
    if (!view) return this.draw();
    const seen = map.getPixelBounds();
    const drawn = L.bounds(view.corner, view.corner.add(view.size));
    if (view.zoom !== map.getZoom() || !drawn.contains(seen)) this.draw();
    return undefined;
  },
});

function path(lines, origin) {
  const made = new Path2D();
  for (const line of lines) {
    line.forEach(({ x, y }, i) => made[i ? "lineTo" : "moveTo"](x - origin.x, y - origin.y));
    made.closePath();
  }
  return made;
}

function thinned(line, lean) {
  const kept = L.LineUtil.simplify(line, lean / 2);
  return kept.length > 3 ? kept : line;
}
