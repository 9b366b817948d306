// Plans drawn by the engine: asked for, followed while it draws, its choices side by side.
import { el } from "../dom.js";

const EVERY_MS = 500;
const MOST_OTHERS = 3;

export class Drawing {
  constructor({ progress, choices, site, words, me, asks, open, failed, said, size, ended }) {
    Object.assign(this, { progress, choices, site, words, me, asks, open, failed, said, size, ended });
    progress.querySelector("button").addEventListener("click", () => this.cancel().catch(failed));
  }

  // wanted: as POST /plans takes it. one: a community alone. first: whether any has no plan in force yet.
  async ask(wanted, { one, first }) {
    const { t, size } = this;
    const bound = (name, least, most) => ["min", "max"].map((end) => ({ name: `${name}-${end}`, label: t(`${name}-${end}`), type: "number", min: 0, max: 99999, placeholder: end === "min" ? least : most }));
    const entered = await this.asks.fields(t(first ? "draw-first-title" : "draw-title"), [
      ...(one ? [{ name: "grids", label: t("how-many"), type: "number", min: 1, max: 99 }] : []),
      { name: "alternatives", label: t("draw-alternatives"), type: "number", min: 0, max: MOST_OTHERS, value: 0 },
      ...(first ? [...bound("bound-households", ...size.households), ...bound("bound-residents", ...size.residents), { name: "dedicated", label: t("draw-dedicated"), maxlength: 500 }] : []),
      { name: "seed", label: t("draw-seed"), type: "number", min: 0, max: 999999, value: 0 },
    ], t(first ? "draw-first-note" : "draw-note"));
    if (!entered) return;
    const range = (name, least, most) => {
      const ends = ["min", "max"].map((end) => entered[`${name}-${end}`]);
      return ends.some(Boolean) ? [Number(ends[0] || least), Number(ends[1] || most)] : null;
    };
    await this.begin({
      ...wanted, drawn: true, by: this.me(), grids: Number(entered.grids) || null, alternatives: Number(entered.alternatives) || 0, seed: Number(entered.seed) || 0,
      ...(first ? { households: range("bound-households", ...size.households), residents: range("bound-residents", ...size.residents), dedicated: (entered.dedicated ?? "").split(/[;；]/).map((name) => name.trim()).filter(Boolean) } : {}),
    });
  }

  get t() {
    return (key, params) => this.words.t(key, params);
  }

  async begin(asked) {
    this.said.tell(this.t("drawing"));
    this.choices.replaceChildren();
    const { drawing } = await this.site.post("/plans", asked);
    return drawing.state === "running" ? this.follow(drawing) : this.over(drawing);
  }

  // One that goes on though its page is gone.
  async resume() {
    const { drawings } = await this.site.get("/plans/drawings");
    if (drawings.length && this.id === undefined) this.follow(drawings[0]).catch(this.failed);
  }

  async follow(drawing) {
    this.id = drawing.id;
    try {
      for (let told = drawing; ; told = await this.site.get(`/plans/drawings/${this.id}`)) {
        if (told.state !== "running" || told.lost) return await this.over(told);
        this.show(told);
        await new Promise((next) => setTimeout(next, EVERY_MS));
      }
    } finally {
      this.id = undefined;
      this.progress.hidden = true;
    }
  }

  show({ text, done, total }) {
    this.progress.hidden = false;
    this.progress.querySelector("span").textContent = total ? `${text} ${done} / ${total}` : text;
    const bar = this.progress.querySelector("progress");
    if (total) Object.assign(bar, { max: total, value: done });
    else bar.removeAttribute("value");
  }

  async cancel() {
    if (this.id === undefined) return;
    this.said.tell(this.t("cancelling"));
    await this.site.send(`/plans/drawings/${this.id}`, { method: "DELETE" });
  }

  async over(told) {
    this.progress.hidden = true;
    if (told.state !== "done") {
      if (told.state === "cancelled") this.said.tell(told.error);
      else this.said.failed(new Error(told.error));
      return undefined;
    }
    const words = [...told.left_out, ...told.said].map((one) => one.text);
    if (told.choices.length === 1 && !words.length) return this.open(told.plans);
    this.said.tell(this.t("drawn-done", { n: told.plans.length }));
    this.choices.replaceChildren(...this.table(told.choices), ...words.map((text) => el("p", { class: "wrong", text })));
    return this.ended();
  }

  table(choices) {
    const { t, words } = this;
    const heads = ["drawn-kind", "drawn-evenness", "drawn-compactness", "drawn-on-lines", "drawn-inside"];
    const rows = choices.map((one) => el("tr", {},
      el("th", { scope: "row", text: t(`drawn-${one.kind}`) }),
      ...[one.evenness, one.compactness, one.on_lines].map((value) => el("td", { text: words.decimal(value, 3) })),
      el("td", { text: `${one.inside} / ${one.grids}` }),
      el("td", {}, el("button", { type: "button", text: t("drawn-open"), "aria-label": `${t("drawn-open")} ${t(`drawn-${one.kind}`)}`, on: { click: () => this.open(one.plans).catch(this.failed) } }))));
    return [el("h2", { text: t("drawn-choices") }), el("p", { class: "soft", text: t("drawn-beside") }),
      el("table", { class: "plain" }, el("thead", {}, el("tr", {}, ...heads.map((key) => el("th", { scope: "col", text: t(key) })), el("td"))), el("tbody", {}, ...rows))];
  }
}
