// Our own ground: greens, water, roads, the outlines of streets and towns. It lies over the grids' colours
// and under their borders, so that a place can be recognised; it is never clicked.

import { area, path } from "./shapes.js";
import { GREEN, GREEN_EDGE, WATER } from "./signs.js";

const ROAD = "#ffffff";
const CASING = "#9aa8b3";
const ROAD_ORDER = ["lane", "street", "arterial"];

export function groundLayers(map, data) {
  const renderer = L.canvas({ pane: "ground" });
  const still = { renderer, pane: "ground", interactive: false };
  const nature = L.layerGroup([
    L.polygon(data.greens.flatMap(area), { ...still, color: GREEN_EDGE, weight: 1, opacity: 0.6, fillColor: GREEN, fillOpacity: 0.4 }),
    ...data.rivers.flatMap((river) => water(river, still)),
  ]);
  return { nature, roads: roads(map, data, still) };
}

function water(river, still) {
  const made = [];
  if (river.areas.length)
    made.push(L.polygon(area(river.areas), { ...still, stroke: false, fillColor: WATER, fillOpacity: 0.9 }));
  if (river.lines.length) {
    // A pale bank keeps the water apart from the blues of the grids.
    made.push(L.polyline(river.lines.map(path), { ...still, color: "#ffffff", opacity: 0.75, weight: 6.5, lineCap: "round" }));
    made.push(L.polyline(river.lines.map(path), { ...still, color: WATER, weight: 3.5, lineCap: "round" }));
  }
  return made;
}

// One polyline a class and role: all casings lie under all roads, so that crossings look like crossings.
function roads(map, data, still) {
  const classes = ROAD_ORDER.map((name) => [name, lines(data.roads, name)]).filter(([, found]) => found.length);
  const draw = (found, options) => L.polyline(found, { ...still, lineCap: "round", ...options });
  const casings = classes.map(([name, found]) => [name, draw(found, { color: CASING, opacity: 0.6 }), 1.6]);
  const surfaces = classes.map(([name, found]) => [name, draw(found, { color: ROAD, opacity: 0.85 }), 0]);
  const all = [...casings, ...surfaces];
  const resize = () => {
    const scale = Math.min(3, Math.max(0.45, 2 ** ((map.getZoom() - 15) / 2)));
    for (const [name, line, extra] of all)
      line.setStyle({ weight: data.palette.lineWidth[name] * scale + extra * Math.min(1, scale) });
  };
  map.on("zoomend", resize);
  resize();
  return L.layerGroup(all.map(([, line]) => line));
}

// A road of no known class counts as a lane; water among the roads is drawn as water elsewhere.
function lines(ways, wanted) {
  return ways
    .filter((way) => (ROAD_ORDER.includes(way.class) ? way.class : "lane") === wanted)
    .flatMap((way) => way.lines.map(path));
}

export function regionLayer(regions) {
  return L.layerGroup(
    regions.map((region) =>
      L.polygon(area(region.shape), {
        pane: "regions", interactive: false, color: "#93a1ad", weight: 1.2, dashArray: "6 4",
        fillColor: "#ffffff", fillOpacity: 0.35,
      }),
    ),
  );
}
