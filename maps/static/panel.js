// The head of the page, the figures of the place that is looked at, and the panel that becomes a bottom sheet on a phone.

import { bars } from "./charts.js";
import { el, stored } from "./dom.js";

export function renderHead(parent, { data, language, state }) {
  const switchTo = language.lang === "zh" ? "en" : "zh";
  parent.replaceChildren(
    el("h1", {}, stored(data.title)),
    data.demo ? el("span", { class: "badge", text: language.t("demo") }) : "",
    el("p", { class: "as-of", text: language.t("as-of", { date: data.asOf }) }),
    data.remote ? el("nav", { class: "desk" }, ...["desk", "redraw"].map((page) =>
      el("a", { href: `${data.remote[page]}?lang=${language.lang}`, text: language.t(page) }))) : "",
    el("button", { type: "button", class: "language", lang: switchTo === "zh" ? "zh-CN" : "en",
      text: language.t("other-language"), on: { click: () => {
        state.set({ lang: switchTo }, { push: false });
        parent.querySelector(".language").focus();
      } } }),
  );
}

// The figures that the page leads with, of the place that is looked at; each opens its exceptions.
export function renderHeadlines(parent, { data, language, state, drill }) {
  parent.hidden = !data.headlines.length;
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  parent.replaceChildren(...data.headlines.map((one) => {
    const [part, whole] = drill.here[one.name];
    const note = whole
      ? language.t(`${one.name}-note`, { part: language.number(part), whole: language.number(whole), rules: one.rules })
      : language.t(`${one.name}-none`);
    const pressed = state.get("only") === one.name;
    return el("button", { type: "button", class: `headline ${part < whole ? "broken" : ""}`, "data-name": one.name, "aria-pressed": String(pressed),
      disabled: !whole, on: { click: () => state.set(pressed ? { only: "" } : { only: one.name, tab: "findings" }) } },
    el("span", { class: "name", text: language.t(one.name) }),
    el("span", { class: "value", text: language.percent(part, whole) }),
    ...[note, language.t("as-of", { date: data.asOf }), ...one.basis[language.lang]].map((text) => el("span", { class: "note" }, ...unbroken(text))));
  }));
  if (focused) parent.querySelector(`[data-name=${focused}]`)?.focus({ preventScroll: true });
}

// A sentence in which no line breaks inside a date or a version.
function unbroken(text) {
  return text.split(/(\w+(?:-\w+)+)/).map((part, i) => (i % 2 ? el("span", { class: "whole", text: part }) : part));
}

export function renderFigures(parent, { data, language, drill, territory, sums }) {
  const place = drill.here;
  const number = (value) => language.people(value);
  const figure = (key, value, note) => el("div", { class: "figure" }, el("dt", { text: language.t(key) }),
    el("dd", { class: value.length > 7 ? "small" : null, text: value }), note ? el("dd", { class: "note", text: note }) : null);
  const unknown = place.grids - place.counted;
  const note = place.counted
    ? language.t("inside-note", { inside: number(place.inside), known: number(place.counted) }) +
      (unknown ? language.t("inside-unknown", { count: number(unknown) }) : "")
    : "";
  const communities = territory.of("community", place).filter((row) => row.grids).length;
  const above = ["city", "street"].includes(place.level);
  const known = (value) => (place.grids ? value : null);
  parent.replaceChildren(el("dl", { class: "figures" },
    above && territory.rows.some((row) => row.level === "community") ? figure("communities", number(known(communities))) : null,
    place.level === "grid" ? null : figure("grids", number(known(place.grids))),
    figure("inside", language.percent(place.inside, place.counted), note),
    figure("households", number(place.households)),
    figure("residents", number(place.residents)),
    place.horizontal[1] ? figure("buildings", number(place.horizontal[1])) : null,
    data.incidents ? figure("incidents", counted(place.grids || !place.i ? sums.total({}, place) : null, language)) : null));
}

function counted(value, language) {
  return value === null ? language.t("missing-kept-back") : language.number(value);
}

// How many buildings of each kind stand in exactly one grid, and how much of what stands in the street.
export function renderKinds(parent, { data, language, state, drill }) {
  const checked = data.headlines.some((one) => one.name === "horizontal");
  const kinds = checked ? Object.entries(drill.here.kinds) : [];
  parent.hidden = !kinds.length;
  const name = (kind) => (language.has(`building-${kind}`) ? language.t(`building-${kind}`) : kind);
  parent.replaceChildren(el("h3", { text: language.t("kinds") }), bars(kinds.map(([kind, [part, whole]]) => ({
    key: kind, label: name(kind), value: (100 * part) / whole, text: `${language.percent(part, whole)} · ${language.number(part)}/${language.number(whole)}`,
  })), { language, unit: "", most: 100, chosen: (kind) => state.get("housing") === kind, onPick: (kind) => state.set({ housing: state.get("housing") === kind ? "" : kind }) }),
  ...components(drill.here, language));
}

// 部件: all of them, and behind it each kind, those that no grid answers for first.
function components(place, language) {
  const said = ([part, whole]) => `${language.percent(part, whole)} · ${language.number(part)}/${language.number(whole)}`;
  if (!place.components[1]) return [el("p", { class: "quiet", text: `${language.t("components")} ${language.t("no-data")}` })];
  const name = (kind) => stored(kind === "other" ? language.t("unrecorded") : kind);
  const kinds = Object.entries(place.componentKinds).sort(([, a], [, b]) => b[1] - b[0] - (a[1] - a[0]) || b[1] - a[1]);
  const total = [el("span", { class: "group-name", text: language.t("components") }), el("span", { class: "bar-value", text: said(place.components) })];
  if (!kinds.length) return [el("p", { class: "components" }, ...total)];
  return [el("details", { class: "group components" }, el("summary", {}, ...total), el("ul", { class: "component-kinds" },
    ...kinds.map(([kind, pair]) => el("li", { class: pair[0] < pair[1] ? "lacking" : null }, el("span", {}, name(kind)), el("span", { class: "bar-value", text: said(pair) })))))];
}

// Of which days the records are that the figures rest on, register by register.
export function renderRegisters(parent, { data, language }) {
  const rows = data.registers[language.lang];
  parent.hidden = !rows.length;
  const heads = ["register", "register-verified", "register-newest"].map((key) => el("th", { scope: "col", text: language.t(key) }));
  parent.replaceChildren(el("h3", { text: language.t("registers") }), el("table", { class: "registers" }, el("thead", {}, el("tr", {}, ...heads)),
    el("tbody", {}, ...rows.map(([name, count, verified, newest]) => el("tr", {}, el("th", { scope: "row" }, name, el("span", { class: "quiet", text: ` ${language.number(count)}` })),
      el("td", { text: verified ?? language.t("no-data") }), el("td", { text: newest }))))));
}

export function sheet(panel, handle, language) {
  const label = () => handle.setAttribute("aria-label", language.t(panel.classList.contains("open") ? "panel-close" : "panel-open"));
  const set = (open) => {
    panel.classList.toggle("open", open);
    handle.setAttribute("aria-expanded", String(open));
    label();
  };
  handle.addEventListener("click", () => set(!panel.classList.contains("open")));
  panel.addEventListener("keydown", (event) => event.key === "Escape" && (set(false), handle.focus()));
  language.onChange(label);
  return { close: () => set(false) };
}

// What no place of the map has, said where all of them are counted; and where there is no grid at all, what to do first.
export function unplaced({ data, language, drill }) {
  if (!data.grids.length) return data.remote ? [beginning(data, language)] : [];
  if (drill.here.i) return [];
  return ["buildings", "incidents"]
    .filter((name) => data[name]?.unplaced)
    .map((name) => el("p", { class: "quiet", text: language.t(`unplaced-${name}`, { count: language.people(data[name].unplaced) }) }));
}

function beginning(data, language) {
  return el("p", { class: "begin" }, language.t("begin"), " ",
    el("a", { href: `${data.remote.redraw}?lang=${language.lang}`, text: language.t("begin-redraw") }));
}
