// A slider over the months. The grids are drawn with the borders that were in force at the end of what is shown.

import { el } from "./dom.js";

const STEP_MS = 1200;

export class Timeline {
  constructor({ data, state, language, sums, filters, eras, parent }) {
    Object.assign(this, { data, state, language, sums, filters, eras, parent });
    this.months = sums.months?.filter((month) => month !== null) ?? [];
    this.shown = this.months.length > 1;
    parent.hidden = !this.shown;
    if (!this.shown) return;
    this.slider = el("input", { type: "range", min: 0, max: this.months.length, step: 1, on: { input: (event) => this.choose(Number(event.target.value)) } });
    this.label = el("output", {});
    this.play = el("button", { type: "button", class: "play", on: { click: () => (this.timer ? this.stop() : this.start()) } });
    this.note = el("p", { class: "era" });
    parent.append(el("span", { "data-text": "timeline-label" }), this.play, this.slider, this.label, this.note);
    state.on(["from", "to"], () => this.render());
  }

  // 0 is the whole time; n the n-th month.
  choose(n) {
    const month = n ? this.months[n - 1] : "";
    this.filters.set({ from: month, to: month });
  }

  get position() {
    const [from, to] = [this.state.get("from"), this.state.get("to")];
    return from && from === to ? this.months.indexOf(from) + 1 : 0;
  }

  start() {
    this.timer = setInterval(() => {
      if (this.position >= this.months.length) return this.stop();
      return this.choose(this.position + 1);
    }, STEP_MS);
    if (this.position >= this.months.length) this.choose(1);
    this.render();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.render();
  }

  render() {
    if (!this.shown) return;
    const { language, state } = this;
    const [from, to] = [state.get("from"), state.get("to")];
    const said = !from ? language.t("period-all") : from === to ? from : `${from}–${to}`;
    this.slider.value = this.position;
    this.slider.setAttribute("aria-label", language.t("timeline"));
    this.slider.setAttribute("aria-valuetext", said);
    this.label.textContent = said;
    this.play.textContent = this.timer ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", language.t(this.timer ? "timeline-stop" : "timeline-play"));
    this.note.textContent = this.eras.say();
  }
}
