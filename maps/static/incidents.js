// Incidents as clusters or as heat. What lies where is asked anew after every move; an answer that comes too late for
// the view it was asked for is dropped.

import { cellSource } from "./cells.js";
import { el } from "./dom.js";
import { soon } from "./frames.js";
import { Heat } from "./heat.js";

const BIN_PX = 64;
const APART_PX = 44;
const SINGLE_FROM = 18;

export class Incidents {
  constructor({ map, data, state, metrics, sums, territory, remote, onPick }) {
    Object.assign(this, { map, state, metrics, onPick, listeners: [] });
    this.source = cellSource(data, remote, sums, territory);
    this.total = data.incidents?.total ?? 0;
    this.markers = L.layerGroup();
    this.marked = new Map();
    this.heat = new Heat();
    this.asked = 0;
    state.on(["incidents", "from", "to", "kind", "category", "at"], () => this.refresh());
    map.on("moveend", () => this.mode !== "none" && this.refresh());
    this.refresh();
  }

  get mode() {
    return this.total ? this.state.get("incidents") : "none";
  }

  async refresh() {
    const asked = (this.asked += 1);
    const { mode } = this;
    if (mode !== "clusters") this.gather([]);
    if (mode === "heat") this.heat.addTo(this.map);
    else this.heat.remove();
    for (const listener of this.listeners) listener();
    if (mode === "none") return;
    const cells = await this.source.inView(this.map, { ...this.metrics.filter, under: this.state.get("at") });
    soon(this, () => {
      if (asked !== this.asked) return;
      if (mode === "heat") this.heat.show(cells);
      else this.gather(cells);
    });
  }

  // Marks that stay as they are after a move are left alone.
  gather(cells) {
    const zoom = this.map.getZoom();
    const before = this.marked;
    this.marked = new Map();
    this.markers.addTo(this.map);
    for (const { at, count, latlng } of apart(this.bins(cells))) {
      const key = `${zoom} ${Math.round(at.x)} ${Math.round(at.y)} ${count}`;
      this.marked.set(key, before.get(key) ?? L.marker(latlng, { icon: icon(count), keyboard: false }).on("click", () => this.pick(latlng, count)).addTo(this.markers));
    }
    for (const [key, marker] of before) if (!this.marked.has(key)) this.markers.removeLayer(marker);
  }

  bins(cells) {
    const bins = new Map();
    const zoom = this.map.getZoom();
    for (const [lat, lng, count] of cells) {
      const at = this.map.project([lat, lng], zoom);
      const key = `${Math.floor(at.x / BIN_PX)} ${Math.floor(at.y / BIN_PX)}`;
      const bin = bins.get(key) ?? { x: 0, y: 0, count: 0 };
      bins.set(key, { x: bin.x + at.x * count, y: bin.y + at.y * count, count: bin.count + count });
    }
    return [...bins.values()].map(({ x, y, count }) => {
      const at = L.point(x / count, y / count);
      return { at, count, latlng: this.map.unproject(at, zoom) };
    });
  }

  pick(latlng, count) {
    const zoom = this.map.getZoom();
    if (count > 1 && zoom < SINGLE_FROM) this.map.setView(latlng, Math.min(SINGLE_FROM, zoom + 2));
    else this.onPick({ latlng, count });
  }
}

// Two marks that would lie over one another become one, at the busier place.
function apart(marks) {
  const kept = [];
  for (const mark of marks.sort((a, b) => b.count - a.count)) {
    const near = kept.find((other) => other.at.distanceTo(mark.at) < APART_PX);
    if (near) near.count += mark.count;
    else kept.push(mark);
  }
  return kept;
}

function icon(count) {
  if (count === 1) return L.divIcon({ className: "incident", html: "", iconSize: [13, 13] });
  const size = count < 10 ? 26 : count < 100 ? 32 : count < 1000 ? 38 : 46;
  const text = count < 10000 ? String(count) : `${Math.floor(count / 1000)}k`;
  return L.divIcon({ className: "incidents", html: el("span", { text }), iconSize: [size, size] });
}
