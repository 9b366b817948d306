// The subjects of the panel. One at a time; on a wall screen, where there is room, all of them (css/wide.css).

import { el } from "./dom.js";

const NAMES = ["overview", "evenness", "incidents", "findings", "layers"];

export class Tabs {
  constructor({ state, language, parent, shown }) {
    Object.assign(this, { state, language, parent });
    this.names = NAMES.filter(shown);
    for (const name of NAMES) {
      const sheet = document.getElementById(`tab-${name}`);
      sheet.setAttribute("role", "tabpanel");
      sheet.setAttribute("aria-labelledby", `tab-button-${name}`);
      sheet.classList.toggle("absent", !this.names.includes(name));
    }
    parent.setAttribute("role", "tablist");
    parent.addEventListener("keydown", (event) => this.key(event));
    state.on(["tab"], () => this.render());
  }

  get chosen() {
    return this.names.includes(this.state.get("tab")) ? this.state.get("tab") : "overview";
  }

  open(name, options) {
    this.state.set({ tab: name }, options);
  }

  render() {
    this.parent.setAttribute("aria-label", this.language.t("tabs"));
    this.parent.replaceChildren(...this.names.map((name) => el("button", {
      type: "button", role: "tab", id: `tab-button-${name}`, "aria-controls": `tab-${name}`, "aria-selected": String(name === this.chosen),
      tabindex: name === this.chosen ? 0 : -1, text: this.language.t(`tab-${name}`), on: { click: () => this.open(name) },
    })));
    for (const name of this.names) document.getElementById(`tab-${name}`).classList.toggle("closed", name !== this.chosen);
  }

  // Arrows go along, as in every row of tabs.
  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = (this.names.indexOf(this.chosen) + step + this.names.length) % this.names.length;
    this.open(this.names[at]);
    this.parent.querySelector("[aria-selected=true]").focus();
  }
}
