// Names on the map with a halo, none over another: communities from afar, grid numbers near by.

import { el, shorten } from "./dom.js";
import { bounds, latLng } from "./shapes.js";

const GAP_PX = 3;
const SIZE_PX = { community: 15, faint: 14, region: 13, grid: 12 };
const FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif";
const LONGEST = 22;

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
    map.on("moveend zoomend resize", this.draw, this);
    this.draw();
  },

  onRemove(map) {
    map.off("moveend zoomend resize", this.draw, this);
    this.sheet.remove();
  },

  draw() {
    const view = this._map.getBounds().pad(0.05);
    const near = this.nearby(view);
    const order = near
      ? [["grid", this.grids], ["faint", this.communities], ["region", this.regions]]
      : [["community", this.communities], ["grid", this.communities.length ? [] : this.grids], ["region", this.regions]];
    const placed = [];
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
    const at = this._map.latLngToLayerPoint(row.at);
    const box = [at.x - half[0], at.y - half[1], at.x + half[0], at.y + half[1]];
    if (placed.some((other) => overlap(box, other))) return;
    placed.push(box);
    const label = el("div", { class: `label label-${kind}` }, el("bdi", { text: row.text }));
    L.DomUtil.setPosition(label, at);
    this.sheet.append(label);
  },
});

function candidate(row, text) {
  return { text: shorten(text ?? "", LONGEST), at: latLng(row.at), extent: row.shape.length ? bounds(row.shape) : null };
}

// A national code ends in the grid's number within its community; any other code is shown as it is.
function number(row) {
  return /^\d{15}$/.test(row.code ?? "") ? row.code.slice(-3) : (row.name ?? row.code);
}

function overlap(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}
