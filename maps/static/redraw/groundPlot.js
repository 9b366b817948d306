// What a file of the ground holds, on the map: where it would lie by what was said of its coordinates.
import { boxOf, joined } from "./places.js";

const SHAPE = { color: "#b3400b", weight: 2, fillColor: "#d97706", fillOpacity: 0.14, interactive: false };
const SPOT = { ...SHAPE, radius: 3, weight: 1, fillOpacity: 0.6 };

export class GroundPlot {
  constructor(map) {
    Object.assign(this, { map, canvas: L.canvas({ pane: "findings" }) });
    this.layer = L.layerGroup().addTo(map);
  }

  // The map goes there once, and again when what was said moves everything.
  draw({ shapes, datum }, began) {
    this.clear();
    if (!shapes.features.length) return;
    const { canvas: renderer } = this;
    L.geoJSON(shapes, { style: { ...SHAPE, renderer }, interactive: false, pointToLayer: (_, at) => L.circleMarker(at, { ...SPOT, renderer }) }).addTo(this.layer);
    if (began || datum !== this.datum) {
      const [west, south, east, north] = shapes.features.map(({ geometry }) => boxOf(geometry)).reduce(joined);
      if (west <= east) this.map.fitBounds([[south, west], [north, east]], { animate: false, padding: [24, 24], maxZoom: 17 });
    }
    this.datum = datum;
  }

  clear() {
    this.layer.clearLayers();
  }
}
