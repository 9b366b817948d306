// Whether a call is about something that is known already: open incidents nearby, shown while the report is written.
import { el, stored } from "../dom.js";
import { about, brief, rover } from "./rows.js";

const PAUSE_MS = 300;
const MOST = 5;

export class Same {
  constructor({ section, site, words, join, failed }) {
    Object.assign(this, { section, site, words, join, failed });
    this.list = section.querySelector("ol");
    this.asked = 0;
    rover(this.list, (event, row) => {
      if (event.key.toLowerCase() !== "j" && event.key !== "Enter") return false;
      join(row.dataset.id);
      return true;
    });
  }

  // Without a place only words can tell.
  later(query) {
    clearTimeout(this.timer);
    const turn = ++this.asked;
    this.timer = setTimeout(() => this.ask(query, turn), PAUSE_MS);
  }

  async ask(query, turn) {
    if (query.lng === undefined && !query.words) return this.show([]);
    try {
      const found = await this.site.get("/nearby", query);
      if (turn === this.asked) this.show(found.items.slice(0, MOST));
    } catch (error) {
      if (turn !== this.asked) return;
      this.show([]); // what was like another call is not offered for this one
      // Words in which nothing is left to compare are no failure of the dispatcher's.
      if (error.kind !== "nearby-nowhere") this.failed(error);
    }
  }

  show(items) {
    const at = document.activeElement?.closest?.("#same li")?.dataset.id;
    this.list.replaceChildren(...items.map((one) => this.row(one)));
    this.section.hidden = !items.length;
    if (at) [...this.list.children].find((row) => row.dataset.id === at)?.focus();
  }

  row({ incident, why }) {
    const act = () => this.join(incident.id);
    const row = el("li", { tabindex: "0" }, stored(brief(about(incident))), el("span", { class: "why" }, stored(why)),
      el("button", { type: "button", tabindex: "-1", text: this.words.t("join"), on: { click: act } }));
    row.dataset.id = incident.id;
    return row;
  }

  // The one that the keyboard is at, else the likeliest.
  current() {
    const row = document.activeElement?.closest?.("#same li") ?? this.list.firstElementChild;
    return row?.dataset.id;
  }

  focus() {
    this.list.firstElementChild?.focus();
  }

  clear() {
    clearTimeout(this.timer);
    this.asked++;
    this.show([]);
  }
}
