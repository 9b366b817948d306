// Find a community or a grid by name or code, a building by name, estate or number; Enter goes to the first.

import { el, shorten, stored } from "./dom.js";
import { bounds, latLng } from "./shapes.js";

const MOST = 12;

export class Search {
  constructor(map, data, language, popups, buildings) {
    Object.assign(this, { map, data, language, popups, buildings });
    this.results = el("ul", { class: "results" });
    this.input = el("input", { type: "search", autocomplete: "off", spellcheck: "false", on: {
      input: () => this.show(),
      keydown: (event) => event.key === "Enter" && this.results.querySelector("button")?.click(),
    } });
  }

  render(parent) {
    this.input.setAttribute("placeholder", this.language.t("search"));
    this.input.setAttribute("aria-label", this.language.t("search"));
    if (!parent.contains(this.input)) parent.append(this.input, this.results);
    this.show();
  }

  show() {
    const wanted = this.input.value.trim().toLowerCase();
    this.results.replaceChildren(...(wanted ? this.matches(wanted).map((hit) => this.entry(hit)) : []));
    if (wanted && !this.results.childElementCount)
      this.results.append(el("li", { class: "quiet", text: this.language.t("search-none") }));
  }

  matches(wanted) {
    const has = (...texts) => texts.some((text) => text !== null && text.toLowerCase().includes(wanted));
    const hits = [];
    for (const row of this.data.communities)
      if (has(row.name, row.code)) hits.push({ kind: "community", row, name: row.name ?? row.code });
    for (const row of this.data.grids)
      if (has(row.name, row.code)) hits.push({ kind: "grid", row, name: row.name ?? row.code });
    const { columns } = this.buildings;
    for (let i = 0; columns && i < columns.id.length && hits.length < MOST; i += 1)
      if (has(columns.name[i], columns.estate[i], columns.id[i])) {
        const row = this.buildings.row(i);
        hits.push({ kind: "building", row, name: row.name ?? row.estate ?? row.id });
      }
    return hits.slice(0, MOST);
  }

  entry({ kind, row, name }) {
    return el("li", {}, el("button", { type: "button", on: { click: () => this.go(kind, row) } },
      stored(shorten(name ?? this.language.t("unnamed"), 40)), el("span", { class: "tag", text: this.language.t(kind) })));
  }

  go(kind, row) {
    if (kind === "building") {
      this.map.setView(row.latlng, 18);
      return this.popups.building(row);
    }
    if (row.shape.length) this.map.fitBounds(bounds(row.shape), { padding: [40, 40], maxZoom: 18 });
    const at = latLng(row.at);
    if (!at) return undefined;
    return kind === "grid" ? this.popups.grid(row, at) : this.popups.area(row, at);
  }
}
