// What is said of a file: its layers, what its coordinates refer to, the columns of codes and names, the tolerance.
import { el } from "../dom.js";

const [NONE, TEXT] = ["#none", "#text"];

export class ImportForm {
  constructor({ form, words, say }) {
    Object.assign(this, { form, words, say });
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  // Drawn anew after each answer; whoever is at a field stays there.
  draw(told) {
    const here = document.activeElement?.closest("#import-form") ? document.activeElement.name + document.activeElement.value : null;
    this.form.replaceChildren(...[this.layers(told), this.datum(told), ...this.columns(told), this.tolerance(told), this.complete(told)].filter(Boolean));
    const again = here && [...this.form.elements].find((field) => field.name + field.value === here);
    again?.focus();
  }

  layers({ layers, chosen }) {
    if (layers.length < 2) return null;
    const boxes = layers.filter(({ areas, lines }) => areas || lines).map(({ name, ...counts }) => el("label", { class: "check" },
      el("input", { type: "checkbox", name: "layer", value: name, checked: chosen.includes(name), on: { change: () => this.layersSaid() } }),
      el("span", { text: this.words.t("import-layer", { name, ...counts }) })));
    return this.group("import-layers", boxes, !chosen.length);
  }

  layersSaid() {
    const chosen = [...this.form.querySelectorAll("[name=layer]:checked")].map((box) => box.value);
    this.say({ layers: chosen.length ? chosen : null, codes: {}, left_out: [], code_column: null, name_column: null });
  }

  datum({ datum, datum_by: by, readings, wishes, needs }) {
    const t = (key, params) => this.words.t(key, params);
    if (by === "file") return this.group("import-datum", [el("p", { text: t("import-datum-file", { datum }) })]);
    const said = (name, swapped) => name === wishes.datum && swapped === wishes.swapped;
    const ways = readings.map(({ datum: name, title, swapped, ...counts }) => this.way(name, swapped, t("import-reading", { datum: [name, title].filter(Boolean).join(" "), ...counts }) + (swapped ? t("import-swapped") : ""), said(name, swapped)));
    const known = readings.some((one) => said(one.datum, one.swapped));
    const other = el("input", { name: "datum-other", maxlength: 20, placeholder: t("import-other-hint"), "aria-label": t("import-other"), value: wishes.datum && !known ? wishes.datum : "", autocomplete: "off" });
    other.addEventListener("change", () => this.say({ datum: other.value.trim() || null, swapped: false }));
    const note = by === "kind" ? t("import-datum-kind", { datum }) : by ? null : t(readings.length ? "import-datum-none" : "import-no-readings");
    return this.group("import-datum", [note ? el("p", { class: by ? "soft" : "wrong", text: note }) : null, ...ways, el("label", { class: "pair" }, el("span", { text: t("import-other") }), other)], needs.includes("datum"));
  }

  way(name, swapped, text, checked) {
    return el("label", { class: "check" }, el("input", { type: "radio", name: "datum", value: `${name} ${swapped}`, checked, on: { change: () => this.say({ datum: name, swapped }) } }), el("span", { text }));
  }

  columns({ columns, code_column: code, name_column: name, needs }) {
    if (!columns.length || needs.includes("layers")) return [];
    return [this.column("code", columns, code), this.column("name", columns, name)];
  }

  column(which, columns, chosen) {
    const t = (key, params) => this.words.t(key, params);
    const options = columns.map(({ name, samples }) => new Option(t(name === TEXT ? "import-column-text" : "import-column", { name, samples: samples.join(" ") }).slice(0, 60), name, false, name === chosen));
    const select = el("select", { name: which }, ...options, new Option(t("import-column-none"), NONE, false, chosen === null));
    select.addEventListener("change", () => this.say({ [`${which}_column`]: select.value }));
    return el("label", { class: "pair" }, el("span", { text: t(`import-${which}-column`) }), select);
  }

  tolerance({ within_m: within, needs }) {
    if (needs.length) return null;
    const field = el("input", { name: "tolerance", type: "number", min: 0.01, max: 100, step: "any", inputmode: "decimal", value: within });
    field.addEventListener("change", () => field.reportValidity() && this.say({ within_m: field.value === "" ? null : Number(field.value) }));
    return el("div", {}, el("label", { class: "pair" }, el("span", { text: this.words.t("import-tolerance") }), field), el("p", { class: "soft", text: this.words.t("import-tolerance-note") }));
  }

  // Where only some grids of a community were drawn and a plan is in force: chosen, never assumed.
  complete({ completable, wishes, needs }) {
    if (needs.length || !(completable.length || wishes.complete)) return null;
    const box = el("input", { type: "checkbox", name: "complete", value: "yes", checked: wishes.complete, on: { change: () => this.say({ complete: box.checked }) } });
    return el("div", { class: wishes.complete ? null : "wanted" }, el("label", { class: "check" }, box, el("span", { text: this.words.t("import-complete") })), el("p", { class: "soft", text: this.words.t("import-complete-note") }));
  }

  group(title, content, wanted = false) {
    return el("fieldset", { class: wanted ? "wanted" : null }, el("legend", { text: this.words.t(title) }), ...content.filter(Boolean));
  }
}
