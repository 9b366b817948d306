// The grids that areas of a drawing would become: under which code and why, which of them are none.
import { el, stored } from "../dom.js";

const NEW = "#new";

export class ImportAreas {
  constructor({ box, words, plot, say }) {
    Object.assign(this, { box, words, plot, say });
  }

  draw(told) {
    const t = (key, params) => this.words.t(key, params);
    const { grids, wishes } = told;
    const here = document.activeElement?.closest("#import-areas") ? document.activeElement.dataset.of : null;
    const out = wishes.left_out.length ? el("p", {}, t("import-left-out", { n: wishes.left_out.length }), " ",
      el("button", { type: "button", text: t("import-back"), on: { click: () => this.say({ left_out: [] }) } })) : null;
    if (!grids.features.length) return this.box.replaceChildren(...[out].filter(Boolean));
    this.published = told.published;
    this.box.replaceChildren(...[el("h2", { text: t("import-areas") }), out, el("table", { class: "plain areas" },
      el("thead", {}, el("tr", {}, ...["area", "code", "households", "out"].map((name) => el("th", { scope: "col", text: t(`import-${name}`) })))),
      el("tbody", {}, ...grids.features.map((one) => this.row(one, wishes))))].filter(Boolean));
    [...this.box.querySelectorAll("[data-of]")].find((node) => node.dataset.of === here)?.focus();
    return undefined;
  }

  row({ id, properties: grid, geometry }, wishes) {
    const t = (key, params) => this.words.t(key, params);
    return el("tr", {},
      el("th", { scope: "row" }, el("button", { type: "button", "data-of": `area ${id}`, on: { click: () => this.plot.mark(geometry) } }, stored(grid.name)), el("small", {}, stored(id))),
      el("td", {}, this.codes(id, grid, wishes), el("small", {}, stored(grid.code), ` ${this.why(grid)}`)),
      el("td", { class: "n", text: this.words.number(grid.households) }),
      el("td", {}, el("input", { type: "checkbox", "data-of": `out ${id}`, "aria-label": t("import-out-of", { area: id }), on: { change: () => this.say(({ left_out: out, codes }) => ({ left_out: [...out, id], codes: without(codes, id) })) } })));
  }

  // Automatic, a grid in force of that community, or a new number.
  codes(id, grid, { codes }) {
    const t = (key, params) => this.words.t(key, params);
    const own = this.published.filter((one) => one.community_code === grid.community_code);
    const said = codes[id];
    const short = (code) => code.replace(grid.community_code, "").replace(/^-/, "");
    const select = el("select", { "data-of": `code ${id}`, "aria-label": t("import-code-of", { area: id }) },
      new Option(said ? t("import-auto", { code: "…" }) : t("import-auto", { code: short(grid.code) }), "", false, !said),
      ...own.map(({ code, name }) => new Option(`${short(code)} ${name}`, code, false, said === code)),
      new Option(said === NEW ? `${t("import-new")} ${short(grid.code)}` : t("import-new"), NEW, false, said === NEW));
    if (said && said !== NEW && !own.some(({ code }) => code === said)) select.append(new Option(short(said), said, false, true));
    select.addEventListener("change", () => this.say(({ codes: all }) => ({ codes: select.value ? { ...all, [id]: select.value } : without(all, id) })));
    return select;
  }

  why({ why, code, former, former_name: name, shared }) {
    const t = (key, params) => this.words.t(key, params);
    const params = { former: name ?? former, shared: this.words.number(shared) };
    if (why === "matched") {
      const own = this.published.find((one) => one.code === code);
      return t(shared && former === code ? "import-why-matched" : "import-why-matched-ground", { ...params, former: own?.name ?? code });
    }
    return [t(`import-why-${why}`), former && former !== code ? t("import-most", params) : null].filter(Boolean).join(this.words.lang === "zh" ? "；" : "; ");
  }
}

function without(codes, id) {
  return Object.fromEntries(Object.entries(codes).filter(([area]) => area !== id));
}
