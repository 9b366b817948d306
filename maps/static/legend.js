// The legend: what each colour means, from where to where, and how many grids it holds.

import { el, svg } from "./dom.js";
import { fill, swatch } from "./patterns.js";

const CLASSES = ["below", "low", "mid", "high", "above", "missing"];

export class Legend {
  constructor(parent, { data, language, grids, switches, incidents }) {
    Object.assign(this, { parent, data, language, grids, switches, incidents });
    this.open = !matchMedia("(max-width: 720px)").matches;
    language.onChange(() => this.render());
  }

  render() {
    const { language, data } = this;
    const box = el("details", { class: "legend", open: this.open },
      el("summary", { text: language.t("legend") }),
      this.incidents.mode === "heat" ? this.heat() : data.grids.length ? this.load() : null,
      data.buildings && this.switches.shows("buildings") ? this.buildings() : null);
    box.addEventListener("toggle", () => (this.open = box.open));
    this.parent.replaceChildren(box);
  }

  load() {
    const { language, grids } = this;
    const list = el("ul");
    for (const name of CLASSES) {
      const count = grids.count(name);
      if (name === "missing" && !count) continue;
      list.append(el("li", {}, swatch(fill(name)), el("span", { text: this.range(name) }),
        el("span", { class: "tally", text: language.t("tally", { count: language.number(count) }) })));
    }
    return el("section", {}, this.metrics(), list);
  }

  metrics() {
    const { language, grids } = this;
    const choice = (metric) => el("button", {
      type: "button", "aria-pressed": String(grids.metric === metric), text: language.t(`by-${metric}`),
      on: { click: () => this.colourBy(metric) },
    });
    return el("div", { class: "segments", role: "group", "aria-label": language.t("colour-by") }, choice("households"), choice("residents"));
  }

  colourBy(metric) {
    this.grids.colourBy(metric);
    this.render();
    this.parent.querySelector("[aria-pressed=true]").focus();
  }

  range(name) {
    const [low, mid, high, top] = this.data.breaks[this.grids.metric];
    const spans = { low: [low, mid - 1], mid: [mid, high - 1], high: [high, top] };
    const unit = this.language.t(`unit-${this.grids.metric}`);
    if (name === "missing") return this.language.t("no-data");
    if (name === "below") return this.language.t("range-below", { low, unit });
    if (name === "above") return this.language.t("range-above", { top, unit });
    return this.language.t("range-within", { from: spans[name][0], to: spans[name][1], unit });
  }

  heat() {
    const { language } = this;
    return el("section", {}, el("h4", { text: language.t("heat") }), el("div", { class: "heat" },
      el("span", { text: language.t("heat-few") }), el("i", { class: "ramp" }), el("span", { text: language.t("heat-many") })));
  }

  buildings() {
    const { language, data } = this;
    const kinds = Object.entries(data.palette.building).filter(([kind]) => data.buildings.kind.includes(kind));
    const others = data.buildings.kind.some((kind) => !(kind in data.palette.building));
    const entry = (colour, key) => el("li", {},
      svg("svg", { width: 26, height: 14, "aria-hidden": "true" }, svg("circle", { cx: 13, cy: 7, r: 5, fill: colour, stroke: "#fff" })),
      el("span", { text: language.t(key) }));
    return el("section", {}, el("h4", { text: language.t("buildings") }), el("ul", {},
      ...kinds.map(([kind, colour]) => entry(colour, `building-${kind}`)),
      others ? entry(data.palette.otherBuilding, "building-other") : null));
  }
}
