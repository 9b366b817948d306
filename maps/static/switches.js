// Which layers are shown: a row of check boxes, and one choice of three for incidents.

import { el } from "./dom.js";

export class Switches {
  constructor(map, layers, incidents, language) {
    Object.assign(this, { map, layers, incidents, language });
    this.listeners = [];
    for (const { layer, on } of layers) if (on) map.addLayer(layer);
  }

  shows(key) {
    return this.layers.some((entry) => entry.key === key && this.map.hasLayer(entry.layer));
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  changed() {
    for (const listener of this.listeners) listener();
  }

  render(parent) {
    const { t } = { t: (key) => this.language.t(key) };
    const boxes = this.layers.map(({ key, layer }) => el("label", { class: "switch" },
      el("input", { type: "checkbox", checked: this.map.hasLayer(layer), name: `layer-${key}`, on: {
        change: (event) => {
          this.map[event.target.checked ? "addLayer" : "removeLayer"](layer);
          this.changed();
        } } }),
      el("span", { text: t(`layer-${key}`) })));
    parent.replaceChildren(el("div", { class: "boxes" }, ...boxes), this.incidents.total ? this.incidentChoice() : "");
  }

  incidentChoice() {
    const { language, incidents } = this;
    const choice = (mode) => el("button", {
      type: "button", "aria-pressed": String(incidents.mode === mode), text: language.t(`incidents-${mode}`), "data-mode": mode,
      on: { click: (event) => {
        incidents.show(mode);
        for (const button of event.target.parentElement.children) button.setAttribute("aria-pressed", String(button === event.target));
        this.changed();
      } },
    });
    return el("div", { class: "row" }, el("span", { text: language.t("incidents") }),
      el("div", { class: "segments", role: "group", "aria-label": language.t("incidents") }, choice("none"), choice("clusters"), choice("heat")));
  }
}
