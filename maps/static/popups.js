// What is known of the thing that was picked: a title and rows of name and value, all as text.

import { el, shorten, stored } from "./dom.js";

const LONGEST = 300;

export class Popups {
  constructor(map, data, language) {
    this.map = map;
    this.language = language;
    this.titles = data.titles;
    this.communities = new Map(data.communities.map((row) => [row.code, row.name]));
  }

  open(at, heading, rows, title, say) {
    const { t } = this.words();
    const list = el("dl");
    for (const [key, value] of rows)
      if (value !== undefined) list.append(el("dt", { text: t(key) }), el("dd", {}, stored(shorten(String(value ?? t("no-data")), LONGEST))));
    const content = el("div", { class: "card" }, el("p", { class: "card-kind", text: heading }),
      el("h3", {}, stored(shorten(String(title ?? t("unnamed")), LONGEST))),
      say ? el("p", { class: "say" }, stored(shorten(say, 2 * LONGEST))) : null, list);
    this.map.openPopup(L.popup({ maxWidth: 300, minWidth: 200, maxHeight: 320, autoPanPadding: [24, 24] }).setLatLng(at).setContent(content));
  }

  words() {
    const { language } = this;
    return { t: (...all) => language.t(...all), n: (value) => language.number(value) };
  }

  community(code) {
    return this.communities.get(code) ?? code;
  }

  grid(row, at) {
    const { t, n } = this.words();
    const load = (metric) => `${n(row[metric])}${row[metric] === null ? "" : ` · ${t(`class-${row.load[metric]}`)}`}`;
    this.open(at, t(row.kind === "dedicated" ? "grid-dedicated" : "grid"), [
      ["code", row.code], ["community", this.community(row.community_code)],
      ["households", load("households")], ["residents", load("residents")],
    ], row.name ?? row.code);
  }

  building(row) {
    const { language } = this;
    const { t, n } = this.words();
    const kind = language.has(`building-${row.kind}`) ? t(`building-${row.kind}`) : row.kind;
    this.open(row.latlng, t("building"), [
      ["number", row.id], ["kind", kind], ["estate", row.estate ?? undefined],
      ["community", this.community(row.community)], ["households", n(row.households)], ["residents", n(row.residents)],
    ], row.name ?? row.estate ?? row.id);
  }

  incident(row) {
    const { t, n } = this.words();
    if (row.count > 1) return this.open(row.latlng, t("incidents"), [["count", n(row.count)]], t("incidents-here"));
    return this.open(row.latlng, t("incident"), [
      ["number", row.id ?? undefined], ["category", row.category ?? undefined], ["status", row.status ?? undefined],
      ["reported", row.reported ?? undefined], ["grid", row.grid ?? undefined],
    ], row.title ?? row.category ?? row.id ?? t("incident"));
  }

  area(row, at) {
    this.open(at, this.language.t("community"), [["code", row.code]], row.name ?? row.code);
  }

  finding(row, at) {
    const { t } = this.words();
    const { lang } = this.language;
    this.open(at, t(`severity-${row.severity}`), [], this.titles[lang][row.code], row.say[lang]);
  }
}
