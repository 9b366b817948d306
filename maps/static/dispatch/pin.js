// The place on the map: a pin that is dragged or nudged by arrow keys, the grids around it, the candidates by number.
import { el } from "../dom.js";
import { makePanes } from "../panes.js";
import { Readings } from "./readings.js";

const L = window.L;
const CLOSE = 17;
const STEP_PX = 4;
const STRIDE_PX = 24;
const NAME = { permanent: true, direction: "center", className: "grid-name" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Pin {
  constructor(element, { site, words, bounds, moved, picked, failed }) {
    Object.assign(this, { site, moved, picked });
    this.map = L.map(element, { attributionControl: false, zoomControl: false, fadeAnimation: false, maxZoom: 20 });
    L.control.zoom({ zoomInTitle: words.t("zoom-in"), zoomOutTitle: words.t("zoom-out") }).addTo(this.map);
    if (bounds) this.map.fitBounds([[bounds[1], bounds[0]], [bounds[3], bounds[2]]]);
    else this.map.setView([35, 105], 5);
    makePanes(this.map);
    this.outlines = L.layerGroup().addTo(this.map);
    this.offers = L.layerGroup().addTo(this.map);
    const icon = L.divIcon({ className: "pin", html: false, iconSize: [30, 38], iconAnchor: [15, 37] });
    this.marker = L.marker([0, 0], { draggable: true, icon, title: words.t("pin"), zIndexOffset: 1000 });
    this.marker.on("drag dragend", () => this.shift());
    this.marker.on("add", () => this.marker.getElement().addEventListener("keydown", (event) => this.nudge(event)));
    this.shown = new Set();
    this.marks = new Map();
    this.readings = new Readings({ words, around: (community) => this.around(community), failed });
    new ResizeObserver(() => this.map.invalidateSize()).observe(element);
  }

  put({ lng, lat }, radius_m) {
    this.offers.clearLayers();
    this.marks.clear();
    this.map.getContainer().classList.remove("choosing");
    document.body.dataset.pin = ""; // on a phone the map is there once there is something to show
    this.map.invalidateSize();
    this.marker.setLatLng([lat, lng]).addTo(this.map);
    this.circle?.remove();
    this.circle = radius_m ? L.circle([lat, lng], { radius: radius_m, interactive: false, className: "radius" }).addTo(this.map) : undefined;
    this.map.setView([lat, lng], Math.max(this.map.getZoom(), CLOSE), { animate: false });
  }

  shift() {
    this.circle?.remove();
    const { lng, lat } = this.marker.getLatLng();
    this.moved({ lng, lat });
  }

  nudge(event) {
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const at = this.map.latLngToContainerPoint(this.marker.getLatLng()).add(L.point(way).multiplyBy(event.shiftKey ? STRIDE_PX : STEP_PX));
    this.marker.setLatLng(this.map.containerPointToLatLng(at));
    if (!this.map.getBounds().pad(-0.1).contains(this.marker.getLatLng())) this.map.panTo(this.marker.getLatLng(), { animate: false });
    this.shift();
  }

  focus() {
    this.marker.getElement()?.focus();
  }

  away() {
    this.offers.clearLayers();
    this.marker.remove();
    delete document.body.dataset.pin;
    this.circle?.remove();
  }

  // What the words may mean, numbered as in the list. Where a person must ``choose`` between readings of coordinates,
  // each says what it is, and the map is there on a phone too.
  offer(hits, choose = false) {
    this.offers.clearLayers();
    this.marks.clear();
    this.lend(choose);
    this.map.getContainer().classList.toggle("choosing", choose); // the readings' names are enough then
    const placed = hits.flatMap((hit, n) => (hit.lng === null ? [] : [{ at: [hit.lat, hit.lng], hit, n }]));
    if (choose) this.readings.draw(placed.map((one) => one.hit), this.offers);
    for (const { at, hit, n } of placed) {
      const icon = L.divIcon({ className: "offer", html: el("span", { text: n + 1 }), iconSize: [22, 22] });
      const marker = L.marker(at, { icon, keyboard: false }).on("click", () => this.picked(n)).addTo(this.offers);
      if (choose) this.readings.bind(marker, hit, hits);
      this.marks.set(n, marker);
    }
    if (placed.length) this.map.fitBounds(placed.map((one) => one.at), { padding: choose ? [70, 60] : [40, 40], maxZoom: CLOSE, animate: false });
  }

  // The candidate that the keyboard is at.
  mark(at) {
    for (const [n, marker] of this.marks) marker.getElement()?.classList.toggle("at", n === at);
  }

  // On a phone the map is shown while there is something to choose on it.
  lend(wanted) {
    if (this.map.hasLayer(this.marker)) return;
    if (wanted) document.body.dataset.pin = "";
    else delete document.body.dataset.pin;
    this.map.invalidateSize();
  }

  // Plans may have come into force: what is drawn is asked for again.
  async renew() {
    this.shown.clear();
    this.outlines.clearLayers();
    await this.around(this.community);
  }

  // The grids of a community, once a page: what borders are there to argue about.
  async around(community) {
    this.community = community;
    if (!community || this.shown.has(community)) return;
    const found = await this.site.get("/grids", { under: community, geometry: true, limit: 200 });
    if (this.shown.has(community)) return; // asked for twice at once
    this.shown.add(community);
    const onEachFeature = ({ id, properties }, layer) => layer.bindTooltip(el("span", { text: properties.name ?? id }), NAME);
    const options = { interactive: false, pane: "borders", onEachFeature, style: () => ({ className: "border", weight: 3, fill: false }) };
    L.geoJSON(found.features, options).addTo(this.outlines);
  }
}
