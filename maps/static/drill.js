// Where in the city the reader is: the way down, the places one level below with their figures, and the map that follows.

import { el, shorten, stored } from "./dom.js";
import { bounds } from "./shapes.js";
import { fit } from "./view.js";

const BUILDINGS_AT_ONCE = 60;

export class Drill {
  constructor({ map, data, state, territory, language, houses, home, showHouse }) {
    Object.assign(this, { map, data, state, territory, language, houses, home, showHouse, drawn: 0 });
    this.shapes = new Map();
    for (const row of [...data.regions, ...data.communities, ...data.grids]) if (row.shape.length) this.shapes.set(row.code, row.shape);
    state.on(["at"], () => this.state.get("view") || this.fit());
  }

  get here() {
    return this.territory.at(this.state.get("at"));
  }

  go(place) {
    this.map.closePopup();
    this.state.set({ at: place.i ? place.code : "", house: "", view: "" });
  }

  // At once: Leaflet ends an animated zoom where it was going, even if the reader has gone elsewhere in the meantime.
  fit() {
    fit(this.map, this.extent(this.here) ?? this.home);
  }

  // What lies in a place; its own outline where it has no grids.
  extent(place) {
    if (!place.i) return this.home;
    const grids = this.territory.of("grid", place).map((row) => this.shapes.get(row.code));
    const shapes = [this.shapes.get(place.code), ...grids].filter(Boolean);
    return shapes.length ? shapes.map(bounds).reduce((all, one) => all.extend(one), L.latLngBounds([])) : null;
  }

  name(place) {
    return place.name ?? (place.code || this.language.t("whole"));
  }

  renderCrumbs(parent) {
    const path = this.territory.path(this.here);
    parent.setAttribute("aria-label", this.language.t("way"));
    parent.replaceChildren(el("ol", {}, ...path.map((place, i) =>
      el("li", {}, el("button", { type: "button", "aria-current": i === path.length - 1 ? "location" : null, on: { click: () => this.go(place) } },
        stored(shorten(this.name(place), 20)))))));
  }

  renderParts(parent) {
    const { children } = this.here;
    if (!children.length) return this.renderHouses(parent);
    this.drawn += 1;
    const known = children.filter((place) => place.grids);
    const blank = children.filter((place) => !place.grids);
    return parent.replaceChildren(
      this.table(known.length ? known : blank),
      known.length && blank.length ? el("details", { class: "blank-places" }, el("summary", { text: this.language.t("places-blank", { count: blank.length }) }), this.table(blank)) : "",
    );
  }

  table(places) {
    const { language, data } = this;
    const columns = data.headlines.map(({ name }) => name);
    const heads = [places[0].level, ...columns, places[0].level === "grid" ? "residents" : "grids"];
    const share = ([some, all]) => language.percent(some, all);
    const cells = (place) => [
      ...columns.map((name) => el("td", { class: place[name][0] < place[name][1] ? "broken" : null, text: share(place[name]) })),
      el("td", { text: place.level === "grid" ? language.people(place.residents) : place.grids ? language.number(place.grids) : language.t("no-data") }),
    ];
    return el("table", { class: "parts" },
      el("thead", {}, el("tr", {}, ...heads.map((key) => el("th", { scope: "col", text: language.t(`head-${key}`) })))),
      el("tbody", {}, ...places.map((place) => el("tr", { "data-code": place.code },
        el("th", { scope: "row" }, el("button", { type: "button", class: "step", on: { click: () => this.go(place) } }, stored(shorten(this.short(place), 16)))),
        ...cells(place)))));
  }

  // In its own community a grid is known by its number.
  short(place) {
    const name = this.name(place);
    const above = this.here.name;
    return above && name.startsWith(above) && name.length > above.length ? name.slice(above.length) : name;
  }

  // The last step: the buildings of a grid.
  async renderHouses(parent) {
    const drawn = (this.drawn += 1);
    const { language } = this;
    const found = await this.houses.of(this.here);
    if (drawn !== this.drawn) return;
    if (!found) return parent.replaceChildren(el("p", { class: "quiet", text: language.t("no-data") }));
    const { total, items } = found;
    const entry = (row) => el("li", {}, el("button", { type: "button", on: { click: () => this.showHouse(row) } },
      stored(shorten(row.name ?? row.estate ?? row.id ?? language.t("unnamed"), 24)),
      el("span", { class: "tag", text: row.households === null ? language.t("no-data") : language.t("households-of", { count: language.number(row.households) }) })));
    return parent.replaceChildren(
      el("h3", { text: language.t("houses-here", { count: language.number(total) }) }),
      el("ul", { class: "results houses" }, ...items.slice(0, BUILDINGS_AT_ONCE).map(entry)),
      items.length > BUILDINGS_AT_ONCE ? el("p", { class: "quiet", text: language.t("houses-more", { count: items.length - BUILDINGS_AT_ONCE }) }) : "");
  }
}
