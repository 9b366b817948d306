// What the marks of the map are, how long a hundred metres is, and of which day the grids are.
import { el } from "../dom.js";
import { groundSigns } from "../signs.js";

const L = window.L;
const MARKS = ["border", "pin", "offer"];

export function legend(map, { words, demo, palette }) {
  L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(map);
  const control = L.control({ position: "bottomright" });
  control.onAdd = () => el("details", { class: "legend", open: window.innerWidth > 600 }, el("summary", { text: words.t("legend") }),
    ...MARKS.map((mark) => el("p", {}, el("span", { class: `mark mark-${mark}` }), el("span", { text: words.t(`legend-${mark}`) }))),
    groundSigns(words, palette),
    el("p", { class: "day", text: words.t("legend-day", { day: words.day(new Date()) }) }),
    demo ? el("p", { class: "day", text: words.t("demo") }) : null);
  control.addTo(map);
}
