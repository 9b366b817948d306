// What is said of a file of the ground: its layer, what its coordinates refer to, which column is which, on what basis
// residents are counted.
import { el, stored } from "../dom.js";

const FIRST = {
  regions: ["code", "name"],
  buildings: ["building_id", "name", "community_code", "estate", "address", "households", "residents", "lon", "lat"],
};
const LINES = ["name", "class"];
const ENCODINGS = ["utf-8", "gb18030", "big5"];
const MOST = 90; // letters of an option

export class GroundForm {
  constructor({ form, words, say }) {
    Object.assign(this, { form, words, say });
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  get t() {
    return (key, params) => this.words.t(key, params);
  }

  // Drawn anew after each answer; whoever is at a field stays there, and what was unfolded stays so.
  draw(told) {
    const here = document.activeElement?.closest("#ground-form") ? document.activeElement.name + document.activeElement.value : null;
    const unfolded = new Set([...this.form.querySelectorAll("details[open]")].map((one) => one.dataset.name));
    this.form.replaceChildren(...[this.parts(told), this.datum(told), this.columns(told), this.basis(told), this.only(told)].filter(Boolean));
    for (const one of this.form.querySelectorAll("details")) if (unfolded.has(one.dataset.name)) one.open = true;
    const again = here && [...this.form.elements].find((field) => field.name + field.value === here);
    again?.focus();
  }

  parts({ parts, part, needs }) {
    if (parts.length < 2) return null;
    const options = [...(part === null ? [new Option(this.t("ground-choose-part"), "")] : []), ...parts.map((name) => new Option(name, name, false, name === part))];
    const select = this.select("part", options, (value) => value && this.say({ part: value, columns: {} }));
    return el("div", { class: needs.includes("part") ? "wanted" : null }, this.pair("ground-part", select));
  }

  datum({ datum, datum_by: by, ways, wishes, needs }) {
    if (by === "file") return this.declared(datum, ways);
    if (!ways.length && !needs.includes("datum") && !by) return null;
    const chosen = (one) => one.datum === wishes.datum && one.swapped === wishes.swapped;
    const boxes = ways.map((one) => this.way(one, chosen(one)));
    const other = el("input", { name: "datum-other", maxlength: 20, placeholder: this.t("import-other-hint"), value: wishes.datum && !ways.some(chosen) ? wishes.datum : "", autocomplete: "off" });
    other.addEventListener("change", () => this.say({ datum: other.value.trim() || null, swapped: false }));
    const compared = ways.some((one) => one.total > 0);
    const tied = compared && ways.length > 1 && ways[0].inside === ways[1].inside;
    const lost = compared && !ways.some((one) => one.inside);
    const why = lost ? "ground-datum-lost" : !ways.length ? "ground-datum-unknown" : !compared ? "ground-datum-nothing" : tied ? "ground-datum-tied" : "ground-datum-none";
    return this.group("import-datum", [el("p", { class: by ? "soft" : "wrong", text: this.t(why) }), ...boxes, this.pair("import-other", other)], needs.includes("datum"));
  }

  declared(datum, [way]) {
    const inside = way ? this.t("ground-inside", { inside: this.words.number(way.inside), total: this.words.number(way.total) }) : "";
    const doubtful = way && way.inside * 2 < way.total;
    const name = this.words.has(`datum-${datum}`) ? this.t(`datum-${datum}`) : datum;
    return this.group("import-datum", [el("p", { text: this.t("ground-datum-file", { datum: name, inside }) }), doubtful ? el("p", { class: "wrong", text: this.t("ground-datum-doubtful") }) : null]);
  }

  way({ datum, title, swapped, inside, total, shift_m: shift }, checked) {
    const name = title ? `${datum} ${title}` : this.words.has(`datum-${datum}`) ? this.t(`datum-${datum}`) : datum;
    const facts = [
      total ? this.t("ground-inside", { inside: this.words.number(inside), total: this.words.number(total) }) : null,
      shift ? this.t("ground-shift", { m: this.words.number(Math.round(shift)) }) : null,
    ].filter(Boolean);
    return el("label", { class: "check" },
      el("input", { type: "radio", name: "datum", value: `${datum} ${swapped}`, checked, on: { change: () => this.say({ datum, swapped }) } }),
      el("span", {}, el("b", { text: name + (swapped ? this.t("ground-swapped") : "") }), ...facts.map((text) => el("small", { text }))));
  }

  // Ours and theirs side by side: those that were recognised or that matter most, then the others.
  columns(told) {
    const { columns, targets, noun, table, encoding } = told;
    if (!columns.length) return null;
    const theirs = new Map(columns.filter((one) => one.ours).map((one) => [one.ours, one]));
    const first = (FIRST[noun] ?? LINES).filter((name) => targets.includes(name) && (table || (name !== "lon" && name !== "lat")));
    const shown = targets.filter((name) => theirs.has(name) || first.includes(name));
    const rest = targets.filter((name) => !shown.includes(name));
    const unused = columns.filter((one) => !one.ours).map((one) => one.name);
    return this.group("ground-columns", [
      el("p", { class: "soft", text: this.t("ground-columns-note") }),
      ...shown.map((name) => this.column(name, theirs.get(name), told)),
      unused.length ? el("p", { class: "soft" }, this.t("ground-unused"), stored(unused.join(this.words.lang === "zh" ? "、" : ", "))) : null,
      rest.length ? this.folded("more-columns", "ground-more-columns", rest.map((name) => this.column(name, null, told))) : null,
      encoding ? this.encoding(told) : null,
    ]);
  }

  column(ours, found, { columns, wishes }) {
    const said = wishes.columns[ours];
    const label = ({ name, samples }) => `${name}${samples.length ? `（${samples.join("，")}）` : ""}`.slice(0, MOST);
    const auto = found && said === undefined ? this.t("ground-auto", { column: label(found) }) : said === undefined ? this.t("ground-no-column") : this.t("ground-auto-again");
    const options = [new Option(auto, ""), ...columns.map((one) => new Option(label(one), one.name, false, one.name === said))];
    const select = this.select(`column-${ours}`, options, (value) => this.say((now) => ({ columns: { ...without(now.columns, ours), ...(value ? { [ours]: value } : {}) } })));
    return el("label", { class: found || said ? "pair found" : "pair" }, el("span", { text: this.t(`col-${ours}`) }), select);
  }

  encoding({ encoding, wishes }) {
    const auto = wishes.encoding ? this.t("ground-auto-again") : this.t("ground-encoding-found", { encoding: encoding.toUpperCase() });
    const options = [new Option(auto, ""), ...ENCODINGS.map((name) => new Option(name.toUpperCase(), name, false, name === wishes.encoding))];
    return this.pair("ground-encoding", this.select("encoding", options, (value) => this.say({ encoding: value || null })));
  }

  basis({ noun, bases, wishes, needs }) {
    if (noun !== "buildings" || needs.length) return null;
    const told = bases.filter((one) => one.basis && one.basis !== wishes.basis).map(({ basis, count }) => this.t("ground-basis-of", { basis: this.t(`basis-${basis}`), n: this.words.number(count) }));
    const untold = bases.find((one) => !one.basis)?.count ?? 0;
    const options = [new Option(this.t("basis-none"), ""), ...["usual", "registered", "actual"].map((name) => new Option(this.t(`basis-${name}`), name, false, name === wishes.basis))];
    const ratio = el("input", { name: "ratio", type: "number", min: 0.5, max: 10, step: "any", inputmode: "decimal", value: wishes.ratio });
    ratio.addEventListener("change", () => ratio.reportValidity() && this.say({ ratio: ratio.value === "" ? null : Number(ratio.value) }));
    return this.group("ground-basis", [
      told.length ? el("p", { text: told.join(this.words.lang === "zh" ? "、" : ", ") }) : null,
      untold ? el("p", { class: "wrong", text: this.t("ground-basis-untold", { n: this.words.number(untold) }) }) : null,
      untold || wishes.basis ? this.pair("ground-basis-say", this.select("basis", options, (value) => this.say({ basis: value || null }))) : null,
      this.folded("ratio", "ground-ratio-title", [this.pair("ground-ratio", ratio), el("p", { class: "soft", text: this.t("ground-ratio-note") })]),
    ]);
  }

  // The code and name of the only outline in a file that tells neither.
  only({ noun, wishes, needs }) {
    if (noun !== "regions" || needs.length) return null;
    const field = (name) => {
      const input = el("input", { name: `only-${name}`, maxlength: name === "code" ? 20 : 100, value: wishes[name], autocomplete: "off" });
      input.addEventListener("change", () => this.say({ [name]: input.value.trim() || null }));
      return this.pair(`col-${name}`, input);
    };
    return this.folded("only", "ground-only", [el("p", { class: "soft", text: this.t("ground-only-note") }), field("code"), field("name")]);
  }

  select(name, options, chosen) {
    const select = el("select", { name }, ...options);
    select.addEventListener("change", () => chosen(select.value));
    return select;
  }

  pair(title, field) {
    return el("label", { class: "pair" }, el("span", { text: this.t(title) }), field);
  }

  folded(name, title, content) {
    return el("details", { "data-name": name }, el("summary", { text: this.t(title) }), ...content);
  }

  group(title, content, wanted = false) {
    return el("fieldset", { class: wanted ? "wanted" : null }, el("legend", { text: this.t(title) }), ...content.filter(Boolean));
  }
}

function without(columns, name) {
  return Object.fromEntries(Object.entries(columns).filter(([ours]) => ours !== name));
}
