// The head of a page where people work: who does it (kept in this browser), the other pages, the other language.

import { UNSIGNED } from "./language.js";

const KEPT = "wangge-by";

// Answers with whoever is named, undefined for whom the service takes us for. own: this page's path.
export function head({ at, data, own }) {
  const by = at("by");
  by.value = localStorage.getItem(KEPT) ?? "";
  by.placeholder = data.actor === UNSIGNED ? data.texts[data.lang].unsigned : data.actor;
  by.addEventListener("change", () => localStorage.setItem(KEPT, by.value.trim()));
  at("demo").hidden = !data.demo;
  for (const [id, path] of [["to-map", "/"], ["to-desk", "/dispatch"], ["to-redraw", "/redraw"]]) {
    if (at(id)) at(id).href = `${path}?lang=${data.lang}`;
  }
  const other = data.lang === "zh" ? "en" : "zh";
  const turn = at("to-lang");
  turn.lang = other === "zh" ? "zh-CN" : "en";
  turn.href = `${own}?lang=${other}`;
  turn.addEventListener("click", () => (turn.href = `${own}?lang=${other}${location.hash}`)); // with what is open
  return () => by.value.trim() || undefined;
}
