// What is looked at: a period, kinds and categories of incidents, a severity of findings, a kind of building. Map, lists
// and charts all follow. The place is chosen by drilling.

import { el } from "./dom.js";

const KEYS = ["from", "to", "kind", "category", "severity", "housing", "only"];
const LONGEST = 200; // as api/routes/tiles.py: what is longer fits in no address and can't be filtered by
const OTHERS = { from: ["kind", "category"], kind: ["from", "to"], category: ["from", "to"] };

export class Filters {
  constructor({ data, state, language, sums, houses }) {
    Object.assign(this, { data, state, language, sums, houses });
  }

  get active() {
    return KEYS.filter((key) => this.state.get(key));
  }

  // A file that may be mailed has no counts by both month and kind: the later choice stands.
  set(patch) {
    if (Object.values(patch).some((value) => value.length > LONGEST)) return;
    const crossed = this.sums.scrubbed ? Object.keys(patch).flatMap((key) => (patch[key] ? OTHERS[key] ?? [] : [])) : [];
    this.state.set({ ...Object.fromEntries(crossed.map((key) => [key, ""])), ...patch });
  }

  render(parent) {
    const { language, data } = this;
    const counted = data.incidents;
    const open = parent.querySelector("details")?.open ?? false;
    const boxes = [
      counted && this.period(), counted && this.choice("kind", this.kinds()), counted && this.choice("category", this.categories()),
      data.findings?.length && this.choice("severity", ["blocking", "warning", "note"].map((name) => [name, language.t(`severity-${name}`)])),
      this.houses.kinds.length && this.choice("housing", this.houses.kinds.filter((kind) => kind !== "other").map((kind) => [kind, language.has(`building-${kind}`) ? language.t(`building-${kind}`) : kind])),
    ].filter(Boolean);
    parent.hidden = !boxes.length;
    const { active } = this;
    parent.replaceChildren(el("details", { open },
      el("summary", {}, el("span", { text: language.t("filters") }), el("span", { class: "chosen" }, el("bdi", { text: active.map((key) => this.say(key)).filter(Boolean).join(" · ") || language.t("filters-none") }))),
      ...boxes, counted && this.sums.scrubbed ? el("p", { class: "quiet", text: language.t("filters-scrubbed") }) : ""),
    active.length ? el("button", { type: "button", class: "more", id: "unfilter", text: language.t("filters-clear"), on: { click: () => this.clear() } }) : "");
  }

  clear() {
    this.state.set(Object.fromEntries(KEYS.map((key) => [key, ""])));
  }

  say(key) {
    const value = this.state.get(key);
    if (key === "from") return this.state.get("to") && this.state.get("to") !== value ? `${value}–${this.state.get("to")}` : value;
    if (key === "to") return "";
    if (key === "kind" || key === "category") return value === "-" ? this.language.t("unrecorded") : key === "kind" ? this.kindName(value) : value;
    if (key === "severity") return this.language.t(`severity-${value}`);
    if (key === "only") return this.language.has(value) ? this.language.t(value) : "";
    return this.language.has(`building-${value}`) ? this.language.t(`building-${value}`) : value;
  }

  period() {
    const { language, state } = this;
    const months = this.sums.months.filter((month) => month !== null).map((month) => [month, month]);
    if (this.sums.scrubbed) return this.choice("from", months, { name: "period-one", set: (value) => this.set({ from: value, to: value }) });
    const set = (key, value) => {
      const other = key === "from" ? "to" : "from";
      const patch = { [key]: value, [other]: state.get(other) || value };
      if (!value) Object.assign(patch, { from: "", to: "" });
      if (patch.from > patch.to) patch[other] = value;
      this.set(patch);
    };
    return el("div", { class: "pair" }, ...["from", "to"].map((key) => this.choice(key, months, { name: `period-${key}`, all: language.t("period-all"), set: (value) => set(key, value) })));
  }

  choice(key, options, { name = `filter-${key}`, all = this.language.t("filter-all"), set = (value) => this.set({ [key]: value }) } = {}) {
    const chosen = this.state.get(key);
    return el("label", { class: "choice" }, el("span", { text: this.language.t(name) }),
      el("select", { name: key, on: { change: (event) => set(event.target.value) } },
        ...[["", all], ...options.filter(([value]) => value.length <= LONGEST)].map(([value, text]) => el("option", { value, selected: value === chosen, text: text.slice(0, 60) }))));
  }

  kinds() {
    const kinds = [...new Set(this.sums.matters.map(([kind]) => kind))];
    return kinds.map((kind) => [kind ?? "-", kind === null ? this.language.t("unrecorded") : this.kindName(kind)]);
  }

  kindName(kind) {
    return this.language.has(`kind-${kind}`) ? this.language.t(`kind-${kind}`) : kind;
  }

  categories() {
    const kind = this.state.get("kind");
    const names = new Set(this.sums.matters.filter(([one]) => !kind || (one ?? "-") === kind).map(([, category]) => category));
    return [...names].map((name) => [name ?? "-", name ?? this.language.t("unrecorded")]);
  }
}
