// What is wrong with the drafts that are open, by kind; each press goes to the next place where it is.
import { el } from "../dom.js";

const MARK = { color: "#b3400b", weight: 4, fillColor: "#b3400b", fillOpacity: 0.25, interactive: false };

export class Problems {
  constructor({ box, line, bench, words, plot, map }) {
    Object.assign(this, { box, line, bench, words, plot, map, at: -1 });
    for (const what of ["opened", "changed"]) bench.on(what, () => this.draw());
  }

  get all() {
    return [...this.bench.drafts.values()].flatMap((draft) => draft.badges.map((badge) => ({ draft, badge })));
  }

  draw() {
    const kinds = new Map();
    for (const { badge } of this.all) {
      const kind = kinds.get(badge.code) ?? { title: badge.title, severity: badge.severity, n: 0 };
      kinds.set(badge.code, kind);
      kind.n += 1;
    }
    this.box.replaceChildren(...[...kinds].map(([code, { title, severity, n }]) =>
      el("button", { type: "button", class: `badge ${severity}`, "data-kind": code, on: { click: () => this.step(1, code) } },
        el("span", { text: title }), el("b", { text: n }))));
    if (!kinds.size) this.box.append(el("p", { class: "fine", text: this.words.t("no-problems") }));
    this.mark?.remove();
    this.line.textContent = "";
  }

  // The next (or with -1 the last) one, of a kind or of all.
  step(by, kind = null) {
    const all = this.all;
    const fits = (i) => !kind || all[i].badge.code === kind;
    for (let turn = 1; turn <= all.length; turn++) {
      const i = (((this.at + by * turn) % all.length) + all.length) % all.length;
      if (!fits(i)) continue;
      this.at = i;
      return this.show(all[i]);
    }
    return undefined;
  }

  show({ draft, badge }) {
    this.line.textContent = badge.text;
    this.mark?.remove();
    const own = badge.codes.find((code) => draft.grids.has(code));
    if (draft !== this.bench.active || own) this.bench.choose(draft, own ?? draft.codes[0]);
    const place = badge.geometry ?? draft.grids.get(own)?.geometry;
    if (!place) return;
    this.mark = L.geoJSON(place, { style: MARK, interactive: false, pointToLayer: (_, at) => L.circleMarker(at, { ...MARK, radius: 12 }) }).addTo(this.map);
    this.plot.show(place);
  }
}
