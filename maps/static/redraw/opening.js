// What to redraw: a community, a street or the city, copied from the plans in force, or drafts that are there.
import { el, stored } from "../dom.js";

const PAGE = 200;

export class Opening {
  constructor({ section, select, list, site, words, me, ground, drawing, open, failed, asks, begun }) {
    Object.assign(this, { section, select, list, site, words, me, ground, drawing, open, failed, asks, begun, names: new Map() });
    select.addEventListener("change", () => this.follow());
    section.querySelector("#copy").addEventListener("click", () => this.copy().catch(failed));
    section.querySelector("#draw").addEventListener("click", () => this.draw().catch(failed));
    section.querySelector("#open-chosen").addEventListener("click", () => this.chosen());
  }

  options() {
    const { communities } = this.ground;
    const chosen = this.select.value;
    this.names = new Map(communities.map(({ code, name }) => [code, name]));
    const named = ({ code, name, in_force }) => el("option", { value: code, text: in_force ? name : this.words.t("not-drawn", { name }) });
    const streets = new Map(communities.filter((one) => one.street_name).map((one) => [one.street, one.street_name]));
    const groups = [...streets].sort().map(([code, name]) => el("optgroup", { label: name },
      el("option", { value: `street:${code}`, text: this.words.t("whole-street", { name }) }),
      ...communities.filter((one) => one.street === code).map(named)));
    const loose = communities.filter((one) => !one.street_name);
    this.select.replaceChildren(...groups, ...loose.map(named), el("option", { value: "city", text: this.words.t("whole-city") }));
    const first = communities.find((one) => one.in_force);
    this.select.value = [...this.select.options].some((one) => one.value === chosen && chosen) ? chosen : (first?.code ?? "city");
    this.follow();
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

  get codes() {
    const { value } = this.select;
    const { communities } = this.ground;
    if (value === "city") return communities;
    return communities.filter((one) => (value.startsWith("street:") ? one.street === value.slice(7) : one.code === value));
  }

  // What can be done with what is chosen: copied where a plan is in force, drawn where there is anything to count.
  follow() {
    const { codes } = this;
    const drawn = codes.some((one) => one.in_force);
    this.section.querySelector("#copy").disabled = !drawn;
    const button = this.section.querySelector("#draw");
    button.disabled = !codes.some((one) => one.in_force || one.buildings);
    button.textContent = this.words.t(drawn ? "draw" : "draw-first");
    button.classList.toggle("main", !drawn);
  }

  async draw() {
    const { codes } = this;
    await this.drawing.ask(this.wanted, { one: codes.length === 1, first: codes.some((one) => !one.in_force) });
  }

  async read() {
    await this.ground.read();
    this.options();
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
    const kind = plan.drawn && this.words.t(`drawn-${plan.drawn}`);
    const name = [this.names.get(plan.community_code) ?? plan.community_code, plan.name, kind].filter(Boolean).join(" · ");
    return el("li", {}, el("label", {},
      el("input", { type: "checkbox", value: id }),
      el("span", { class: "name" }, stored(name), el("small", {}, ` ${this.words.t("draft-of", { n: id })} `, stored(this.words.who(plan.owner ?? plan.created_by ?? "")), ` ${this.words.moment(plan.created_at)}`))),
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
