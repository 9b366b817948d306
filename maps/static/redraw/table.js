// The grids of the draft that is worked on: numbers against their limits, and which one takes what is painted.
import { el, stored } from "../dom.js";
import { NEW } from "./bench.js";
import { standing } from "./draft.js";

const BEYOND = 1.35; // a bar ends at so many times the upper limit

export class Table {
  constructor({ body, bench, words, plot }) {
    Object.assign(this, { body, bench, words, plot });
    for (const what of ["opened", "changed", "target"]) bench.on(what, () => this.draw());
    body.addEventListener("click", (event) => this.chosen(event.target.closest("tr[data-code], tr[data-new]")));
  }

  chosen(row) {
    if (row) this.bench.aim(row.dataset.code ?? NEW);
  }

  draw() {
    const { active: draft, target } = this.bench;
    if (!draft) return this.body.replaceChildren();
    const most = Math.max(1, ...draft.codes.map((code) => draft.grid(code).load ?? 0));
    const rows = draft.codes.map((code, i) => this.row(draft, code, i, most));
    const held = this.body.contains(document.activeElement) ? document.activeElement.closest("tr").dataset.code ?? "" : null;
    this.body.replaceChildren(...rows, this.newRow(target === NEW));
    if (held !== null) (this.body.querySelector(held ? `tr[data-code="${CSS.escape(held)}"] button` : "tr[data-new] button"))?.focus();
  }

  row(draft, code, i, mostLoad) {
    const grid = draft.grid(code);
    const key = i < 9 ? String(i + 1) : "";
    const swatch = el("span", { class: "swatch" });
    swatch.style.backgroundColor = this.plot.colour(code);
    const over = standing(grid);
    return el("tr", { "data-code": code, class: over, "aria-selected": String(code === this.bench.target) },
      el("th", { scope: "row" },
        el("button", { type: "button", "aria-pressed": String(code === this.bench.target), title: grid.name ?? code },
          el("kbd", { text: key }), swatch, el("b", { text: draft.short(code) }), grid.locked ? " 🔒" : null,
          grid.kind === "dedicated" ? el("em", { text: this.words.t("dedicated") }) : null),
        el("span", { class: "officer" }, grid.officer ? stored(grid.officer) : grid.officers ? this.words.t("no-officer") : "")),
      el("td", {}, this.bar(grid.households, grid.limits?.households)),
      el("td", {}, this.bar(grid.residents, grid.limits?.residents)),
      el("td", {}, this.bar(grid.load, null, mostLoad)),
      el("td", { class: "n", text: this.words.decimal(grid.area_m2 / 1e4, 1) }),
      el("td", { class: "n", text: this.words.number(grid.buildings) }));
  }

  // A number, a bar and the limits as ticks; beyond them in words too.
  bar(value, limits, most = null) {
    const whole = limits ? limits[1] * BEYOND : most;
    const share = (part) => `${Math.max(0, Math.min(100, (100 * part) / whole))}%`;
    const fill = el("i", { class: "fill" });
    fill.style.width = share(value ?? 0);
    const ticks = (limits ?? []).map((limit) => {
      const tick = el("i", { class: "tick" });
      tick.style.insetInlineStart = share(limit);
      return tick;
    });
    const [least, top] = limits ?? [-Infinity, Infinity];
    const off = value > top ? this.words.t("too-many", { n: value - top }) : value < least ? this.words.t("too-few", { n: least - value }) : "";
    return el("div", { class: `bar ${value > top ? "above" : value < least ? "below" : ""}` },
      el("span", { text: this.words.number(value) }), off ? el("em", { text: off }) : null, el("span", { class: "track" }, fill, ...ticks));
  }

  newRow(chosen) {
    return el("tr", { "data-new": true, "aria-selected": String(chosen) },
      el("th", { scope: "row", colspan: 6 },
        el("button", { type: "button", "aria-pressed": String(chosen) }, el("kbd", { text: "0" }), el("b", { text: this.words.t("new-grid") }))));
  }
}
