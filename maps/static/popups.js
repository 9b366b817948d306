// What is known of the thing that was picked: a title and rows of name and value, all as text.

import { el, shorten, stored } from "./dom.js";
import { FEW } from "./metrics.js";

const LONGEST = 300;

export class Popups {
  constructor({ map, data, language, territory, metrics, drill }) {
    Object.assign(this, { map, language, territory, metrics, drill, titles: data.titles, headlines: data.headlines });
  }

  open(at, heading, rows, title, { say, actions = [] } = {}) {
    const { t } = this.words();
    const list = el("dl");
    for (const [key, value] of rows)
      if (value !== undefined) list.append(el("dt", { text: t(key) }), el("dd", {}, stored(shorten(String(value ?? t("no-data")), LONGEST))));
    const content = el("div", { class: "card" }, el("p", { class: "card-kind", text: heading }),
      el("h3", {}, stored(shorten(String(title ?? t("unnamed")), LONGEST))),
      say ? el("p", { class: "say" }, stored(shorten(say, 2 * LONGEST))) : null, list, ...actions);
    this.popup = L.popup({ maxWidth: 300, minWidth: 200, maxHeight: 320, autoPanPadding: [24, 24] }).setLatLng(at).setContent(content);
    this.map.openPopup(this.popup);
    return content;
  }

  words() {
    const { language } = this;
    return { t: (...all) => language.t(...all), n: (value) => language.people(value) };
  }

  name(code) {
    const place = this.territory.has(code) ? this.territory.at(code) : null;
    return place?.name ?? code;
  }

  // The figures of a place, as its row in the list and its headline have them.
  figures(place) {
    const { language } = this;
    const part = ([some, all]) => (all ? `${language.percent(some, all)} · ${language.number(some)}/${language.number(all)}` : null);
    return this.headlines.map(({ name }) => [name, part(place[name])]);
  }

  grid(row, at) {
    const { t, n } = this.words();
    const place = this.territory.has(row.code) && !row.until ? this.territory.at(row.code) : null;
    const load = (metric) => `${n(row[metric])}${row[metric] === null || row[metric] === FEW ? "" : ` · ${t(`class-${row.load[metric]}`)}`}`;
    const since = row.until ? [["in-force", t("period", { from: row.since ?? "…", to: row.until })]] : [];
    this.open(at, t(row.kind === "dedicated" ? "grid-dedicated" : "grid"), [
      ["code", row.code], ["community", this.name(row.community_code)], ...since,
      ["households", load("households")], ["residents", load("residents")], ...this.counted(row), ...(place ? this.figures(place) : []),
    ], row.name ?? row.code, { actions: place ? [this.way(place)] : [] });
  }

  // Incidents of a grid in the period and of the kind that are chosen.
  counted(row) {
    if (!this.metrics.data.incidents) return [];
    const { language } = this;
    const say = ({ value, missing }, digits) => (missing ? language.t(`missing-${missing}`) : language.decimal(value, digits));
    return [["incidents", say(this.metrics.of(row, "incidents"), 0)], ["rate", say(this.metrics.of(row, "rate"), 1)]];
  }

  // Where it lies, each place a step into it.
  way(place) {
    const steps = this.territory.path(place).filter((one) => one !== this.drill.here);
    return el("p", { class: "way" }, ...steps.map((one) => el("button", { type: "button", class: "step", on: { click: () => this.drill.go(one) } },
      stored(shorten(one.name ?? one.code ?? this.language.t("whole"), 16)))));
  }

  building(row) {
    const { language } = this;
    const { t, n } = this.words();
    const kind = language.has(`building-${row.kind}`) ? t(`building-${row.kind}`) : row.kind;
    this.open(row.latlng, t("building"), [
      ["number", row.id], ["kind", kind], ["estate", row.estate ?? undefined],
      ["community", row.community ? this.name(row.community) : undefined], ["grid", row.place ? row.place.name ?? row.place.code : undefined],
      ["households", n(row.households)], ["residents", row.residents === undefined ? undefined : n(row.residents)],
    ], row.name ?? row.estate ?? row.id, { actions: row.place ? [this.way(row.place)] : [] });
    // Which one of many it is, or where it would be drawn, while its card is open.
    const ring = L.circleMarker(row.latlng, { pane: "chosen", radius: 10, weight: 3, color: "#b3400b", fill: false, interactive: false, className: "ring" }).addTo(this.map);
    this.popup.on("remove", () => ring.remove());
  }

  incidents({ latlng, count }) {
    const { t, n } = this.words();
    return this.open(latlng, t("incidents"), [["count", n(count)]], t("incidents-here"));
  }

  area(place, at) {
    const { t, n } = this.words();
    this.open(at, t(place.level), [["code", place.code], ["grids", n(place.grids)], ["residents", n(place.residents)], ...this.figures(place)],
      place.name ?? place.code, { actions: [this.way(place)] });
  }

  finding(row, at) {
    const { t } = this.words();
    const { lang } = this.language;
    this.open(at, t(`severity-${row.severity}`), [], this.titles[lang][row.code], { say: row.say[lang] });
  }
}
