// Fill patterns, so that what lies outside the size rule or has no number differs by more than colour.

import { svg } from "./dom.js";

const MARKS = {
  dots: () => [svg("circle", { cx: 4, cy: 4, r: 1.3, fill: "#7a5b00" })],
  hatch: () => [svg("path", { d: "M-2 2L2 -2M0 8L8 0M6 10L10 6", stroke: "#7d2a08", "stroke-width": 1.3 })],
  blank: () => [svg("path", { d: "M0 4H8", stroke: "#b9c2c8", "stroke-width": 1 })],
  cross: () => [svg("path", { d: "M1 1L7 7M7 1L1 7", stroke: "#98a4ac", "stroke-width": 1 })],
};

const plain = new Map();

export function definePatterns(fills) {
  for (const [name, [colour, mark]] of Object.entries(fills)) if (!MARKS[mark]) plain.set(name, colour);
  const patterns = Object.entries(fills).filter(([name]) => !plain.has(name)).map(([name, [colour, mark]]) =>
    svg(
      "pattern",
      { id: `fill-${name}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
      svg("rect", { width: 8, height: 8, fill: colour }),
      ...MARKS[mark](),
    ),
  );
  const sheet = svg("svg", { width: 0, height: 0, "aria-hidden": "true", class: "patterns" });
  sheet.append(svg("defs", {}, ...patterns));
  document.body.append(sheet);
}

// A plain class is its colour: what is printed forgets how transparent a pattern is.
export function fill(name) {
  return plain.get(name) ?? `url(#fill-${name})`;
}

export function swatch(paint) {
  return svg(
    "svg",
    { width: 26, height: 16, class: "swatch", "aria-hidden": "true" },
    svg("rect", { x: 0.5, y: 0.5, width: 25, height: 15, rx: 2, fill: paint, stroke: "#7b8a97" }),
  );
}
