// Rows of a ledger without a place: chosen from a list, put where the planner points.
import { el, stored } from "../dom.js";
import { soon } from "../frames.js";
import { Tool } from "./tools.js";

const PAGE = 50;
const SHOWN = 8; // of what was put on the map last
const PIN = { radius: 7, color: "#ffffff", weight: 2, fillColor: "#7c2d12", fillOpacity: 1, interactive: false };

// Puts the chosen row where it is pressed.
class Put extends Tool {
  press(latlng) {
    return this.put(latlng);
  }
}

export class TraceRows {
  constructor(kit) {
    const { at, map } = kit;
    Object.assign(this, kit, { rows: [], next: null, chosen: null, turn: 0 });
    this.list = at("trace-rows");
    this.input = at("trace-find");
    this.input.placeholder = this.words.t("trace-find");
    this.pins = L.layerGroup().addTo(map);
    this.tools = { place: { Kind: Put, kit: { put: (latlng) => this.put(latlng) } } };
    this.input.addEventListener("input", () => soon(this, () => this.read().catch(this.failed)));
    at("trace-more").addEventListener("click", () => this.more().catch(this.failed));
    this.list.addEventListener("keydown", (event) => this.key(event));
  }

  get communities() {
    return [...this.bench.drafts.values()].map((draft) => draft.plan.community_code);
  }

  async asked(after = null) {
    const query = new URLSearchParams([...this.communities.map((code) => ["community", code]), ["limit", PAGE]]);
    if (this.input.value.trim()) query.append("named", this.input.value.trim());
    if (after) query.append("after", after);
    return this.site.get(`/buildings/waiting?${query}`);
  }

  // What was asked for last is what is shown: an answer that comes late is not.
  async read() {
    const turn = ++this.turn;
    if (!this.bench.drafts.size) return void this.pins.clearLayers();
    const [page, placed] = await Promise.all([this.asked(), this.placed()]);
    if (turn !== this.turn) return;
    this.take(page);
    this.rows = page.rows;
    if (!this.rows.some((row) => row.key === this.chosen)) this.chosen = null;
    this.draw();
    this.drawPlaced(placed);
  }

  placed() {
    const query = new URLSearchParams(this.communities.map((code) => ["community", code]));
    return this.site.get(`/buildings/placed?${query}`);
  }

  async more() {
    const turn = ++this.turn;
    const page = await this.asked(this.next);
    if (turn !== this.turn) return;
    this.take(page);
    this.rows = [...this.rows, ...page.rows];
    this.draw();
  }

  take({ total, next }) {
    this.next = next;
    this.at("trace-more").hidden = !next;
    this.at("trace-count").textContent = this.words.t("trace-waiting", { n: this.words.number(total) });
  }

  draw() {
    const focused = this.list.contains(document.activeElement);
    this.list.replaceChildren(...this.rows.map((row, i) => this.row(row, i)));
    if (!this.rows.length) this.list.append(el("li", { role: "presentation", class: "soft", text: this.words.t("trace-none") }));
    if (focused) this.option(this.chosen)?.focus();
    if (this.chosen === null) this.at("trace-hits").replaceChildren();
  }

  row(row, i) {
    const t = (key, params) => this.words.t(key, params);
    const on = row.key === this.chosen;
    const first = this.chosen === null && i === 0;
    const why = row.reasons.includes("outside") ? t("trace-outside") : null;
    const said = [row.address !== row.name && row.address, row.told].filter(Boolean).flatMap((one) => [stored(one), " "]);
    const node = el("li", { role: "option", "aria-selected": String(on), tabindex: on || first ? 0 : -1, "data-key": row.key },
      el("b", {}, stored(row.name ?? row.key)), row.households === null ? null : el("span", { class: "n", text: t("households-n", { n: this.words.number(row.households) }) }),
      el("small", {}, ...said, why));
    node.addEventListener("click", () => this.choose(row));
    return node;
  }

  option(key) {
    return [...this.list.children].find((node) => node.dataset.key === key);
  }

  // Up and down choose; Enter goes on to the map, where Space puts the row at the cross hair.
  key(event) {
    const at = this.rows.findIndex((row) => row.key === (this.chosen ?? document.activeElement.dataset.key));
    const to = { ArrowDown: at + (this.chosen ? 1 : 0), ArrowUp: at - 1, Home: 0, End: this.rows.length - 1 }[event.key];
    if (event.key === "Enter") this.chosen ? this.hand.focus() : this.choose(this.rows[Math.max(0, at)]);
    else if (to !== undefined) this.choose(this.rows[Math.max(0, Math.min(this.rows.length - 1, to))]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(row) {
    if (!row) return;
    this.chosen = row.key;
    const focused = this.list.contains(document.activeElement);
    for (const node of this.list.children) {
      const on = node.dataset.key === row.key;
      node.setAttribute("aria-selected", String(on));
      node.tabIndex = on ? 0 : -1;
      if (on && focused) node.focus();
    }
    this.hand.take("place");
    this.suggest(row).catch(this.failed);
  }

  // Where the words of a row may be, as the dispatcher's search finds them.
  async suggest(row) {
    const box = this.at("trace-hits");
    box.replaceChildren();
    const found = [];
    for (const q of new Set([row.estate, row.address, row.name].filter(Boolean))) {
      const { hits } = await this.site.get("/search", { q, limit: 5 });
      if (this.chosen !== row.key) return;
      for (const hit of hits) if (hit.lng !== null && hit.kind !== "region" && !found.some((one) => one.key === hit.key)) found.push(hit);
    }
    if (!found.length) return;
    box.append(el("span", { text: this.words.t("trace-maybe") }), ...found.slice(0, 3).map((hit) =>
      el("button", { type: "button", title: hit.why, on: { click: () => this.show(hit) } }, stored(hit.said))));
  }

  show({ lng, lat }) {
    this.map.setView([lat, lng], Math.max(this.map.getZoom(), 18), { animate: false });
    this.hand.at = this.map.getSize().divideBy(2);
    this.hand.focus();
  }

  async put(latlng, anyway = false) {
    const row = this.rows.find((one) => one.key === this.chosen);
    if (!row) return this.said.tell(this.words.t("trace-choose"));
    const body = { key: row.key, lng: latlng.lng, lat: latlng.lat, anyway, by: this.me() };
    try {
      const done = await this.site.post("/buildings/placed", body);
      const t = (key, params) => this.words.t(key, params);
      const grid = done.place.grid_name ?? t("trace-nowhere");
      this.said.tell(t("trace-placed", { name: row.name ?? row.key, grid }));
      this.following(row);
      return await this.after(done);
    } catch (error) {
      if (!["placed-elsewhere", "placed-outside"].includes(error.kind)) {
        if (error.kind === "row-not-waiting") this.read().catch(this.failed);
        return this.failed(error);
      }
      const sure = await this.ask.fields(this.words.t("trace-sure", { name: row.name ?? row.key }), [], error.message);
      this.hand.focus();
      return sure ? this.put(latlng, true) : undefined;
    }
  }

  // The next row is in hand, so that one after another can be put down.
  following(row) {
    const at = this.rows.indexOf(row);
    const next = this.rows[at + 1] ?? this.rows[at - 1] ?? null;
    this.rows = this.rows.filter((one) => one !== row);
    this.chosen = null;
    this.draw();
    if (next) this.choose(next);
  }

  async after({ drafts }) {
    await this.bench.refresh(drafts.map((one) => one.plan));
    this.refreshed();
    await this.read();
  }

  drawPlaced({ placements }) {
    const t = (key, params) => this.words.t(key, params);
    this.pins.clearLayers();
    for (const { lng, lat } of placements) L.circleMarker([lat, lng], PIN).addTo(this.pins);
    this.at("trace-placed").replaceChildren(...placements.slice(0, SHOWN).map((one) =>
      el("li", {}, el("span", {}, stored(one.name ?? one.key), el("small", { text: ` ${this.words.moment(one.at)} ` }), stored(this.words.who(one.actor))),
        el("button", { type: "button", text: t("show-place"), on: { click: () => this.show(one) } }),
        el("button", { type: "button", text: t("trace-off"), on: { click: () => this.takeOff(one).catch(this.failed) } }))));
  }

  async takeOff(one) {
    const done = await this.site.post(`/buildings/placed/${one.id}/undo`, { by: this.me() });
    this.said.tell(this.words.t("trace-taken-off", { name: one.name ?? one.key }));
    await this.after(done);
  }
}
