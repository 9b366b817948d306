// Bars that are buttons: what they show is read out, and choosing one filters the map by it.

import { el, shorten, stored, svg } from "./dom.js";

// entries: { key, label, value (null: not told), note }. onPick(key).
export function columns(entries, { language, chosen, onPick, unit }) {
  const most = Math.max(1, ...entries.map(({ value }) => value ?? 0));
  return el("div", { class: "columns", role: "group" }, ...entries.map(({ key, label, short, value }) => el("button", {
    type: "button", class: "column", "aria-pressed": String(chosen(key)), "aria-label": `${label} ${said(value, language)} ${unit}`, title: `${label} · ${said(value, language)} ${unit}`,
    on: { click: () => onPick(key) },
  }, svg("svg", { viewBox: "0 0 10 100", preserveAspectRatio: "none", "aria-hidden": "true" },
    value === null ? svg("rect", { x: 1, y: 94, width: 8, height: 6, class: "untold" }) : svg("rect", { x: 1, y: 100 - (98 * value) / most, width: 8, height: (98 * value) / most })),
  el("span", { "aria-hidden": "true", text: short }))));
}

export function bars(entries, { language, chosen, onPick, unit, most = Math.max(1, ...entries.map(({ value }) => value ?? 0)) }) {
  return el("ul", { class: "bars" }, ...entries.map(({ key, label, value, text }) => el("li", {}, el("button", {
    type: "button", "aria-pressed": String(chosen(key)), on: { click: () => onPick(key) },
  }, el("span", { class: "bar-name" }, stored(shorten(label, 24))),
  svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { x: 0, y: 0, width: 100, height: 10, class: "track" }), svg("rect", { x: 0, y: 0, width: (100 * (value ?? 0)) / most, height: 10 })),
  el("span", { class: "bar-value", text: text ?? said(value, language) }), el("span", { class: "unseen", text: unit })))));
}

function said(value, language) {
  return value === null ? language.t("missing-kept-back") : language.number(value);
}
