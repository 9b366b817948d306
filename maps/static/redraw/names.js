// The numbers and households of grids and the names of communities on the map. None lies over another: from afar communities,
// where there is room grids, the chosen one first. How large a name is, is asked once: asking makes the browser lay out.
import { el, stored } from "../dom.js";
import { soon } from "../frames.js";
import { middle } from "./places.js";
import { standing } from "./draft.js";

const GAP_PX = 2;
const COMMUNITY = null;

export class Names {
  constructor(map, { bench, words }) {
    Object.assign(this, { map, bench, words, drawn: new Map(), taken: [] });
    this.layer = L.layerGroup().addTo(map);
    map.on("zoomend viewreset", () => this.place());
  }

  of(id) {
    return this.drawn.get(id) ?? this.drawn.set(id, new Map()).get(id);
  }

  clear(id) {
    for (const { marker } of this.of(id).values()) this.layer.removeLayer(marker);
    this.drawn.delete(id);
  }

  drop({ id }, code) {
    const name = this.of(id).get(code);
    if (name) this.layer.removeLayer(name.marker);
    this.of(id).delete(code);
  }

  community(draft, [west, south, east, north]) {
    const label = el("div", { class: "community-name" }, stored(draft.plan.community_name));
    this.put(draft, COMMUNITY, label, [(south + north) / 2, (west + east) / 2]);
  }

  grid(draft, { id, geometry, properties }) {
    const over = standing(properties);
    const label = el("div", { class: `grid-name ${over}` },
      el("b", { text: `${draft.short(id)}${properties.locked ? " 🔒" : ""}` }),
      el("span", { text: `${{ above: "▲", below: "▼" }[over] ?? ""}${this.words.t("households-n", { n: this.words.number(properties.households) })}` }));
    const { lat, lng } = middle(geometry);
    this.put(draft, id, label, [lat, lng]);
  }

  put(draft, code, label, at) {
    this.drop(draft, code);
    const icon = L.divIcon({ className: "grid-name-at", html: label, iconSize: [0, 0] });
    const marker = L.marker(at, { icon, interactive: false, keyboard: false, pane: "labels" });
    this.of(draft.id).set(code, { marker, label, at, code, draft: draft.id });
    this.layer.addLayer(marker);
  }

  place() {
    soon(this, () => {
      const { active, target } = this.bench;
      const all = [...this.drawn.values()].flatMap((names) => [...names.values()]);
      const first = ({ draft, code }) => draft === active?.id && code === target;
      all.sort((a, b) => first(b) - first(a) || (a.code !== COMMUNITY) - (b.code !== COMMUNITY));
      for (const one of all) one.size ??= { x: one.label.offsetWidth / 2 + GAP_PX / 2, y: one.label.offsetHeight / 2 + GAP_PX / 2 };
      const taken = (this.taken = []);
      for (const one of all) {
        const { x, y } = this.map.latLngToLayerPoint(one.at);
        const box = L.bounds([x - one.size.x, y - one.size.y], [x + one.size.x, y + one.size.y]);
        const free = !taken.some((other) => other.overlaps(box));
        if (free) taken.push(box);
        if (one.free !== free) one.label.style.visibility = free ? "" : "hidden";
        one.free = free;
      }
    });
  }
}
