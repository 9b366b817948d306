// What to redraw: a community, a street or the city, copied from the plans in force, or drafts that are there.
import { el, stored } from "../dom.js";

const PAGE = 200;

export class Opening {
  constructor({ section, select, list, site, words, me, places, open, failed, asks, begun }) {
    Object.assign(this, { section, select, list, site, words, me, open, failed, asks, begun });
    this.names = new Map(places.communities.map(({ code, name }) => [code, name]));
    this.options(places);
    section.querySelector("#copy").addEventListener("click", () => this.copy().catch(failed));
    section.querySelector("#draw").addEventListener("click", () => this.draw().catch(failed));
    section.querySelector("#open-chosen").addEventListener("click", () => this.chosen());
  }

  options({ streets, communities }) {
    const groups = streets.map(({ code, name }) => el("optgroup", { label: name },
      el("option", { value: `street:${code}`, text: this.words.t("whole-street", { name }) }),
      ...communities.filter((one) => one.street === code).map((one) => el("option", { value: one.code, text: one.name }))));
    const loose = communities.filter((one) => !streets.some(({ code }) => code === one.street));
    this.select.replaceChildren(...groups, ...loose.map((one) => el("option", { value: one.code, text: one.name })),
      el("option", { value: "city", text: this.words.t("whole-city") }));
    const first = communities[0];
    if (first) this.select.value = first.code;
  }

  async copy() {
    this.begun("copying");
    const { plans } = await this.site.post("/plans", { ...this.wanted, from: "published", by: this.me() });
    return this.open(plans.map((one) => one.id));
  }

  get wanted() {
    const { value } = this.select;
    if (value === "city") return { communities: null };
    return value.startsWith("street:") ? { street: value.slice(7) } : { communities: [value] };
  }

  // Drawn anew by the engine; how many grids it makes may be said for one community.
  async draw() {
    const one = this.wanted.communities?.length === 1;
    const entered = await this.asks.fields(this.words.t("draw-title"), one ? [
      { name: "grids", label: this.words.t("how-many"), type: "number", min: 1, max: 99 },
    ] : [], this.words.t("draw-note"));
    if (!entered) return undefined;
    this.begun("drawing");
    const { plans } = await this.site.post("/plans", { ...this.wanted, drawn: true, grids: Number(entered.grids) || null, by: this.me() });
    return this.open(plans.map((plan) => plan.id));
  }

  async read() {
    let [rows, after] = [[], null];
    do {
      const page = await this.site.get("/plans", { status: "draft", limit: PAGE, after });
      rows = [...rows, ...page.features];
      after = page.next;
    } while (after);
    this.rows = rows;
    this.list.replaceChildren(...rows.map((row) => this.row(row)));
    this.section.querySelector("#open-chosen").hidden = !rows.length;
    if (!rows.length) this.list.append(el("li", { class: "none", text: this.words.t("no-drafts") }));
  }

  row({ id, properties: plan }) {
    const name = [this.names.get(plan.community_code) ?? plan.community_code, plan.name].filter(Boolean).join(" · ");
    return el("li", {}, el("label", {},
      el("input", { type: "checkbox", value: id }),
      el("span", { class: "name" }, stored(name), el("small", {}, ` ${this.words.t("draft-of", { n: id })} `, stored(plan.owner ?? plan.created_by ?? ""), ` ${this.words.moment(plan.created_at)}`))),
    el("button", { type: "button", text: this.words.t("discard"), "aria-label": `${this.words.t("discard")} ${name} ${id}`, on: { click: () => this.discard(id, name).catch(this.failed) } }));
  }

  async discard(id, name) {
    const sure = await this.asks.fields(this.words.t("discard-title", { name, n: id }), [], this.words.t("discard-note"));
    if (!sure) return;
    const by = this.me();
    await this.site.send(`/plans/${id}${by ? `?${new URLSearchParams({ by })}` : ""}`, { method: "DELETE" });
    await this.read();
  }

  chosen() {
    const ids = [...this.list.querySelectorAll("input:checked")].map((box) => Number(box.value));
    if (ids.length) this.open(ids).catch(this.failed);
  }
}
