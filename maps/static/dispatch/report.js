// The report: what it is about, then Enter; and then whether it is one that is known already.
import { el, stored } from "../dom.js";

export class Report {
  constructor({ form, same, site, words, by, spot, tell, failed }) {
    Object.assign(this, { form, same, site, words, by, spot, tell, failed });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    same.addEventListener("keydown", (event) => this.key(event));
  }

  // A number of its own for each call: Enter twice, or an answer that got lost, is one incident.
  begin() {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    this.number = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    this.made = undefined;
    this.form.reset();
    this.same.replaceChildren();
    this.form.hidden = false;
    this.form.elements.category.focus();
  }

  end() {
    this.form.hidden = true;
    this.same.replaceChildren();
    this.number = undefined;
  }

  async send() {
    if (!this.number || this.sending) return;
    const spot = this.spot();
    const { category, note } = this.form.elements;
    this.sending = true;
    try {
      const said = { source: this.words.t("source"), source_id: this.number, address: spot.said, category: category.value, note: note.value };
      const place = spot.lng === undefined ? {} : { lng: spot.lng, lat: spot.lat };
      const chosen = spot.chosen ? { said: spot.words, chosen: spot.chosen } : {};
      const filled = Object.fromEntries(Object.entries(said).filter(([, value]) => value));
      const done = await this.site.post("/incidents", { ...filled, ...place, ...chosen });
      this.made = done.incident;
      this.tell(this.words.t("recorded"));
      this.form.hidden = true;
      await this.compare(spot);
    } catch (error) {
      this.failed(error);
    } finally {
      this.sending = false;
    }
  }

  async compare(spot) {
    const { category, note, id } = this.made;
    const query = { lng: spot.lng, lat: spot.lat, category, words: note, building_id: spot.building_id, exclude: id };
    const found = spot.lng === undefined ? { items: [] } : await this.site.get("/nearby", query);
    if (!found.items.length) return;
    this.same.replaceChildren(el("h3", { text: this.words.t("same") }),
      el("ol", {}, ...found.items.slice(0, 5).map((one) => this.row(one))));
    this.same.querySelector("li").focus();
  }

  row(one) {
    const what = [one.incident.category, one.incident.note, one.incident.address].filter(Boolean).join(" · ");
    const row = el("li", { tabindex: "0" }, stored(what), el("span", { class: "why" }, stored(one.why)),
      el("button", { type: "button", tabindex: "-1", text: this.words.t("join"), on: { click: () => this.join(one.incident.id) } }));
    row.dataset.id = one.incident.id;
    return row;
  }

  key(event) {
    const row = event.target.closest("li");
    if (!row) return;
    if (event.key === "ArrowDown") row.nextElementSibling?.focus();
    else if (event.key === "ArrowUp") row.previousElementSibling?.focus();
    else if (event.key === "j" || event.key === "Enter") this.join(row.dataset.id);
    else return;
    event.preventDefault();
  }

  async join(to) {
    const call = this.made;
    try {
      await this.site.post(`/incidents/${call.id}/join`, { to, version: call.version, by: this.by() });
      this.tell(this.words.t("joined"));
      this.end();
    } catch (error) {
      this.failed(error);
    }
  }
}
