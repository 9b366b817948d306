// Grids coloured by what is chosen, those outside the place that is looked at faded; and the outlines of communities.

import { fill } from "./patterns.js";
import { area } from "./shapes.js";

const OPACITY = 0.85;
const FADED = 0.18;
const MUTED = 0.12;

export class Grids {
  constructor({ state, metrics, eras, territory, onPick }) {
    Object.assign(this, { state, metrics, eras, territory, onPick, drawn: new Map() });
    this.fills = L.featureGroup();
    this.borders = L.featureGroup();
    this.layer = L.layerGroup([this.fills, this.borders]);
    this.listeners = [];
    state.on(["by", "classes", "from", "to", "kind", "category", "at"], () => this.refresh());
    this.refresh();
  }

  get rows() {
    return this.shown;
  }

  // Those in force at the end of what is shown, each in its class.
  refresh() {
    this.shown = this.eras.inForce();
    const here = this.territory.at(this.state.get("at"));
    this.found = this.metrics.classes(this.shown);
    const drawn = new Set(this.shown);
    for (const [row, { shape, border }] of this.drawn)
      if (!drawn.has(row)) {
        this.fills.removeLayer(shape);
        this.borders.removeLayer(border);
      }
    this.shown.forEach((row, i) => {
      const { shape, border } = this.polygon(row);
      this.fills.addLayer(shape);
      this.borders.addLayer(border);
      const inside = this.territory.inside(this.territory.has(row.code) ? this.territory.at(row.code) : this.territory.at(row.community_code), here);
      shape.setStyle({ fillColor: fill(this.found.names[i]), fillOpacity: this.muted ? MUTED : inside ? OPACITY : FADED });
      border.setStyle({ weight: row.code === here.code ? 3.5 : 1, color: row.code === here.code ? "#12283d" : "#3f5870" });
    });
    for (const listener of this.listeners) listener();
  }

  polygon(row) {
    if (!this.drawn.has(row)) {
      const shape = L.polygon(area(row.shape), { pane: "grids", stroke: false, className: "grid" });
      shape.on("click", (event) => {
        L.DomEvent.stopPropagation(event);
        this.onPick(row, event.latlng);
      });
      const border = L.polygon(area(row.shape), { pane: "borders", interactive: false, fill: false, opacity: 0.9, dashArray: row.load.households === "missing" ? "3 3" : null });
      this.drawn.set(row, { shape, border });
    }
    return this.drawn.get(row);
  }

  // Under heat the grids step back: two scales of colour over one another can't be read.
  mute(muted) {
    if (this.muted === muted) return;
    this.muted = muted;
    this.refresh();
  }

  count(name) {
    return this.found.names.filter((one) => one === name).length;
  }
}

export function communityLayer(communities) {
  const outline = (style) =>
    communities.map((row) => L.polygon(area(row.shape), { pane: "communities", interactive: false, fill: false, ...style }));
  return L.layerGroup([
    ...outline({ color: "#ffffff", weight: 4.5, opacity: 0.85 }),
    ...outline({ color: "#17324d", weight: 2 }),
  ]);
}
