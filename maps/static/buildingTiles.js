// Buildings of a served page: vector tiles drawn on canvas. Each tile is asked for once and redrawn from memory.

import { VectorTile } from "@mapbox/vector-tile";
import Pbf from "pbf";
import { soon } from "./frames.js";

const EXTENT = 4096;
const TILE_PX = 256;
const SINGLE_FROM = 16; // as data/store/tiles.py
const REACH_PX = 9;
const NATIVE = 18;
const KEPT = 200;
const SLICE = 250; // buildings between two looks at the clock

export const BuildingTiles = L.GridLayer.extend({
  options: { pane: "buildings", minZoom: 11, maxZoom: 20, maxNativeZoom: NATIVE, updateInterval: 100 },

  initialize(remote, palette, housing) {
    Object.assign(this, { remote, palette, housing, read: new Map() });
  },

  // Leaflet's redraw() forgets that tiles are of whole zooms.
  _clampZoom(zoom) {
    return L.GridLayer.prototype._clampZoom.call(this, Math.round(zoom));
  },

  createTile(coords, done) {
    const size = this.getTileSize();
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const canvas = L.DomUtil.create("canvas");
    [canvas.width, canvas.height] = [size.x * ratio, size.y * ratio];
    this.features(coords).then((tile) => this.draw(canvas, tile, ratio, size.x, () => done(null, canvas)));
    return canvas;
  },

  // Buildings came or went: all that is shown is asked for once more.
  again() {
    this.read.clear();
    this.redraw();
  },

  features({ x, y, z }) {
    const address = this.remote.tile("buildings", { x, y, z });
    if (!this.read.has(address)) {
      if (this.read.size >= KEPT) this.read.delete(this.read.keys().next().value);
      this.read.set(address, this.remote.bytes(address).then(decoded, () => {
        this.read.delete(address);
        this.remote.failed();
        return { marks: [], outlines: [] };
      }));
    }
    return this.read.get(address);
  },

  // Some buildings in each frame: the tiles of a view come together, and one frame is no time for all of them.
  draw(canvas, { marks, outlines }, ratio, size, done) {
    if (!marks.length && !outlines.length) return done(); // a canvas that nothing was drawn on costs no frame anything
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    const look = { pen, ratio, scale: (size * ratio) / EXTENT, zoom: this._tileZoom };
    const wanted = this.housing();
    const fits = ({ kind }) => !wanted || kind === wanted;
    const all = [...outlines.filter(fits).map((one) => () => this.outline(look, one)), ...marks.filter((one) => fits(one) && !one.outlined).map((one) => () => this.mark(look, one))];
    const step = (at) => {
      for (const ink of all.slice(at, at + SLICE)) ink();
      pen.getImageData(0, 0, 1, 1); // drawn now, not all of it when the frame ends
      if (at + SLICE < all.length) soon(canvas, () => step(at + SLICE));
      else done();
    };
    soon(canvas, () => step(0));
  },

  outline({ pen, ratio, scale }, { kind, rings }) {
    pen.beginPath();
    for (const ring of rings) ring.forEach(({ x, y }, i) => pen[i ? "lineTo" : "moveTo"](x * scale, y * scale));
    pen.strokeStyle = pen.fillStyle = this.colour(kind);
    pen.lineWidth = 0.8 * ratio;
    pen.globalAlpha = 0.35;
    pen.fill("evenodd");
    pen.globalAlpha = 0.8;
    pen.stroke();
  },

  mark({ pen, ratio, scale, zoom }, { kind, x, y }) {
    pen.globalAlpha = 0.85;
    pen.beginPath();
    pen.arc(x * scale, y * scale, Math.max(1.2, Math.min(6, 1.9 * 1.45 ** (zoom - 15))) * ratio, 0, 2 * Math.PI);
    pen.fillStyle = this.colour(kind);
    pen.fill();
    if (zoom < SINGLE_FROM) return;
    pen.lineWidth = 0.7 * ratio;
    pen.strokeStyle = "#ffffff";
    pen.stroke();
  },

  colour(kind) {
    return this.palette.building[kind] ?? this.palette.otherBuilding;
  },

  // The building whose point is nearest to a click, within reach of a finger's tip.
  near(latlng) {
    const z = Math.min(this._tileZoom ?? 0, NATIVE);
    return this._map && z >= SINGLE_FROM ? this.nearest(this._map, latlng, z, REACH_PX) : null;
  },

  // The one at a place, also where the layer is not shown.
  at(map, latlng) {
    return this.nearest(map, latlng, NATIVE, 1);
  },

  async nearest(map, latlng, z, reach) {
    const at = map.project(latlng, z);
    const tile = at.divideBy(TILE_PX).floor();
    const { marks } = await this.features({ x: tile.x, y: tile.y, z });
    const wanted = this.housing();
    const place = (mark) => L.point(mark.x, mark.y).divideBy(EXTENT / TILE_PX).add(tile.multiplyBy(TILE_PX));
    let [best, least] = [null, reach * 2 ** Math.max(0, z - map.getZoom())];
    for (const mark of marks) {
      const distance = place(mark).distanceTo(at);
      if (distance < least && (!wanted || mark.kind === wanted)) [best, least] = [mark, distance];
    }
    return best && { ...best, latlng: map.unproject(place(best), z) };
  },
});

function decoded(bytes) {
  const { layers } = new VectorTile(new Pbf(bytes));
  return {
    outlines: all(layers.outlines, (feature) => ({ kind: feature.properties.kind, rings: feature.loadGeometry() })),
    marks: all(layers.buildings, (feature) => {
      const [[{ x, y }]] = feature.loadGeometry();
      return { ...feature.properties, x, y };
    }),
  };
}

function all(layer, make) {
  return layer ? Array.from({ length: layer.length }, (_, i) => make(layer.feature(i))) : [];
}
