// Which layers are shown: a row of check boxes, and one choice of three for incidents. The address keeps those that
// differ from what a page opens with.

import { el } from "./dom.js";

export class Switches {
  constructor({ map, state, layers, incidents, language }) {
    Object.assign(this, { map, state, layers, incidents, language });
    state.on(["layers"], () => this.apply());
    this.apply();
  }

  get turned() {
    return new Set(this.state.get("layers").split(" ").filter(Boolean));
  }

  on({ key, on }) {
    return this.turned.has(key) ? !on : on;
  }

  apply() {
    for (const entry of this.layers) this.map[this.on(entry) ? "addLayer" : "removeLayer"](entry.layer);
  }

  shows(key) {
    return this.layers.some((entry) => entry.key === key && this.on(entry));
  }

  turn(key) {
    const { turned } = this;
    if (!turned.delete(key)) turned.add(key);
    this.state.set({ layers: [...turned].sort().join(" ") }, { push: false });
  }

  render(parent) {
    const focused = parent.contains(document.activeElement) ? document.activeElement : null;
    const boxes = this.layers.map((entry) => el("label", { class: "switch" },
      el("input", { type: "checkbox", checked: this.on(entry), name: `layer-${entry.key}`, on: { change: () => this.turn(entry.key) } }),
      el("span", { text: this.language.t(`layer-${entry.key}`) })));
    parent.replaceChildren(el("div", { class: "boxes" }, ...boxes), this.incidents.total ? this.incidentChoice() : "");
    if (focused) parent.querySelector(focused.name ? `[name=${focused.name}]` : `[data-mode=${focused.dataset.mode}]`)?.focus();
  }

  incidentChoice() {
    const { language, incidents } = this;
    const choice = (mode) => el("button", {
      type: "button", "aria-pressed": String(incidents.mode === mode), text: language.t(`incidents-${mode}`), "data-mode": mode,
      on: { click: () => this.state.set({ incidents: mode }, { push: false }) },
    });
    return el("div", { class: "row" }, el("span", { text: language.t("incidents") }),
      el("div", { class: "segments", role: "group", "aria-label": language.t("incidents") }, choice("none"), choice("clusters"), choice("heat")));
  }
}
