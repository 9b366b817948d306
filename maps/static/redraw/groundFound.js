// What would come of a file of the ground: figures, what is said of it, the rows that somebody must look at.
import { el, stored } from "../dom.js";

const FIGURES = ["added", "updated", "unchanged", "replaced", "kept"];
const STEP = 20; // rows that are shown more

export class GroundFound {
  constructor({ sum, box, words }) {
    Object.assign(this, { sum, box, words });
  }

  get t() {
    return (key, params) => this.words.t(key, params);
  }

  draw(told) {
    this.most = STEP;
    const { figures } = told;
    this.sum.replaceChildren(...[figures && this.states(told), figures && this.will(told), this.before(told)].filter(Boolean));
    this.box.replaceChildren(...[this.said(told), this.rows(told)].filter(Boolean));
  }

  states({ counts }) {
    return el("ul", { class: "states" }, ...counts.map(({ state, text, count }) => el("li", { class: count ? `state-${state}` : "none" }, el("b", { text: this.words.number(count) }), ` ${text}`)));
  }

  will({ figures }) {
    return el("p", { class: "told" }, this.figures(figures, "ground-will"));
  }

  figures(figures, key) {
    const told = FIGURES.filter((name) => figures[name]).map((name) => this.t(name === "kept" ? "ground-kept-rows" : `ground-${name}`, { n: this.words.number(figures[name]) }));
    return this.t(key, { figures: told.join(this.words.lang === "zh" ? "、" : ", ") || this.t("ground-no-change") });
  }

  before({ before }) {
    return before ? el("p", { class: "soft" }, this.t("ground-before", { at: this.words.moment(before.at) }), stored(before.by)) : null;
  }

  said({ findings, notes }) {
    if (!findings.length && !notes.length) return null;
    return el("ul", { class: "faults" },
      ...findings.map(({ severity, text }) => el("li", { class: severity }, el("p", {}, stored(text)))),
      ...notes.map(({ text, count, rows }) => el("li", {}, el("p", {}, stored(text), el("small", { text: this.t("ground-note-rows", { n: this.words.number(count), rows: rows.join(this.words.lang === "zh" ? "、" : ", ") }) })))));
  }

  rows(told) {
    const { rows, more, id } = told;
    if (!rows.length) return null;
    const heads = ["row", "key", "state", "reason"];
    const body = el("tbody", {}, ...rows.slice(0, this.most).map((one) => el("tr", {},
      el("th", { scope: "row", text: one.row }), el("td", { title: one.key }, stored(one.key ?? "")), el("td", { text: one.state }), el("td", {}, stored(one.reason)))));
    const next = el("button", { type: "button", text: this.t("ground-more-rows"), on: { click: () => this.further(told) } });
    return el("section", { class: "open-rows" },
      el("h3", { text: this.t("ground-rows", { n: this.words.number(rows.length + more) }) }),
      el("p", {}, el("a", { href: `/ground/imports/${id}/open.xlsx`, download: true, text: this.t("ground-open-rows") }), ` ${this.t("ground-open-note")}`),
      el("table", { class: "plain" }, el("thead", {}, el("tr", {}, ...heads.map((name) => el("th", { scope: "col", text: this.t(`ground-row-${name}`) })))), body),
      rows.length > this.most ? next : more ? el("p", { class: "soft", text: this.t("ground-rest", { n: this.words.number(more) }) }) : null);
  }

  further(told) {
    this.most += STEP;
    this.box.querySelector(".open-rows").replaceWith(this.rows(told));
  }
}
