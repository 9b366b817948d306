// What a legend shows of the ground: lines and areas as they are drawn, and the kinds of buildings.
import { el, svg } from "./dom.js";

export const WATER = "#3f93b8";
export const GREEN = "#d5e6cf";
export const GREEN_EDGE = "#9dbd94";
const KINDS = ["residence", "employer", "commercial", "public"];
const BOX = { width: 26, height: 14, "aria-hidden": "true" };

export function line(colour, width, dash = "none") {
  return svg("svg", BOX, svg("line", { x1: 1, y1: 7, x2: 25, y2: 7, stroke: colour, "stroke-width": width, "stroke-dasharray": dash }));
}

export function green() {
  return svg("svg", BOX, svg("rect", { x: 3, y: 2, width: 20, height: 10, fill: GREEN, stroke: GREEN_EDGE }));
}

function building(colour) {
  return svg("svg", BOX, svg("rect", { x: 6, y: 2, width: 14, height: 10, fill: colour, "fill-opacity": 0.7, stroke: colour }));
}

// For the legend of a page where people work: river, green, and each kind of building, folded: the map is worked on.
export function groundSigns(words, palette) {
  const signs = [["river", line(WATER, 3.5)], ["green", green()], ...KINDS.map((kind) => [kind, building(palette.building[kind])])];
  return el("details", { class: "signs" }, el("summary", { text: words.t("signs") }),
    ...signs.map(([name, mark]) => el("p", { class: "ground" }, mark, el("span", { text: words.t(`sign-${name}`) }))));
}
