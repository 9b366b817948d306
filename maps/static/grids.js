// Grids coloured by load, and the outlines of their communities.

import { fill } from "./patterns.js";
import { area } from "./shapes.js";

const OPACITY = 0.78;

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
    this.layer = L.featureGroup(this.shapes);
  }

  style(row) {
    const name = row.load[this.metric];
    return {
      fillColor: fill(name), fillOpacity: OPACITY, color: "#47617a", weight: 0.9, opacity: 0.85,
      dashArray: name === "missing" ? "3 3" : null,
    };
  }

  colourBy(metric) {
    this.metric = metric;
    this.shapes.forEach((shape, i) => shape.setStyle(this.style(this.rows[i])));
  }

  count(name) {
    return this.rows.filter((row) => row.load[this.metric] === name).length;
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
