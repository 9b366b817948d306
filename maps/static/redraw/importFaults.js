// What is wrong with a plan drawn elsewhere, what a repair would leave and change; each press goes to the place.
import { el, stored } from "../dom.js";

const MOST = 100; // rows of a list; the map shows all

export class ImportFaults {
  constructor({ box, words, plot }) {
    Object.assign(this, { box, words, plot });
  }

  draw(told) {
    const t = (key, params) => this.words.t(key, params);
    const { needs, within_m: within, changes, notes } = told;
    if (needs.length) return this.box.replaceChildren();
    const [was, left] = [told.findings.filter(grave), told.remaining.filter(grave)];
    const noise = told.remaining.filter((one) => !grave(one));
    const repaired = within !== null && was.length > 0;
    return this.box.replaceChildren(...[
      el("h2", { text: t("import-found") }),
      ...told.completion.map((one) => this.completion(one, told)),
      repaired ? el("p", { class: "told", text: t("import-before", { faults: was.length, within, grids: changes.length, left: left.length }) }) : null,
      !was.length && !notes.some(grave) ? el("p", { class: "fine", text: t("import-fine") }) : null,
      left.length ? this.list(repaired ? "import-left" : null, left) : null,
      repaired && changes.length ? this.folded(t("import-changes", { n: changes.length }), changes.map((one) => el("li", {}, this.change(one, told)))) : null,
      repaired && was.length ? this.folded(t("import-was"), this.rows(was)) : null,
      notes.length ? this.list("import-notes", notes) : null,
      noise.length ? this.folded(t("import-noise", { n: noise.length }), this.rows(noise)) : null,
    ].filter(Boolean));
  }

  // What was drawn of a community, what stays as in force, and what of that the drawing takes.
  completion(one, { communities, kept }) {
    const t = (key, params) => this.words.t(key, params);
    const { community_code: code, drawn, kept: stay, cut, gone, stays } = one;
    const name = communities.features.find(({ id }) => id === code)?.properties.name ?? code;
    const shape = (share) => kept.features.find(({ id }) => id === share.code)?.geometry;
    const row = (kind, share) => {
      const text = t(`import-completion-${kind}`, { name: `${share.name} ${share.code.slice(-3)}`, hectares: this.words.decimal(share.area_m2 / 10000, 2), households: this.words.number(share.households) });
      return el("li", {}, shape(share) ? el("button", { type: "button", on: { click: () => this.plot.mark(shape(share)) } }, stored(text)) : stored(text));
    };
    return el("div", { class: "completion" }, el("p", { class: "told" }, stored(t("import-completion", { name, drawn: drawn.length, kept: stay.length, cut: cut.length, gone: gone.length }))),
      el("ul", { class: "faults" }, ...cut.map((share) => row("cut", share)), ...gone.map((share) => row("gone", share)), ...stays.map((share) => row("stays", share))));
  }

  list(title, found) {
    return el("div", {}, title ? el("h3", { text: this.words.t(title) }) : null, el("ul", { class: "faults" }, ...this.rows(found)));
  }

  folded(title, rows) {
    return el("details", {}, el("summary", { text: title }), el("ul", { class: "faults" }, ...rows));
  }

  rows(found) {
    const more = found.length > MOST ? [el("li", {}, el("p", { class: "soft", text: this.words.t("import-more", { n: found.length - MOST }) }))] : [];
    return [...found.slice(0, MOST).map((one) => this.row(one)), ...more];
  }

  row(one) {
    const words = [el("b", { text: `${one.title} ` }), stored(one.text)];
    return el("li", {}, one.geometry
      ? el("button", { type: "button", class: one.severity, on: { click: () => this.plot.mark(one.geometry) } }, ...words)
      : el("p", { class: one.severity }, ...words));
  }

  change(one, { mended }) {
    const whole = (value) => this.words.decimal(value, value < 10 ? 2 : 0);
    const text = this.words.t("import-change", {
      name: one.code, gained: whole(one.gained_m2), lost: whole(one.lost_m2), widest: this.words.decimal(one.widest_m, 2), households: this.words.number(one.households_in + one.households_out),
    });
    const shape = mended.features.find(({ properties }) => properties.code === one.code);
    return shape ? el("button", { type: "button", on: { click: () => this.plot.mark(shape.geometry) } }, text) : el("span", { text });
  }
}

export function grave({ severity }) {
  return severity !== "note";
}
