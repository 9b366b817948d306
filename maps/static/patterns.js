// Fill patterns, so that the classes outside the size rule differ by more than colour.

import { svg } from "./dom.js";

const MARKS = {
  dots: () => [svg("circle", { cx: 4, cy: 4, r: 1.3, fill: "#7a5b00" })],
  hatch: () => [svg("path", { d: "M-2 2L2 -2M0 8L8 0M6 10L10 6", stroke: "#7d2a08", "stroke-width": 1.3 })],
  blank: () => [svg("path", { d: "M0 4H8", stroke: "#b9c2c8", "stroke-width": 1 })],
};

export function patternId(name) {
  return `load-${name}`;
}

export function definePatterns(load) {
  const patterns = Object.entries(load).map(([name, [fill, mark]]) =>
    svg(
      "pattern",
      { id: patternId(name), width: 8, height: 8, patternUnits: "userSpaceOnUse" },
      svg("rect", { width: 8, height: 8, fill }),
      ...(MARKS[mark] ? MARKS[mark]() : []),
    ),
  );
  const sheet = svg("svg", { width: 0, height: 0, "aria-hidden": "true", class: "patterns" });
  sheet.append(svg("defs", {}, ...patterns));
  document.body.append(sheet);
}

export function fill(name) {
  return `url(#${patternId(name)})`;
}

export function swatch(paint) {
  return svg(
    "svg",
    { width: 26, height: 16, class: "swatch", "aria-hidden": "true" },
    svg("rect", { x: 0.5, y: 0.5, width: 25, height: 15, rx: 2, fill: paint, stroke: "#7b8a97" }),
  );
}
