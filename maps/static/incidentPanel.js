// The incidents of the place that is looked at, under the filters: how many, when, what, and (served) the newest.

import { asked } from "./cells.js";
import { bars, columns } from "./charts.js";
import { el, shorten, stored } from "./dom.js";

const LISTED = 20;

export class IncidentPanel {
  constructor({ data, state, language, sums, filters, drill, remote, metrics }) {
    Object.assign(this, { data, state, language, sums, filters, drill, remote, metrics, drawn: 0 });
  }

  render(parent) {
    if (!this.data.incidents) return;
    const drawn = (this.drawn += 1);
    const { language } = this;
    const total = this.sums.total(this.metrics.filter, this.drill.here);
    const outside = this.sums.outside(this.metrics.filter);
    const { since } = this.data.incidents;
    const list = el("div", {});
    parent.replaceChildren(
      el("p", { class: "total" }, el("strong", { text: total === null ? language.t("missing-kept-back") : language.number(total) }), el("span", { text: ` ${language.t("incidents-chosen")}` })),
      since ? el("p", { class: "quiet", text: language.t("incidents-since", { since, until: this.data.asOf }) }) : "",
      this.drill.here.i === 0 && outside ? el("p", { class: "quiet", text: language.t("incidents-outside", { count: language.people(outside) }) }) : "",
      ...this.byMonth(), ...this.byCategory(), list);
    this.list(list, drawn);
  }

  byMonth() {
    const { language, state, sums } = this;
    const counts = sums.byMonth(this.metrics.filter, this.drill.here);
    const heading = el("h3", { text: language.t("by-month") });
    if (!counts) return [heading, el("p", { class: "quiet", text: language.t("filters-scrubbed") })];
    const entries = sums.months.map((month, i) => ({ key: month ?? "", label: month ?? language.t("unrecorded"), short: month ? month.slice(5) : "?", value: counts[i] })).filter(({ key }) => key);
    const chosen = (month) => Boolean(state.get("from")) && month >= state.get("from") && month <= state.get("to");
    const single = (month) => state.get("from") === month && state.get("to") === month;
    return [heading, columns(entries, { language, chosen, unit: language.t("unit-incidents"), onPick: (month) => this.filters.set(single(month) ? { from: "", to: "" } : { from: month, to: month }) })];
  }

  byCategory() {
    const { language, state, sums } = this;
    const counts = sums.byMatter(this.metrics.filter, this.drill.here);
    const heading = el("h3", { text: language.t("by-category") });
    if (!counts) return [heading, el("p", { class: "quiet", text: language.t("filters-scrubbed") })];
    const byName = new Map();
    sums.matters.forEach(([kind, name], i) => {
      if (state.get("kind") && (kind ?? "-") !== state.get("kind")) return;
      const before = byName.get(name);
      byName.set(name, counts[i] === null || before === null ? null : (before ?? 0) + counts[i]);
    });
    const entries = [...byName].map(([name, value]) => ({ key: name ?? "-", label: name ?? language.t("unrecorded"), value })).sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
    return [heading, bars(entries, { language, unit: language.t("unit-incidents"), chosen: (name) => state.get("category") === name,
      onPick: (name) => this.filters.set({ category: state.get("category") === name ? "" : name }) })];
  }

  async list(parent, drawn) {
    if (!this.remote) return;
    const found = await this.newest();
    if (drawn !== this.drawn) return;
    parent.replaceChildren(el("h3", { text: this.language.t("newest") }), this.entries(found));
  }

  newest() {
    const { first, last, kind, category, under } = asked({ ...this.metrics.filter, under: this.drill.here.i ? this.drill.here.code : "" });
    const since = first && `${first}-01T00:00:00`;
    return this.remote.json("listing", { limit: LISTED, kind, category, under, since, until: last && after(last) });
  }

  // Those at a mark of the map, the newest first.
  async at(box) {
    const { kind, category, first, last } = asked(this.metrics.filter);
    const since = first && `${first}-01T00:00:00`;
    return this.entries(await this.remote.json("listing", { limit: LISTED, box, kind, category, since, until: last && after(last) }));
  }

  entries(found) {
    const { language } = this;
    if (!found) return el("p", { class: "quiet", text: language.t("no-data") });
    const { items } = found;
    if (!items.length) return el("p", { class: "quiet", text: language.t("incidents-no") });
    return el("ul", { class: "newest" }, ...items.map((one) => el("li", {},
      el("span", { class: "when", text: language.moment(one.reported_at) }),
      el("span", {}, stored(shorten(one.category ?? language.t("unrecorded"), 24))),
      el("span", { class: `state ${one.status}`, text: language.has(`status-${one.status}`) ? language.t(`status-${one.status}`) : one.status }))));
  }
}

// The first moment after a month.
function after(month) {
  const [year, number] = month.split("-").map(Number);
  return number === 12 ? `${year + 1}-01-01T00:00:00` : `${year}-${String(number + 1).padStart(2, "0")}-01T00:00:00`;
}
