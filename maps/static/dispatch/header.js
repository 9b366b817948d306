// The head of the page: who sits here (kept in this browser), the other page, the other language, the map folded away.

const KEPT = "wangge-by";

// Whoever is named, undefined for whom the service takes us for.
export function header({ at, data }) {
  const by = at("by");
  by.value = localStorage.getItem(KEPT) ?? "";
  by.placeholder = data.actor;
  by.addEventListener("change", () => localStorage.setItem(KEPT, by.value.trim()));
  at("demo").hidden = !data.demo;
  const other = data.lang === "zh" ? "en" : "zh";
  at("to-map").href = `/?lang=${data.lang}`;
  at("to-redraw").href = `/redraw?lang=${data.lang}`;
  at("to-lang").href = `/dispatch?lang=${other}`;
  at("to-lang").lang = other === "zh" ? "zh-CN" : "en";
  at("fold").addEventListener("click", () => {
    at("map").hidden = !at("map").hidden;
    at("fold").setAttribute("aria-expanded", String(!at("map").hidden));
  });
  return () => by.value.trim() || undefined;
}
