// The place on the map: a pin that is dragged, the grids around it. No pictures, no outside: outlines of our own.

const L = window.L;
const CLOSE = 17;

export class Pin {
  constructor(element, { site, moved }) {
    this.site = site;
    this.map = L.map(element, { attributionControl: false, zoomControl: false, maxZoom: 20, keyboard: false });
    this.map.setView([31.05, 116.95], 12);
    this.outlines = L.layerGroup().addTo(this.map);
    this.marker = L.marker([0, 0], { draggable: true, keyboard: false, icon: L.divIcon({ className: "pin", html: false, iconSize: [26, 26] }) });
    this.marker.on("dragend", () => moved(this.marker.getLatLng()));
    this.shown = new Set();
  }

  put({ lng, lat }, radius_m) {
    this.marker.setLatLng([lat, lng]).addTo(this.map);
    this.circle?.remove();
    this.circle = radius_m ? L.circle([lat, lng], { radius: radius_m, interactive: false, className: "radius" }).addTo(this.map) : undefined;
    document.body.dataset.pin = ""; // on a phone the map is there once there is something to show
    this.map.invalidateSize();
    this.map.setView([lat, lng], Math.max(this.map.getZoom(), CLOSE), { animate: false });
  }

  away() {
    this.marker.remove();
    delete document.body.dataset.pin;
    this.circle?.remove();
  }

  // The grids of a community, once a page: what borders are there to argue about.
  async around(community) {
    if (!community || this.shown.has(community)) return;
    this.shown.add(community);
    const found = await this.site.get("/grids", { under: community, geometry: true, limit: 200 });
    L.geoJSON(found.features, { interactive: false, style: () => ({ className: "grid", weight: 2, fill: false }) }).addTo(this.outlines);
  }
}
