// What the marks of the map are, how long a hundred metres is, and of which day the page is. Answers with what shows the
// classes of a shade: colours with their ranges.
import { el } from "../dom.js";
import { groundSigns } from "../signs.js";

const MARKS = ["grid", "target", "locked", "above", "below"];

export function legend(map, { words, demo, palette }) {
  L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(map);
  const control = L.control({ position: "bottomright" });
  const classes = el("div", {});
  control.onAdd = () => el("details", { class: "legend", open: window.innerWidth > 600 }, el("summary", { text: words.t("legend") }),
    ...MARKS.map((mark) => el("p", {}, el("span", { class: `mark mark-${mark}` }), el("span", { text: words.t(`legend-${mark}`) }))),
    groundSigns(words, palette),
    classes,
    el("p", { class: "day", text: words.t("legend-day", { day: words.day(new Date()) }) }),
    demo ? el("p", { class: "day", text: words.t("demo") }) : null);
  control.addTo(map);
  return (ranges, by) => classes.replaceChildren(...(ranges.length ? [el("p", { class: "day", text: words.t(`per-hectare-${by}`) })] : []),
    ...ranges.map(([colour, text]) => {
      const mark = el("span", { class: "swatch" });
      mark.style.backgroundColor = colour;
      return el("p", {}, mark, el("span", { text }));
    }));
}
