// How evenly the burden lies on the grids of a place: the spread, the five heaviest, why, and who has to act.

import { el, shorten, stored, svg } from "./dom.js";
import { DIGITS, FEW } from "./metrics.js";
import { FEWEST, spread } from "./spread.js";

const LISTED = 5;
const LEAST_COUNT = 20; // incidents, below which a rate says nothing

export class Evenness {
  constructor({ data, state, language, metrics, territory, eras, remote, drill }) {
    Object.assign(this, { data, state, language, metrics, territory, eras, remote, drill, drawn: 0 });
  }

  get measure() {
    const name = this.metrics.name.replace("load-", "");
    return name === "incidents" ? "rate" : name;
  }

  render(parent) {
    this.drawn += 1;
    const { language } = this;
    const { compared, left } = this.grids();
    const choices = ["households", "residents", ...(this.data.incidents ? ["rate"] : [])];
    const chooser = el("div", { class: "segments", role: "group", "aria-label": language.t("evenness-by") }, ...choices.map((name) =>
      el("button", { type: "button", "aria-pressed": String(name === this.measure), text: language.t(`short-${name}`), on: { click: () => this.state.set({ by: name }) } })));
    if (compared.length < FEWEST)
      return parent.replaceChildren(chooser, el("p", { class: "quiet", text: language.t("evenness-few-grids", { count: compared.length, least: FEWEST }) }));
    const found = spread(compared.map(({ value }) => value));
    return parent.replaceChildren(chooser, this.figures(found), this.strip(compared, found), this.said(left), el("h3", { text: language.t("heaviest", { count: LISTED }) }), this.heaviest(compared, found));
  }

  // Basic grids of the place with a number that can be compared; and how many are left out.
  grids() {
    const rows = this.eras.inForce().filter((row) => {
      const place = this.territory.has(row.code) ? this.territory.at(row.code) : this.territory.at(row.community_code);
      return this.territory.inside(place, this.drill.here);
    });
    const basic = rows.filter((row) => row.kind !== "dedicated");
    const known = basic.map((row) => ({ row, ...this.metrics.of(row, this.measure) })).filter(({ missing }) => !missing);
    const compared = this.measure === "rate" ? known.filter(({ row }) => this.metrics.of(row, "incidents").value >= LEAST_COUNT) : known;
    return { compared, left: { dedicated: rows.length - basic.length, unknown: basic.length - known.length, small: known.length - compared.length } };
  }

  figures({ gini, overMean, most, least, mean, grids }) {
    const { language } = this;
    const say = (value) => language.decimal(value, DIGITS[this.measure]);
    const figure = (key, value, note) => el("div", { class: "figure" }, el("dt", { text: language.t(key) }), el("dd", { text: value }), el("dd", { class: "note", text: note }));
    return el("dl", { class: "figures" },
      figure("gini", gini === null ? language.t("no-data") : language.decimal(gini, 3), language.t("gini-note")),
      figure("over-mean", overMean === null ? language.t("no-data") : `${language.decimal(overMean, 2)} ×`, language.t("over-mean-note", { most: say(most), mean: say(mean), least: say(least), grids })));
  }

  // Each grid a line, from the lightest to the heaviest; the bounds of the size rule shaded.
  strip(compared, { most }) {
    const bounds = this.data.size[this.measure];
    const top = Math.max(most, bounds?.[1] ?? 0) * 1.05;
    const sorted = compared.map(({ value }) => value).sort((a, b) => a - b);
    const width = 100 / sorted.length;
    const height = (value) => (60 * value) / top;
    const band = bounds ? [svg("rect", { x: 0, y: 60 - height(bounds[1]), width: 100, height: height(bounds[1]) - height(bounds[0]), class: "band" })] : [];
    return svg("svg", { viewBox: "0 0 100 60", preserveAspectRatio: "none", class: "strip", role: "img", "aria-label": this.language.t("strip") }, ...band,
      ...sorted.map((value, i) => svg("rect", { x: i * width, y: 60 - height(value), width: Math.max(width * 0.75, 0.2), height: height(value) })));
  }

  said(left) {
    const { language } = this;
    const parts = Object.entries(left).filter(([, count]) => count).map(([name, count]) => language.t(`left-${name}`, { count, least: LEAST_COUNT }));
    return el("p", { class: "quiet", text: parts.join(" ") });
  }

  heaviest(compared, found) {
    const first = [...compared].sort((a, b) => b.value - a.value).slice(0, LISTED);
    return el("ol", { class: "heaviest" }, ...first.map(({ row, value }) => {
      const who = el("p", { class: "who" });
      this.answering(row, who);
      return el("li", {}, el("button", { type: "button", class: "step", on: { click: () => this.drill.go(this.territory.at(row.code)) } }, stored(shorten(row.name ?? row.code, 24))),
        el("p", { class: "why", text: this.why(row, value, found) }), who);
    }));
  }

  why(row, value, { mean }) {
    const { language } = this;
    const digits = DIGITS[this.measure];
    const unit = language.t(`unit-${this.measure}`);
    const said = [language.t("why-mean", { value: language.decimal(value, digits), unit, times: language.decimal(value / mean, 2) })];
    for (const name of ["households", "residents"]) {
      const top = this.data.size[name][1];
      if (row[name] !== null && row[name] !== FEW && row[name] > top)
        said.push(language.t(name === this.measure ? "why-over-this" : "why-over", { value: language.number(row[name]), unit: language.t(`unit-${name}`), top: language.number(top), over: language.number(row[name] - top) }));
    }
    const rate = this.data.incidents && this.measure !== "rate" ? this.metrics.of(row, "rate") : { missing: "no-data" };
    if (!rate.missing) said.push(language.t("why-rate", { rate: language.decimal(rate.value, 1) }));
    const place = this.territory.has(row.code) ? this.territory.at(row.code) : null;
    if (place && place.vertical[1] && place.vertical[0] < place.vertical[1]) said.push(language.t("why-chain"));
    return said.join(language.t("semicolon"));
  }

  // Served: the people at their posts. In a file: the posts alone, nobody is named.
  async answering(row, parent) {
    const { language } = this;
    const community = this.territory.has(row.community_code) ? this.drill.name(this.territory.at(row.community_code)) : row.community_code;
    parent.textContent = language.t("who-posts", { community: shorten(community ?? "", 24) });
    if (!this.remote || !this.territory.has(row.code)) return;
    const drawn = this.drawn;
    const people = await this.remote.people(row.code);
    if (drawn !== this.drawn) return;
    if (!people) return void (parent.textContent = language.t("no-data"));
    const officers = people.filter(({ kind }) => kind === "A");
    const lines = people.filter(({ kind }) => kind === "B");
    const named = ({ line, person }) => el("li", {}, el("span", { class: "tag" }, stored(shorten(line ?? "", 16))), stored(shorten(person, 24)));
    parent.replaceChildren(el("span", { text: `${language.t("who-officer")} ` }), officers.length ? stored(officers.map(({ person }) => shorten(person, 24)).join("、")) : el("span", { class: "missing", text: language.t("who-nobody") }));
    if (lines.length) parent.after(el("details", { class: "lines" }, el("summary", { text: language.t("who-lines", { count: lines.length }) }), el("ul", {}, ...lines.map(named))));
  }
}
