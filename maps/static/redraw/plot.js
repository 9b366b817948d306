// The drafts on the map: blocks in the colours of their grids, the borders of grids over them, their numbers.
import { el, stored } from "../dom.js";
import { soon } from "../frames.js";
import { boxOf, joined, middle, Places, polygons } from "./places.js";

// Paul Tol's light scheme: told apart by colour-blind eyes too. Borders and numbers say the same.
const COLOURS = ["#77aadd", "#eedd88", "#ffaabb", "#44bb99", "#99ddff", "#bbcc33", "#ee8866", "#c7b9e0"];
const EDGE = { color: "#5d6b78", weight: 0.6, opacity: 0.7 };
const BORDER = { color: "#17324d", weight: 2.6, fill: false, interactive: false };
const TARGET = { color: "#b3400b", weight: 4.5, fill: false, interactive: false };
const OUTLINES = [{ color: "#ffffff", weight: 7, opacity: 0.9 }, { color: "#17324d", weight: 4 }];
const GAP_PX = 2;

export class Plot {
  constructor(map, { bench, words, shades }) {
    Object.assign(this, { map, bench, words, shades, drawn: new Map(), colours: new Map() });
    this.fills = L.canvas({ pane: "grids", padding: 0.3 });
    this.lines = L.canvas({ pane: "borders", padding: 0.3 });
    this.layer = L.layerGroup().addTo(map);
    this.names = L.layerGroup().addTo(map);
    map.on("zoomend", () => this.placeNames());
    shades.on(() => [...bench.drafts.values()].forEach((draft) => this.recolour(draft)));
    bench.on("opened", (draft) => (draft ? this.redraw(draft) : this.all()));
    bench.on("changed", (draft, changed) => this.follow(draft, changed));
    bench.on("refused", (draft) => this.recolour(draft));
    bench.on("target", () => this.highlight());
  }

  // Everything that is open, and the map on it.
  all() {
    for (const one of this.drawn.values()) this.clear(one);
    this.drawn.clear();
    for (const draft of this.bench.drafts.values()) this.redraw(draft);
    const box = [...this.drawn.values()].reduce((all, { places }) => joined(all, places.box), [Infinity, Infinity, -Infinity, -Infinity]);
    if (box[0] <= box[2]) this.map.fitBounds([[box[1], box[0]], [box[3], box[2]]], { animate: false, padding: [12, 12] });
  }

  clear({ blocks, borders, names, outline }) {
    for (const layer of [...blocks.values(), ...borders.values(), ...outline]) layer.remove();
    for (const name of names.values()) this.names.removeLayer(name);
  }

  redraw(draft) {
    if (this.drawn.has(draft.id)) this.clear(this.drawn.get(draft.id));
    const one = { draft, blocks: new Map(), borders: new Map(), names: new Map(), outline: this.outline(draft), places: new Places([...draft.blocks.values()]) };
    this.drawn.set(draft.id, one);
    this.paintColours(draft);
    for (const block of draft.blocks.values()) this.block(one, block);
    for (const code of draft.codes) this.border(one, code);
    this.community(one);
    this.highlight();
  }

  // The border of the community: what only one of its grids has. No edit changes it.
  outline(draft) {
    if (this.bench.drafts.size < 2) return [];
    const edges = new Map();
    for (const grid of draft.grids.values())
      for (const ring of polygons(grid.geometry).flat())
        for (let i = 1; i < ring.length; i++) {
          const [a, b] = [ring[i - 1].join(), ring[i].join()];
          const key = a < b ? `${a} ${b}` : `${b} ${a}`;
          edges.set(key, edges.has(key) ? null : [ring[i - 1], ring[i]]);
        }
    const lines = [...edges.values()].filter(Boolean).map((edge) => edge.map(([lng, lat]) => [lat, lng]));
    return OUTLINES.map((style) => L.polyline(lines, { ...style, interactive: false, renderer: this.lines }).addTo(this.layer));
  }

  community({ draft, names, places: { box } }) {
    if (this.bench.drafts.size < 2) return;
    const label = el("div", { class: "community-name" }, stored(draft.plan.community_name));
    const icon = L.divIcon({ className: "grid-name-at", html: label, iconSize: [0, 0] });
    const at = [(box[1] + box[3]) / 2, (box[0] + box[2]) / 2];
    names.set(null, L.marker(at, { icon, interactive: false, keyboard: false, pane: "labels" }).addTo(this.names));
  }

  block(one, block) {
    one.blocks.get(block.id)?.remove();
    const style = { ...EDGE, renderer: this.fills, interactive: false, ...this.filled(one.draft, block) };
    one.blocks.set(block.id, L.polygon(rings(block.geometry), style).addTo(this.layer));
  }

  filled(draft, block) {
    const code = block.properties.grid_code;
    const shade = this.shades.of(block);
    if (shade) return { fillColor: shade, fillOpacity: 0.75 };
    return { fillColor: this.colours.get(code) ?? "#ffffff", fillOpacity: draft === this.bench.active && code === this.bench.target ? 0.85 : 0.55 };
  }

  border(one, code) {
    one.borders.get(code)?.remove();
    const grid = one.draft.grids.get(code);
    one.borders.set(code, L.polygon(rings(grid.geometry), { ...BORDER, renderer: this.lines, dashArray: grid.properties.locked ? "2 5" : null }).addTo(this.layer));
    this.name(one, grid);
  }

  name(one, { id, geometry, properties }) {
    if (one.names.has(id)) this.names.removeLayer(one.names.get(id));
    const at = middle(geometry);
    const over = standing(properties);
    const label = el("div", { class: `grid-name ${over}` },
      el("b", { text: `${one.draft.short(id)}${properties.locked ? " 🔒" : ""}` }),
      el("span", { text: `${{ above: "▲", below: "▼" }[over] ?? ""}${this.words.t("households-n", { n: this.words.number(properties.households) })}` }));
    const icon = L.divIcon({ className: "grid-name-at", html: label, iconSize: [0, 0] });
    one.names.set(id, L.marker([at.lat, at.lng], { icon, interactive: false, keyboard: false, pane: "labels" }).addTo(this.names));
  }

  // None over another: from afar communities, where there is room grids, the chosen one first.
  placeNames() {
    soon(this.names, () => {
      const taken = [];
      const { active, target } = this.bench;
      const all = [...this.drawn.values()].flatMap(({ draft, names }) => [...names].map(([code, marker]) => ({ code, marker, first: draft === active && code === target })));
      all.sort((a, b) => b.first - a.first || (a.code !== null) - (b.code !== null));
      for (const { marker } of all) {
        const node = marker.getElement();
        node.style.visibility = "";
        const box = node.firstChild.getBoundingClientRect();
        const free = taken.every((other) => box.left > other.right + GAP_PX || box.right < other.left - GAP_PX || box.top > other.bottom + GAP_PX || box.bottom < other.top - GAP_PX);
        node.style.visibility = free ? "" : "hidden";
        if (free) taken.push(box);
      }
    });
  }

  // Only what an edit changed is drawn anew.
  follow(draft, changed) {
    const one = this.drawn.get(draft.id);
    for (const id of changed.blocks_gone) this.drop(one.blocks, id);
    for (const code of changed.gone) {
      this.drop(one.borders, code);
      if (one.names.has(code)) this.names.removeLayer(one.names.get(code));
      one.names.delete(code);
    }
    if (changed.blocks.length || changed.blocks_gone.length) one.places = new Places([...draft.blocks.values()]);
    const others = this.paintColours(draft);
    for (const block of changed.blocks) this.block(one, block);
    for (const grid of changed.grids) this.border(one, grid.id);
    if (others) this.recolour(draft);
    this.highlight();
  }

  drop(drawn, id) {
    drawn.get(id)?.remove();
    drawn.delete(id);
  }

  // Neighbours differ; a grid keeps its colour while it can. Whether an old grid's colour changed.
  paintColours(draft) {
    let others = false;
    for (const code of draft.codes) {
      const taken = new Set(Object.keys(draft.grid(code).neighbours ?? {}).map((other) => this.colours.get(other)));
      const own = this.colours.get(code);
      if (own && !taken.has(own)) continue;
      others ||= own !== undefined;
      const used = COLOURS.map((colour) => draft.codes.filter((one) => this.colours.get(one) === colour).length);
      const free = COLOURS.map((colour, i) => [taken.has(colour) ? Infinity : used[i], colour]).sort((a, b) => a[0] - b[0]);
      this.colours.set(code, free[0][1]);
    }
    return others;
  }

  colour(code) {
    return this.colours.get(code) ?? "#ffffff";
  }

  recolour(draft) {
    const one = this.drawn.get(draft.id);
    for (const [id, layer] of one.blocks) layer.setStyle(this.filled(draft, draft.blocks.get(id)));
  }

  // Before the server has answered: what is under the brush is seen to change at once.
  tint(draft, ids, code) {
    const one = this.drawn.get(draft.id);
    const style = { fillColor: code === null ? "#ffffff" : this.colour(code), fillOpacity: 0.9 };
    for (const id of ids) one.blocks.get(id)?.setStyle(style);
  }

  highlight() {
    this.placeNames();
    soon(this, () => {
      this.mark?.remove();
      const { active, target } = this.bench;
      for (const { draft } of this.drawn.values()) if (draft === active || draft === this.lit) this.recolour(draft);
      this.lit = active;
      const grid = active?.grids.get(target);
      if (grid) this.mark = L.polygon(rings(grid.geometry), { ...TARGET, renderer: this.lines }).addTo(this.map);
    });
  }

  // The draft and block under a point.
  at(latlng) {
    for (const { draft, places } of this.drawn.values()) {
      const block = places.at(latlng);
      if (block) return { draft, block };
    }
    return null;
  }

  show(geometry, maxZoom = 18) {
    const [west, south, east, north] = boxOf(geometry);
    this.map.fitBounds([[south, west], [north, east]], { maxZoom, animate: false, padding: [60, 60] });
  }
}

export function rings(geometry) {
  return polygons(geometry).map((polygon) => polygon.map((ring) => ring.map(([lng, lat]) => [lat, lng])));
}

// Where a grid stands against its limits: below, above or within both.
export function standing({ households, residents, limits }) {
  if (!limits) return "within";
  const pairs = [[households, limits.households], [residents, limits.residents]];
  if (pairs.some(([value, [, most]]) => value > most)) return "above";
  return pairs.some(([value, [least]]) => value < least) ? "below" : "within";
}
