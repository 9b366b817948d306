// An incident that is there gets its place, or another: words as ever, or the pin, then Enter.
import { el, stored } from "../dom.js";
import { about } from "./rows.js";

export class Placing {
  constructor({ section, site, words, done }) {
    Object.assign(this, { section, site, words });
    this.line = section.querySelector("p");
    this.button = section.querySelector("button");
    this.button.addEventListener("click", () => done());
  }

  start(incident) {
    this.one = incident;
    this.section.hidden = false;
    this.button.hidden = true;
    this.line.replaceChildren(el("strong", { text: this.words.t("placing") }), " ", stored(about(incident)));
  }

  // It has changed meanwhile: what it is now is what is placed.
  update(incident) {
    if (this.one?.id === incident.id) this.one = incident;
  }

  // A place is there: Enter takes it.
  ready({ focus }) {
    this.button.hidden = false;
    if (focus) this.button.focus();
  }

  async send(spot, by) {
    const chosen = spot.chosen ? { said: spot.said, ...spot.chosen } : {};
    const at = spot.raw ?? { lng: spot.lng, lat: spot.lat };
    const place = { ...at, version: this.one.version, by, ...chosen };
    return this.site.post(`/incidents/${this.one.id}/place`, place);
  }

  end() {
    this.one = undefined;
    this.section.hidden = true;
  }
}
