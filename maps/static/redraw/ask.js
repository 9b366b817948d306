// A small question in a dialog: fields with their words, and what was entered, or null.
import { el } from "../dom.js";

// Blanks alone are no answer.
function filled({ required, type = "text" }) {
  return required && type === "text" ? { pattern: ".*\\S.*" } : {};
}

export class Ask {
  constructor({ dialog, words }) {
    Object.assign(this, { dialog, words });
  }

  // fields: name, label (words), type, value, required …
  fields(title, fields, note = null) {
    const inputs = fields.map(({ name, label, ...rest }) => [name, el("input", { name, autocomplete: "off", ...filled(rest), ...rest }), label]);
    const form = el("form", { method: "dialog" },
      el("h2", { text: title }), note ? el("p", { text: note }) : null,
      ...inputs.map(([, input, label]) => el("label", {}, el("span", { text: label }), input)),
      el("p", { class: "acts" },
        el("button", { type: "submit", value: "yes", text: this.words.t("do") }),
        el("button", { type: "button", text: this.words.t("not"), on: { click: () => this.dialog.close() } })));
    this.dialog.replaceChildren(form);
    this.dialog.returnValue = "";
    this.dialog.showModal();
    return new Promise((answer) => {
      const ended = () => answer(this.dialog.returnValue === "yes" ? Object.fromEntries(inputs.map(([name, input]) => [name, input.type === "checkbox" ? (input.checked ? input.value : "") : input.value.trim()])) : null);
      this.dialog.addEventListener("close", ended, { once: true });
    });
  }

  // Anything to look at; closed by its button or Esc.
  show(title, ...content) {
    const close = el("button", { type: "button", text: this.words.t("close"), on: { click: () => this.dialog.close() } });
    this.dialog.replaceChildren(el("h2", { text: title }), ...content.filter(Boolean), el("p", { class: "acts" }, close));
    this.dialog.showModal();
  }
}
