// Buildings of a served page: vector tiles drawn on canvas. Each tile is asked for once and redrawn from memory.

import { VectorTile } from "@mapbox/vector-tile";
import Pbf from "pbf";

const EXTENT = 4096;
const TILE_PX = 256;
const SINGLE_FROM = 16; // as data/store/tiles.py
const REACH_PX = 9;
const NATIVE = 18;
const KEPT = 200;

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
    this.features(coords).then((tile) => {
      this.draw(canvas, tile, ratio, size.x);
      done(null, canvas);
    });
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

  draw(canvas, { marks, outlines }, ratio, size) {
    const pen = canvas.getContext("2d");
    const scale = (size * ratio) / EXTENT;
    const zoom = this._tileZoom;
    const radius = Math.max(1.2, Math.min(6, 1.9 * 1.45 ** (zoom - 15))) * ratio;
    const wanted = this.housing();
    for (const { kind, rings } of outlines) {
      if (wanted && kind !== wanted) continue;
      pen.beginPath();
      for (const ring of rings) ring.forEach(({ x, y }, i) => pen[i ? "lineTo" : "moveTo"](x * scale, y * scale));
      pen.strokeStyle = pen.fillStyle = this.colour(kind);
      pen.lineWidth = 0.8 * ratio;
      pen.globalAlpha = 0.35;
      pen.fill("evenodd");
      pen.globalAlpha = 0.8;
      pen.stroke();
    }
    pen.globalAlpha = 0.85;
    for (const { kind, x, y, outlined } of marks) {
      if (outlined || (wanted && kind !== wanted)) continue;
      pen.beginPath();
      pen.arc(x * scale, y * scale, radius, 0, 2 * Math.PI);
      pen.fillStyle = this.colour(kind);
      pen.fill();
      if (zoom < SINGLE_FROM) continue;
      pen.lineWidth = 0.7 * ratio;
      pen.strokeStyle = "#ffffff";
      pen.stroke();
    }
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
