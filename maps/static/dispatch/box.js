// The one box: words as they are typed, candidates below, up, down and Enter.
import { el, stored } from "../dom.js";

const PAUSE_MS = 120;

export class Box {
  // unknown: the button for a place that nobody knows yet, as Ctrl+Enter.
  constructor({ input, list, advice, unknown, site, words, chosen, offered, marked, failed }) {
    Object.assign(this, { input, list, advice, unknown, site, words, chosen, offered, marked, failed });
    this.hits = [];
    this.at = -1;
    this.asked = 0;
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    unknown.addEventListener("click", () => this.input.value.trim() && this.chosen(null, this.input.value.trim()));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), PAUSE_MS);
  }

  // Answers may overtake one another: only the one to the latest words is shown.
  async search() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const q = this.input.value.trim();
    const turn = ++this.asked;
    if (!q) return this.show({ hits: [] }, "");
    try {
      const found = await this.site.get("/search", { q, limit: 8 });
      if (turn === this.asked) this.show(found, q);
    } catch (error) {
      if (turn !== this.asked) return;
      this.show({ hits: [] }, q); // what other words meant is not offered for these
      this.failed(error);
    }
  }

  // Words that could not be looked for while the service was away are looked for now.
  again() {
    if (this.input.value.trim() && !this.hits.length && document.activeElement === this.input) return this.search();
  }

  // asked: whether these words still wait for a place to be chosen.
  show(found, q, { asked = Boolean(q) } = {}) {
    this.hits = found.hits;
    this.said = q;
    this.advice.textContent = found.advice ?? "";
    this.unknown.hidden = !asked;
    this.list.replaceChildren(...this.hits.map((hit, n) => this.row(hit, n)));
    this.offered(this.hits, Boolean(found.choose));
    this.mark(this.hits.length && !found.choose ? 0 : -1);
  }

  row(hit, n) {
    const place = hit.place?.grid_name ?? hit.place?.grid_code ?? hit.office ?? "";
    const act = () => this.choose(n);
    return el("li", { id: `hit-${n}`, role: "option", on: { click: act } },
      el("span", { class: "number", text: n + 1 }), el("strong", {}, stored(hit.said)), " ", stored(place),
      el("span", { class: "why" }, stored(hit.why)));
  }

  mark(at) {
    this.at = at;
    [...this.list.children].forEach((row, n) => row.setAttribute("aria-selected", n === at));
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
    this.marked(at);
    if (at < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `hit-${at}`);
    this.input.setAttribute("aria-expanded", this.hits.length > 0);
  }

  async key(event) {
    if (event.isComposing) return; // pinyin is being typed: its keys are not ours
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!this.hits.length) await this.search();
      else this.mark((this.at + step + this.hits.length) % this.hits.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const said = this.input.value.trim();
      if (event.repeat || !said) return;
      if (event.ctrlKey) return this.chosen(null, said);
      if (this.timer || !this.hits.length || this.said !== said) await this.search();
      // Typed on meanwhile: what is shown then is not what Enter was meant for.
      if (this.said === this.input.value.trim() && this.said === said && this.at >= 0) this.choose(this.at);
    }
  }

  choose(n) {
    const hit = this.hits[n];
    this.mark(n);
    this.chosen(hit, this.said);
  }

  // Something is chosen: what else was offered steps back, the words stay and can be typed over.
  fold() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.asked++;
    this.show({ hits: [] }, this.said, { asked: false });
  }

  ready() {
    this.input.focus();
    this.input.select();
  }

  clear() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.input.value = "";
    this.asked++;
    this.show({ hits: [] }, "");
  }
}
