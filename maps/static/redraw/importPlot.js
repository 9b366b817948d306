// A plan drawn elsewhere on the map: as it was drawn, as it would be repaired, what is wrong, the communities around it.
import { el, stored } from "../dom.js";
import { grave } from "./importFaults.js";
import { boxOf, joined, middle } from "./places.js";

const COMMUNITY = { color: "#12283d", weight: 4, opacity: 0.55, fill: false, interactive: false };
const DRAWN = { color: "#17324d", weight: 1.8, fillColor: "#5a9cc9", fillOpacity: 0.18, interactive: false };
const KEPT = { color: "#5b6875", weight: 1.6, dashArray: "2 5", fill: false, interactive: false };
const MENDED = { color: "#4a1d6b", weight: 2.4, dashArray: "7 5", fill: false, interactive: false };
const FAULT = { color: "#b3400b", weight: 3, fillColor: "#b3400b", fillOpacity: 0.5, interactive: false };
const MARK = { color: "#d97706", weight: 5, fill: false, interactive: false };
const SPOT = 9;

export class ImportPlot {
  constructor(map, { words }) {
    Object.assign(this, { map, words });
    this.layer = L.layerGroup().addTo(map);
    this.legend = L.control({ position: "bottomleft" });
    this.legend.onAdd = () => this.explained();
  }

  draw(told, fit) {
    this.clear();
    this.add(told.communities, COMMUNITY, "communities");
    this.add(told.kept, KEPT, "borders");
    this.add(told.grids, DRAWN, "borders");
    this.add(told.mended, MENDED, "borders");
    for (const { geometry } of [...told.remaining, ...told.notes].filter(grave)) if (geometry) this.add(geometry, FAULT, "findings");
    for (const one of [...told.grids.features, ...told.kept.features]) this.name(one);
    const shapes = [...told.grids.features, ...told.communities.features].map(({ geometry }) => geometry);
    this.legend.addTo(this.map);
    if (shapes.length && (fit || !this.fitted)) this.show(shapes);
    this.fitted = shapes.length > 0;
  }

  add(shape, style, pane) {
    if (shape.features && !shape.features.length) return null;
    return L.geoJSON(shape, { style, pane, interactive: false, pointToLayer: (_, at) => L.circleMarker(at, { ...style, radius: SPOT, pane }) }).addTo(this.layer);
  }

  name({ geometry, properties }) {
    const at = middle(geometry);
    if (!at) return;
    const label = el("div", { class: "grid-name" }, el("b", { text: properties.code.slice(-3) }), stored(properties.name));
    const icon = L.divIcon({ className: "grid-name-at", html: label, iconSize: [0, 0] });
    L.marker([at.lat, at.lng], { icon, interactive: false, keyboard: false, pane: "labels" }).addTo(this.layer);
  }

  // One place: where it is, and the map on it.
  mark(geometry) {
    this.marked?.remove();
    this.marked = this.add(geometry, MARK, "chosen");
    this.show([geometry], 19);
  }

  show(shapes, maxZoom = 17) {
    const [west, south, east, north] = shapes.map(boxOf).reduce(joined);
    if (west <= east) this.map.fitBounds([[south, west], [north, east]], { animate: false, padding: [24, 24], maxZoom });
  }

  explained() {
    const line = (name, style) => el("p", {}, el("span", { class: `mark mark-${name}` }), this.words.t(`import-legend-${style}`));
    const open = this.map.getSize().x > 600;
    return el("details", { class: "legend", open }, el("summary", { text: this.words.t("import-legend") }), line("drawn", "drawn"), line("mended", "mended"), line("kept", "kept"), line("community", "community"), line("fault", "fault"));
  }

  clear() {
    this.layer.clearLayers();
    this.marked = null;
    this.legend.remove();
  }
}
