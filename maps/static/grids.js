// Grids coloured by load, and the outlines of their communities.

import { fill } from "./patterns.js";
import { area } from "./shapes.js";

const OPACITY = 0.85;
const MUTED = 0.12;

export class Grids {
  constructor(data, { onPick }) {
    this.rows = data.grids;
    this.metric = "households";
    this.shapes = this.rows.map((row) => {
      const shape = L.polygon(area(row.shape), { pane: "grids", ...this.style(row), className: "grid" });
      shape.on("click", (event) => {
        L.DomEvent.stopPropagation(event);
        onPick(row, event.latlng);
      });
      return shape;
    });
    const borders = this.rows.map((row) => L.polygon(area(row.shape), { pane: "borders", interactive: false, fill: false, ...border(row) }));
    this.layer = L.featureGroup([...this.shapes, ...borders]);
  }

  style(row) {
    const name = row.load[this.metric];
    return { stroke: false, fillColor: fill(name), fillOpacity: this.muted ? MUTED : OPACITY };
  }

  colourBy(metric) {
    this.metric = metric;
    this.restyle();
  }

  // Under heat the grids step back: two scales of colour over one another can't be read.
  mute(muted) {
    this.muted = muted;
    this.restyle();
  }

  restyle() {
    this.shapes.forEach((shape, i) => shape.setStyle(this.style(this.rows[i])));
  }

  count(name) {
    return this.rows.filter((row) => row.load[this.metric] === name).length;
  }
}

function border(row) {
  return { color: "#3f5870", weight: 1, opacity: 0.9, dashArray: row.load.households === "missing" ? "3 3" : null };
}

export function communityLayer(communities) {
  const outline = (style) =>
    communities.map((row) => L.polygon(area(row.shape), { pane: "communities", interactive: false, fill: false, ...style }));
  return L.layerGroup([
    ...outline({ color: "#ffffff", weight: 4.5, opacity: 0.85 }),
    ...outline({ color: "#17324d", weight: 2 }),
  ]);
}
