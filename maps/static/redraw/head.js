// The head of the page: who redraws (kept in this browser), the other pages, the other language.

const KEPT = "wangge-by";

// Whoever is named, undefined for whom the service takes us for.
export function head({ at, data }) {
  const by = at("by");
  by.value = localStorage.getItem(KEPT) ?? "";
  by.placeholder = data.actor;
  by.addEventListener("change", () => localStorage.setItem(KEPT, by.value.trim()));
  at("demo").hidden = !data.demo;
  const other = data.lang === "zh" ? "en" : "zh";
  at("to-map").href = `/?lang=${data.lang}`;
  at("to-desk").href = `/dispatch?lang=${data.lang}`;
  at("to-lang").lang = other === "zh" ? "zh-CN" : "en";
  at("to-lang").addEventListener("click", () => location.assign(`/redraw?lang=${other}${location.hash}`));
  return () => by.value.trim() || undefined;
}
