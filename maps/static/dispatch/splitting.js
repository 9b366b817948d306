// One call about several matters: what else was told becomes incidents of their own, each with its category and words.
import { el } from "../dom.js";

const MOST = 20;

export class Splitting {
  // matter: category and catalogue_code of what stands in a category's field.
  constructor({ words, matter, split }) {
    Object.assign(this, { words, matter, split });
  }

  // The form of an incident: what is written in it stays while the same one is shown.
  of(id) {
    if (this.id !== id) {
      this.id = id;
      this.form = this.made();
    }
    return this.form;
  }

  made() {
    const { words } = this;
    this.rows = el("div", {});
    const more = el("button", { type: "button", text: words.t("split-more"), on: { click: () => this.add().focus() } });
    const form = el("form", { class: "split", on: { submit: (event) => this.send(event), keydown: (event) => this.key(event) } },
      el("h3", { text: words.t("split-title") }), this.rows, el("p", { class: "acts" }, el("button", { type: "submit", text: words.t("split-do") }), more));
    form.hidden = true;
    this.add();
    return form;
  }

  add() {
    const { words } = this;
    const field = (name, more) => el("input", { name, "aria-label": words.t(name), placeholder: words.t(name), autocomplete: "off", ...more });
    const first = field("category", { list: "categories", maxlength: 100 });
    if (this.rows.children.length < MOST) this.rows.append(el("p", {}, first, field("note", { maxlength: 2000 })));
    return this.rows.lastElementChild.querySelector("input");
  }

  parts() {
    return [...this.rows.children].map((row) => {
      const [category, note] = [...row.querySelectorAll("input")].map((input) => input.value.trim() || undefined);
      return { ...this.matter(category), note };
    }).filter((one) => one.category || one.note);
  }

  start() {
    this.form.hidden = false;
    this.form.scrollIntoView({ block: "nearest" });
    this.rows.querySelector("input").focus();
  }

  key(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.form.hidden = true;
    document.getElementById("opened").focus();
  }

  async send(event) {
    event.preventDefault();
    if (await this.split(this.parts())) this.id = undefined; // what was written is recorded
  }
}
