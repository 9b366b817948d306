// Find a place or a building by name, code or number; Enter goes to the first.

import { el, shorten, stored } from "./dom.js";

const MOST = 12;
const PAUSE_MS = 200;
const LONGEST = 200; // as api/routes/places.py

export class Search {
  constructor({ territory, language, houses, remote, drill, showHouse }) {
    Object.assign(this, { territory, language, houses, remote, drill, showHouse, asked: 0 });
    this.results = el("ul", { class: "results" });
    this.input = el("input", { type: "search", autocomplete: "off", spellcheck: "false", on: {
      input: () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.show(), this.remote ? PAUSE_MS : 0);
      },
      keydown: (event) => event.key === "Enter" && this.first(),
    } });
  }

  render(parent) {
    this.input.setAttribute("placeholder", this.language.t("search"));
    this.input.setAttribute("aria-label", this.language.t("search"));
    if (!parent.contains(this.input)) parent.append(this.input, this.results);
    if (this.results.childElementCount) this.show();
  }

  async first() {
    clearTimeout(this.timer);
    await this.show();
    this.results.querySelector("button")?.click();
  }

  async show() {
    const asked = (this.asked += 1);
    const words = this.input.value.trim().toLowerCase();
    const hits = words ? await this.matches(words) : [];
    if (asked !== this.asked) return;
    if (hits?.length) return this.results.replaceChildren(...hits.map((hit) => this.entry(hit)));
    return this.results.replaceChildren(words ? el("li", { class: "quiet", text: this.language.t(hits ? "search-none" : "no-data") }) : "");
  }

  // Undefined where the service gave no answer.
  async matches(words) {
    if (this.remote) return (await this.remote.json("search", { q: words.slice(0, LONGEST) }))?.map((hit) => this.found(hit));
    const has = (...texts) => texts.some((text) => text && text.toLowerCase().includes(words));
    const places = this.territory.rows.filter((row) => has(row.name, row.code)).map((place) => ({ kind: place.level, name: place.name ?? place.code, place }));
    const houses = places.length < MOST ? await this.houses.search(words, MOST - places.length) : [];
    return [...places, ...houses.map((row) => ({ kind: "building", name: row.name ?? row.estate ?? row.id, row }))].slice(0, MOST);
  }

  found({ kind, code, name, lng, lat }) {
    if (kind !== "building") return { kind, name: name ?? code, place: this.territory.at(code) };
    return { kind, name: name ?? code, row: { id: code, latlng: L.latLng(lat, lng) } };
  }

  entry({ kind, name, place, row }) {
    return el("li", {}, el("button", { type: "button", on: { click: () => (place ? this.drill.go(place) : this.showHouse(row)) } },
      stored(shorten(name ?? this.language.t("unnamed"), 40)), el("span", { class: "tag", text: this.language.t(kind) })));
  }
}
