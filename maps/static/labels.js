// Names on the map with a halo, none over another, under a mark or cut off: communities from afar, grid numbers near by.

import { el, shorten } from "./dom.js";
import { soon } from "./frames.js";
import { bounds, latLng } from "./shapes.js";

const GAP_PX = 3;
const SIZE_PX = { community: 15, faint: 14, region: 13, grid: 12 };
const FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif";
const LONGEST = 22;
// How far a name goes up or down, within its place, where it would lie under a mark.
const AWAY_PX = [0, -14, 14, -20, 20, -34, 34];

export const Labels = L.Layer.extend({
  initialize({ communities, grids, regions }, language) {
    this.language = language;
    this.communities = communities.map((row) => candidate(row, row.name ?? row.code));
    this.regions = regions.map((row) => candidate(row, row.name ?? row.code));
    this.grids = grids.map((row) => candidate(row, number(row)));
    this.ruler = document.createElement("canvas").getContext("2d");
  },

  onAdd(map) {
    this.sheet = el("div", { class: "labels leaflet-zoom-hide" });
    map.getPane("labels").append(this.sheet);
    map.on("viewreset resize", this.draw, this);
    map.on("zoomend", this.zoomed, this);
    map.on("moveend", this.moved, this);
    map.on("layeradd layerremove", this.marksChanged, this);
    this.draw();
  },

  onRemove(map) {
    map.off("viewreset resize", this.draw, this);
    map.off("zoomend", this.zoomed, this);
    map.off("moveend", this.moved, this);
    map.off("layeradd layerremove", this.marksChanged, this);
    this.sheet.remove();
  },

  // No name lies where it belongs; a zoom ends as a move too, which draws them anew.
  zoomed() {
    this.sheet.replaceChildren();
  },

  moved() {
    if (this.seen !== seen(this._map)) this.later();
  },

  marksChanged({ layer }) {
    if (layer instanceof L.Marker) this.later();
  },

  // Marks come and go by the dozen: once for all of them.
  later() {
    soon(this, () => this._map && this.draw());
  },

  draw() {
    this.seen = seen(this._map);
    const view = this._map.getBounds().pad(0.05);
    const near = this.nearby(view);
    const order = near
      ? [["grid", this.grids], ["faint", this.communities], ["region", this.regions]]
      : [["community", this.communities], ["grid", this.communities.length ? [] : this.grids], ["region", this.regions]];
    const placed = [];
    this.marks = [...this._map.getPane("markerPane").querySelectorAll(".mark, .marks")].map(boxOfMark);
    // A wall screen is read from further away.
    this.scale = Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / 15);
    this.sheet.replaceChildren();
    for (const [kind, rows] of order)
      for (const row of rows) if (row.at && view.contains(row.at)) this.place(row, kind, placed);
  },

  // Numbers are worth showing once a middling grid is wide enough to hold one.
  nearby(view) {
    if (!this.grids.length) return false;
    const widths = this.grids.filter((row) => row.at && view.contains(row.at)).map((row) => this.width(row));
    widths.sort((a, b) => a - b);
    return widths.length > 0 && widths[Math.floor(widths.length / 2)] > 72;
  },

  width(row) {
    const [west, east] = [row.extent.getWest(), row.extent.getEast()];
    const lat = row.at.lat;
    return this._map.latLngToLayerPoint([lat, east]).x - this._map.latLngToLayerPoint([lat, west]).x;
  },

  place(row, kind, placed) {
    if (kind === "grid" && this.width(row) < 34) return;
    const size = SIZE_PX[kind] * this.scale;
    this.ruler.font = `600 ${size}px ${FONT}`; // as css/map.css has them
    const half = [this.ruler.measureText(row.text).width / 2 + GAP_PX, size / 2 + GAP_PX];
    const boxes = this.choices(row, kind, half).map((at) => [at.x - half[0], at.y - half[1], at.x + half[0], at.y + half[1]]);
    const box = boxes.find((one) => ![...placed, ...this.marks].some((other) => overlap(one, other)));
    if (!box) return;
    placed.push(box);
    const at = L.point((box[0] + box[2]) / 2, (box[1] + box[3]) / 2);
    const label = el("div", { class: `label label-${kind}` }, el("bdi", { text: row.text }));
    L.DomUtil.setPosition(label, at);
    this.sheet.append(label);
  },

  // Where a name may stand, best first: in the middle of its place, above or below; from the map's edge it moves in.
  choices(row, kind, half) {
    const at = this._map.latLngToLayerPoint(row.at);
    const y = (lat) => this._map.latLngToLayerPoint([lat, row.at.lng]).y;
    const [top, bottom] = row.extent ? [y(row.extent.getNorth()), y(row.extent.getSouth())] : [at.y, at.y];
    const [least, most] = [[0, 0], this._map.getSize()].map((corner) => this._map.containerPointToLayerPoint(corner).x);
    const inner = kind !== "grid" && at.x > least && at.x < most;
    const x = inner ? Math.max(least + half[0], Math.min(most - half[0], at.x)) : at.x;
    return AWAY_PX.filter((away) => !away || (at.y + away > top + half[1] && at.y + away < bottom - half[1])).map((away) => L.point(x, at.y + away));
  },
});

function candidate(row, text) {
  return { text: shorten(text ?? "", LONGEST), at: latLng(row.at), extent: row.shape.length ? bounds(row.shape) : null };
}

// A national code ends in the grid's number within its community; any other code is shown as it is.
function number(row) {
  return /^\d{15}$/.test(row.code ?? "") ? row.code.slice(-3) : (row.name ?? row.code);
}

function seen(map) {
  return `${map.getZoom()} ${map.getPixelBounds().min}`;
}

function boxOfMark(icon) {
  const at = L.DomUtil.getPosition(icon);
  return [at.x - icon.offsetWidth / 2, at.y - icon.offsetHeight / 2, at.x + icon.offsetWidth / 2, at.y + icon.offsetHeight / 2];
}

function overlap(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}
