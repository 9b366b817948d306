// The legend: what each colour means, from where to where, by which method, and how many grids it holds.

import { el, svg } from "./dom.js";
import { severityIcon } from "./findings.js";
import { green, line, WATER } from "./signs.js";
import { DIGITS, MISSING, SMALLEST_BASE } from "./metrics.js";
import { fill, swatch } from "./patterns.js";

const LOADS = ["below", "low", "mid", "high", "above", "missing", "few"];

export class Legend {
  constructor({ parent, data, state, language, grids, metrics, switches, incidents, houses }) {
    Object.assign(this, { parent, data, state, language, grids, metrics, switches, incidents, houses });
    this.open = !matchMedia("(max-width: 720px)").matches;
  }

  render() {
    const { language } = this;
    const focused = document.activeElement?.name;
    const box = el("details", { class: "legend", open: this.open },
      el("summary", { text: language.t("legend") }),
      this.incidents.mode === "heat" ? this.heat() : this.data.grids.length ? this.coloured() : null,
      this.switches.shows("buildings") ? this.buildings() : null, this.signs());
    box.addEventListener("toggle", () => (this.open = box.open));
    this.parent.replaceChildren(box);
    if (["by", "classes"].includes(focused)) box.querySelector(`[name=${focused}]`)?.focus();
  }

  // What is drawn besides colours, as far as it is shown; folded, for whoever asks.
  signs() {
    const { data, language, switches } = this;
    const marks = { communities: line("#17324d", 2), grids: line("#3f5870", 1), regions: line("#93a1ad", 1.2, "6 4") };
    const lines = Object.keys(marks).filter((key) => switches.shows(key)).map((key) => [marks[key], language.t(`sign-${key}`)]);
    const nature = switches.shows("nature") ? [[line(WATER, 3.5), language.t("sign-river")], [green(), language.t("sign-green")]] : [];
    const severities = [...new Set((switches.shows("findings") ? data.findings : []).map((row) => row.severity))];
    const found = ["blocking", "warning", "note"].filter((one) => severities.includes(one))
      .map((one) => [severityIcon(one, data.palette.severity[one]), language.t("sign-finding", { severity: language.t(`severity-${one}`) })]);
    const all = [...lines, ...nature, ...found];
    if (!all.length) return null;
    const box = el("details", { class: "signs", open: this.signsOpen }, el("summary", { text: language.t("signs") }),
      el("ul", {}, ...all.map(([mark, text]) => el("li", {}, mark, el("span", { text })))));
    box.addEventListener("toggle", () => (this.signsOpen = box.open));
    return box;
  }

  coloured() {
    const { name } = this.metrics;
    const load = name.startsWith("load-");
    return el("section", {}, this.chooser("by", this.metrics.available(), name, "colour-by"),
      load ? null : this.chooser("classes", ["equal", "quantile"], this.state.get("classes"), "classes-by"),
      load ? this.loads(name.slice(5)) : this.steps(name));
  }

  chooser(key, values, chosen, label) {
    const { language } = this;
    return el("label", { class: "choice" }, el("span", { class: "unseen", text: language.t(label) }),
      el("select", { name: key, on: { change: (event) => this.state.set({ [key]: event.target.value }) } },
        ...values.map((value) => el("option", { value, selected: value === chosen, text: language.t(`${key}-${value}`) }))));
  }

  entry(paint, text, count) {
    return el("li", {}, swatch(paint), el("span", { text }), el("span", { class: "tally", text: this.language.t("tally", { count: this.language.number(count) }) }));
  }

  loads(metric) {
    const list = el("ul");
    for (const name of LOADS) {
      const count = this.grids.count(name);
      if (["missing", "few"].includes(name) && !count) continue;
      list.append(this.entry(fill(name), this.range(name, metric), count));
    }
    return list;
  }

  range(name, metric) {
    const [low, mid, high, top] = this.data.breaks[metric];
    const spans = { low: [low, mid - 1], mid: [mid, high - 1], high: [high, top] };
    const unit = this.language.t(`unit-${metric}`);
    if (name === "missing") return this.language.t("no-data");
    if (name === "few") return this.language.t("missing-few");
    if (name === "below") return this.language.t("range-below", { low, unit });
    if (name === "above") return this.language.t("range-above", { top, unit });
    return this.language.t("range-within", { from: spans[name][0], to: spans[name][1], unit });
  }

  steps(name) {
    const { language, grids } = this;
    const digits = DIGITS[name];
    const { classes } = grids.found;
    const unit = language.t(`unit-${name}`);
    const say = (value) => language.decimal(value, digits);
    const list = el("ul", {}, ...classes.map(({ from, to, count }, i) =>
      this.entry(fill(`${this.metrics.hue}-${i}`), from === to ? `${say(from)} ${unit}` : language.t("range-within", { from: say(from), to: say(to), unit }), count)));
    for (const missing of MISSING)
      if (grids.count(missing)) list.append(this.entry(fill(missing), language.t(`missing-${missing}`, { base: SMALLEST_BASE }), grids.count(missing)));
    return el("div", {}, list, el("p", { class: "method", text: this.method(name, classes) }));
  }

  method(name, classes) {
    const { language } = this;
    const told = classes.length ? language.t(`method-${this.state.get("classes")}`, { classes: classes.length }) : language.t("method-none");
    const period = { from: this.state.get("from"), to: this.state.get("to") };
    if (!["rate", "incidents"].includes(name)) return told;
    return `${told} ${language.t("method-period", { period: period.from ? (period.from === period.to ? period.from : `${period.from}–${period.to}`) : language.t("period-all") })}`;
  }

  heat() {
    const { language } = this;
    return el("section", {}, el("h4", { text: language.t("heat") }), el("div", { class: "heat" },
      el("span", { text: language.t("heat-few") }), el("i", { class: "ramp" }), el("span", { text: language.t("heat-many") })),
    el("p", { class: "method", text: language.t("heat-method") }));
  }

  buildings() {
    const { language, data, houses } = this;
    const wanted = this.state.get("housing");
    const kinds = houses.kinds.filter((kind) => !wanted || kind === wanted);
    const entry = (kind) => el("li", {},
      svg("svg", { width: 26, height: 14, "aria-hidden": "true" }, svg("circle", { cx: 13, cy: 7, r: 5, fill: data.palette.building[kind] ?? data.palette.otherBuilding, stroke: "#fff" })),
      el("span", { text: language.t(kind in data.palette.building ? `building-${kind}` : "building-other") }));
    const known = kinds.filter((kind) => kind in data.palette.building);
    const others = kinds.some((kind) => !(kind in data.palette.building));
    return el("section", {}, el("h4", { text: language.t("buildings") }), el("ul", {}, ...known.map(entry), others ? entry("other") : null));
  }
}
