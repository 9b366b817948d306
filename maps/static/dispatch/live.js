// The live list: what is open, the newest first. The stream says that something changed, the list is read again.
import { el, stored } from "../dom.js";

const GATHER_MS = 250;

export class LiveList {
  constructor({ list, site, words, by, tell, failed }) {
    Object.assign(this, { list, site, words, by, tell, failed });
    this.items = [];
    list.addEventListener("keydown", (event) => this.key(event));
    this.stream = new EventSource("/incidents/stream");
    this.stream.addEventListener("incidents", () => this.later());
    this.read();
  }

  later() {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.read();
    }, GATHER_MS);
  }

  async read() {
    try {
      const page = await this.site.get("/incidents", { status: "open", limit: 40 });
      this.show(page.items);
    } catch (error) {
      this.failed(error);
    }
  }

  // Whoever walks the list by keyboard stays at the incident that they are at.
  show(items) {
    const at = document.activeElement?.closest?.("#live li")?.dataset.id;
    this.items = items;
    this.list.replaceChildren(...items.map((one) => this.row(one)));
    if (at) this.rowOf(at)?.focus();
  }

  rowOf(id) {
    return [...this.list.children].find((row) => row.dataset.id === id);
  }

  row(one) {
    const where = one.lng === null ? this.words.t("unplaced") : (one.grid_code ?? this.words.t("no-grid"));
    const what = [one.category, one.note].filter(Boolean).join(" · ") || one.source;
    const row = el("li", { tabindex: "0" },
      el("time", { datetime: one.reported_at, text: this.words.moment(one.reported_at) }), " ",
      stored(what), " ", stored(one.address ?? ""), " ", el("span", { class: "where" }, stored(where)),
      one.taken_by ? el("em", {}, stored(this.words.t("taken-by", { by: one.taken_by }))) : null,
      el("button", { type: "button", tabindex: "-1", text: this.words.t(one.taken_by ? "release" : "take"), on: { click: () => this.turn(one) } }));
    row.dataset.id = one.id;
    return row;
  }

  key(event) {
    const row = event.target.closest("li");
    const one = this.items.find((item) => item.id === row?.dataset.id);
    if (!one) return;
    if (event.key === "ArrowDown") row.nextElementSibling?.focus();
    else if (event.key === "ArrowUp") row.previousElementSibling?.focus();
    else if (event.key === "t" && !event.ctrlKey && !event.metaKey) this.turn(one);
    else return;
    event.preventDefault();
  }

  // Nobody takes what another has: the server decides, and says who.
  async turn(one) {
    const act = one.taken_by ? "release" : "take";
    try {
      await this.site.post(`/incidents/${one.id}/${act}`, { by: this.by(), version: one.version });
      this.tell(this.words.t(act === "take" ? "taken" : "released"));
    } catch (error) {
      this.failed(error);
    }
    this.read();
  }
}
