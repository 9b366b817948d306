// The drafts on the map: blocks in the colours of their grids, the borders of grids over them, their numbers.
import { soon } from "../frames.js";
import { Sheet } from "../sheet.js";
import { Names } from "./names.js";
import { around, boxOf, joined, Places, polygons } from "./places.js";

// Paul Tol's light scheme: told apart by colour-blind eyes too. Borders and numbers say the same.
const COLOURS = ["#77aadd", "#eedd88", "#ffaabb", "#44bb99", "#99ddff", "#bbcc33", "#ee8866", "#c7b9e0"];
const EDGE = { color: "#5d6b78", weight: 0.6, opacity: 0.7 };
const BORDER = { color: "#17324d", weight: 2.6 };
const TARGET = { color: "#b3400b", weight: 4.5 };
const OUTLINES = [{ color: "#ffffff", weight: 7, opacity: 0.9 }, { color: "#17324d", weight: 4 }];
const MARK = "target";

export class Plot {
  constructor(map, { bench, words, shades }) {
    Object.assign(this, { map, bench, words, shades, drawn: new Map(), colours: new Map() });
    this.fills = new Sheet("grids").addTo(map);
    this.lines = new Sheet("borders").addTo(map);
    this.names = new Names(map, { bench, words });
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

  clear({ draft, blocks, borders }) {
    for (const id of blocks) this.fills.drop(`${draft.id} ${id}`);
    for (const code of borders) this.lines.drop(`${draft.id} ${code}`);
    OUTLINES.forEach((_, i) => this.lines.drop(`${draft.id} outline ${i}`));
    this.names.clear(draft.id);
  }

  redraw(draft) {
    if (this.drawn.has(draft.id)) this.clear(this.drawn.get(draft.id));
    const one = { draft, blocks: new Set(), borders: new Set(), places: new Places([...draft.blocks.values()]) };
    this.drawn.set(draft.id, one);
    this.paintColours(draft);
    for (const block of draft.blocks.values()) this.block(one, block);
    for (const code of draft.codes) this.border(one, code);
    this.community(one);
    this.highlight();
  }

  // The border and name of the community where several are open. No edit changes them.
  community({ draft, places: { box } }) {
    if (this.bench.drafts.size < 2) return;
    const lines = around([...draft.grids.values()].map((grid) => grid.geometry)).map((ring) => ring.map(([lng, lat]) => [lat, lng]));
    OUTLINES.forEach((style, i) => this.lines.put(`${draft.id} outline ${i}`, lines, style, 1 + i));
    this.names.community(draft, box);
  }

  block(one, block) {
    one.blocks.add(block.id);
    this.fills.put(`${one.draft.id} ${block.id}`, rings(block.geometry).flat(), { ...EDGE, ...this.filled(one.draft, block) });
  }

  filled(draft, block) {
    const code = block.properties.grid_code;
    const shade = this.shades.of(block);
    if (shade) return { fill: shade, fillOpacity: 0.75 };
    return { fill: this.colours.get(code) ?? "#ffffff", fillOpacity: draft === this.bench.active && code === this.bench.target ? 0.85 : 0.55 };
  }

  border(one, code) {
    const grid = one.draft.grids.get(code);
    one.borders.add(code);
    this.lines.put(`${one.draft.id} ${code}`, rings(grid.geometry).flat(), { ...BORDER, dash: grid.properties.locked ? [2, 5] : null });
    this.names.grid(one.draft, grid);
  }

  // Only what an edit changed is drawn anew.
  follow(draft, changed) {
    const one = this.drawn.get(draft.id);
    for (const id of changed.blocks_gone) {
      this.fills.drop(`${draft.id} ${id}`);
      one.blocks.delete(id);
    }
    for (const code of changed.gone) {
      this.lines.drop(`${draft.id} ${code}`);
      one.borders.delete(code);
      this.names.drop(draft, code);
    }
    if (changed.blocks.length || changed.blocks_gone.length) one.places = new Places([...draft.blocks.values()]);
    const others = this.paintColours(draft);
    for (const block of changed.blocks) this.block(one, block);
    for (const grid of changed.grids) this.border(one, grid.id);
    if (others) this.recolour(draft);
    this.highlight();
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
    for (const block of draft.blocks.values()) this.fills.restyle(`${draft.id} ${block.id}`, { ...EDGE, ...this.filled(draft, block) });
  }

  // Before the server has answered: what is under the brush is seen to change at once.
  tint(draft, ids, code) {
    const style = { ...EDGE, fill: code === null ? "#ffffff" : this.colour(code), fillOpacity: 0.9 };
    for (const id of ids) this.fills.restyle(`${draft.id} ${id}`, style);
  }

  highlight() {
    this.names.place();
    soon(this, () => {
      const { active, target } = this.bench;
      for (const { draft } of this.drawn.values()) if (draft === active || draft === this.lit) this.recolour(draft);
      this.lit = active;
      const grid = active?.grids.get(target);
      if (grid) this.lines.put(MARK, rings(grid.geometry).flat(), TARGET, 1 + OUTLINES.length);
      else this.lines.drop(MARK);
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
