// Incidents as clusters or as heat. Built when first asked for: twenty thousand markers cost half a second.

import { el } from "./dom.js";
import { path } from "./shapes.js";

const HEAT_RADIUS_PX = 22;
// The same colours as .ramp in css/map.css.
const GRADIENT = { 0.15: "#fde0a8", 0.4: "#fb8861", 0.7: "#b73779", 1: "#51127c" };

export class Incidents {
  constructor(map, data, { onPick }) {
    this.map = map;
    this.columns = data.incidents;
    this.onPick = onPick;
    this.points = this.columns ? path(this.columns.at) : [];
    this.mode = "none";
  }

  get total() {
    return this.columns ? this.columns.total : 0;
  }

  weight(i) {
    return this.columns.count ? this.columns.count[i] : 1;
  }

  show(mode) {
    if (this.shown) this.map.removeLayer(this.shown);
    this.mode = mode;
    this.shown = mode === "clusters" ? (this.clusters ??= this.makeClusters()) : mode === "heat" ? (this.heat ??= this.makeHeat()) : null;
    if (this.shown) this.map.addLayer(this.shown);
    if (mode === "heat") this.level();
  }

  makeClusters() {
    const group = L.markerClusterGroup({
      showCoverageOnHover: false, maxClusterRadius: 64, chunkedLoading: true, disableClusteringAtZoom: 19,
      spiderfyOnMaxZoom: true, iconCreateFunction: (cluster) => icon(this.columns.count ? sum(cluster) : cluster.getChildCount()),
    });
    const markers = this.points.map((point, i) => {
      const weight = this.weight(i);
      const marker = L.marker(point, { icon: icon(weight), weight, keyboard: false });
      marker.on("click", () => this.onPick(this.row(i)));
      return marker;
    });
    group.addLayers(markers);
    return group;
  }

  makeHeat() {
    readOften();
    this.map.on("moveend", () => this.level());
    return L.heatLayer(this.points.map((point, i) => [...point, this.weight(i)]), {
      radius: HEAT_RADIUS_PX, blur: 16, minOpacity: 0.15, gradient: GRADIENT,
    });
  }

  // The darkest colour is the busiest place in view, at every zoom; the plugin would fade from zoom to zoom.
  level() {
    if (this.mode !== "heat") return;
    const cells = new Map();
    const view = this.map.getBounds();
    this.points.forEach((point, i) => {
      if (!view.contains(point)) return;
      const at = this.map.latLngToContainerPoint(point).divideBy(HEAT_RADIUS_PX).floor();
      const key = `${at.x},${at.y}`;
      cells.set(key, (cells.get(key) ?? 0) + this.weight(i));
    });
    const most = Math.max(1, ...cells.values());
    this.heat.setOptions({ max: most, maxZoom: this.map.getZoom() });
  }

  row(i) {
    const said = (name) => this.columns[name]?.[i] ?? null;
    return {
      type: "incident", id: said("incident_id"), title: said("title"), category: said("category"),
      status: said("status"), reported: said("reported_at"), grid: said("grid_code"),
      count: this.weight(i), latlng: L.latLng(this.points[i]),
    };
  }
}

// The plugin reads its canvas back at every draw; a browser wants to be told before the first one.
function readOften() {
  const plain = window.simpleheat;
  window.simpleheat = (canvas) => {
    canvas.getContext("2d", { willReadFrequently: true });
    return plain(canvas);
  };
}

function sum(cluster) {
  return cluster.getAllChildMarkers().reduce((total, marker) => total + marker.options.weight, 0);
}

function icon(count) {
  if (count === 1) return L.divIcon({ className: "incident", html: "", iconSize: [11, 11] });
  const size = count < 10 ? 26 : count < 100 ? 32 : count < 1000 ? 38 : 46;
  const text = count < 10000 ? String(count) : `${Math.floor(count / 1000)}k`;
  return L.divIcon({ className: "incidents", html: el("span", { text }), iconSize: [size, size] });
}
