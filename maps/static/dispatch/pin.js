// The place on the map: a pin that is dragged or nudged by arrow keys, the grids around it, the candidates by number.
import { el } from "../dom.js";
import { makePanes } from "../panes.js";

const L = window.L;
const CLOSE = 17;
const STEP_PX = 4;
const STRIDE_PX = 24;
const NAME = { permanent: true, direction: "center", className: "grid-name" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Pin {
  constructor(element, { site, words, bounds, moved, picked }) {
    Object.assign(this, { site, moved, picked });
    this.map = L.map(element, { attributionControl: false, zoomControl: false, maxZoom: 20 });
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
    new ResizeObserver(() => this.map.invalidateSize()).observe(element);
  }

  put({ lng, lat }, radius_m) {
    this.offers.clearLayers();
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

  // What the words may mean, numbered as in the list.
  offer(hits) {
    this.offers.clearLayers();
    const placed = hits.flatMap((hit, n) => (hit.lng === null ? [] : [{ at: [hit.lat, hit.lng], n }]));
    for (const { at, n } of placed) {
      const icon = L.divIcon({ className: "offer", html: el("span", { text: n + 1 }), iconSize: [22, 22] });
      L.marker(at, { icon, keyboard: false }).on("click", () => this.picked(n)).addTo(this.offers);
    }
    if (placed.length) this.map.fitBounds(placed.map((one) => one.at), { padding: [40, 40], maxZoom: CLOSE, animate: false });
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
