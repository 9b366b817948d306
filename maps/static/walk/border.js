// The border on the map: its legs, numbered where they begin, the one that is walked, its notes, and where one stands.
import { el } from "../dom.js";

const OTHER = { color: "#17324d", weight: 5, opacity: 0.85 };
const WALKED = { color: "#1c7a4c", weight: 5, opacity: 0.9, dashArray: "1 8" };
const CHOSEN = { color: "#b3400b", weight: 8, opacity: 1, dashArray: null };

export class Border {
  constructor(map, { words, chosen }) {
    Object.assign(this, { map, words, chosen, lines: [] });
    this.layer = L.layerGroup().addTo(map);
    this.own = L.layerGroup().addTo(map);
  }

  draw({ outline, legs, notes }) {
    this.layer.clearLayers();
    this.legs = legs;
    const ground = { interactive: false, style: { stroke: false, fillColor: "#dcebf9", fillOpacity: 0.45 }, pane: "grids" };
    this.layer.addLayer(L.geoJSON(outline, ground));
    this.lines = legs.map((leg) => L.polyline(leg.path.coordinates.map(([lng, lat]) => [lat, lng]), leg.notes.length ? WALKED : OTHER));
    this.lines.forEach((line, n) => this.layer.addLayer(line.on("click", () => this.chosen(n))));
    legs.forEach((leg, n) => this.layer.addLayer(this.mark(this.middle(n), leg.number, n)));
    for (const { lng, lat } of [...legs.flatMap((leg) => leg.notes), ...notes])
      if (lng !== undefined && lng !== null) this.layer.addLayer(L.circleMarker([lat, lng], { radius: 6, color: "#ffffff", weight: 2, fillColor: "#a13a12", fillOpacity: 1, interactive: false }));
  }

  mark(at, number, n) {
    const icon = L.divIcon({ className: "leg-mark", html: el("span", { text: number }), iconSize: [26, 26] });
    return L.marker(at, { icon, keyboard: false }).on("click", () => this.chosen(n));
  }

  choose(n, { whole = false } = {}) {
    this.lines.forEach((line, i) => line.setStyle({ dashArray: null, ...(i === n ? CHOSEN : this.legs[i].notes.length ? WALKED : OTHER) }));
    this.lines[n].bringToFront();
    const bounds = whole ? L.featureGroup(this.lines).getBounds() : this.lines[n].getBounds();
    this.map.fitBounds(bounds, { padding: [40, 40], maxZoom: 18, animate: false });
  }

  middle(n) {
    const points = this.legs[n].path.coordinates.map(([lng, lat]) => L.latLng(lat, lng));
    const steps = points.slice(1).map((point, i) => point.distanceTo(points[i]));
    let left = steps.reduce((sum, one) => sum + one, 0) / 2;
    const i = steps.findIndex((step) => (left -= step) <= 0);
    if (i < 0) return points[0];
    const share = steps[i] ? (left + steps[i]) / steps[i] : 0;
    return L.latLng(points[i].lat + (points[i + 1].lat - points[i].lat) * share, points[i].lng + (points[i + 1].lng - points[i].lng) * share);
  }

  // Metres from a place to a leg.
  away(n, place) {
    const flat = (at) => this.map.project(at, 20);
    const points = this.legs[n].path.coordinates.map(([lng, lat]) => flat(L.latLng(lat, lng)));
    const at = flat(place);
    const px = Math.min(...points.slice(1).map((point, i) => L.LineUtil.pointToSegmentDistance(at, points[i], point)));
    const metre = 40_075_016 * Math.cos((place.lat * Math.PI) / 180) / (256 * 2 ** 20);
    return px * metre;
  }

  here(at, accuracy) {
    this.own.clearLayers();
    this.own.addLayer(L.circle(at, { radius: accuracy, weight: 1, color: "#1c5a96", fillOpacity: 0.1, interactive: false }));
    this.own.addLayer(L.circleMarker(at, { radius: 8, color: "#ffffff", weight: 3, fillColor: "#1c5a96", fillOpacity: 1, interactive: false }));
  }
}
