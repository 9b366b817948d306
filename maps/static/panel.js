// The head of the page, the figures, and the panel that becomes a bottom sheet on a phone.

import { el, stored } from "./dom.js";

export function renderHead(parent, data, language) {
  const switchTo = language.lang === "zh" ? "en" : "zh";
  parent.replaceChildren(
    el("h1", {}, stored(data.title)),
    data.demo ? el("span", { class: "badge", text: language.t("demo") }) : "",
    el("p", { class: "as-of", text: language.t("as-of", { date: data.asOf }) }),
    el("button", { type: "button", class: "language", lang: switchTo === "zh" ? "zh-CN" : "en",
      text: language.t("other-language"), on: { click: () => {
        language.set(switchTo);
        parent.querySelector(".language").focus();
      } } }),
  );
}

// The figures that the page leads with; each opens its exceptions.
export function renderHeadlines(parent, data, language, { findings, open }) {
  parent.hidden = !data.headlines.length;
  parent.replaceChildren(...data.headlines.map((one) => {
    const broken = one.whole - one.part;
    const note = one.whole
      ? language.t(`${one.name}-note`, { part: language.number(one.part), whole: language.number(one.whole), rules: one.rules })
      : language.t(`${one.name}-none`);
    return el("button", { type: "button", class: `headline ${broken ? "broken" : ""}`, "aria-pressed": String(findings.only === one.name),
      disabled: !one.whole, on: { click: () => open(one) } },
    el("span", { class: "name", text: language.t(one.name) }),
    el("span", { class: "value", text: language.percent(one.part, one.whole) }),
    el("span", { class: "note", text: note }),
    el("span", { class: "note", text: language.t("as-of", { date: data.asOf }) }));
  }));
}

export function renderFigures(parent, data, language) {
  const { figures } = data;
  const number = (value) => language.number(value);
  const figure = (key, value, note) => el("div", { class: "figure" }, el("dt", { text: language.t(key) }),
    el("dd", { class: value.length > 7 ? "small" : null, text: value }), note ? el("dd", { class: "note", text: note }) : null);
  const unknown = figures.grids - figures.known;
  const note = figures.known
    ? language.t("inside-note", { inside: number(figures.inside), known: number(figures.known) }) +
      (unknown ? language.t("inside-unknown", { count: number(unknown) }) : "")
    : "";
  parent.replaceChildren(el("dl", { class: "figures" },
    figures.communities === null ? null : figure("communities", number(figures.communities)),
    figure("grids", number(figures.grids)),
    figure("inside", language.percent(figures.inside, figures.known), note),
    figure("households", number(figures.households)),
    figure("residents", number(figures.residents)),
    figures.buildings === null ? null : figure("buildings", number(figures.buildings)),
    figures.incidents === null ? null : figure("incidents", number(figures.incidents))));
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

export function unplaced(data, language) {
  return ["buildings", "incidents"]
    .filter((name) => data[name]?.unplaced)
    .map((name) => el("p", { class: "quiet", text: language.t(`unplaced-${name}`, { count: language.number(data[name].unplaced) }) }));
}
