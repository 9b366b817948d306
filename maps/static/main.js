// Starts the page: reads its data, builds the layers, and ties them to the panel.

import { basemapLayer } from "./basemap.js";
import { Buildings } from "./buildings.js";
import { Findings } from "./findings.js";
import { Grids, communityLayer } from "./grids.js";
import { groundLayers, regionLayer } from "./ground.js";
import { Incidents } from "./incidents.js";
import { Labels } from "./labels.js";
import { Language } from "./language.js";
import { Legend } from "./legend.js";
import { makePanes } from "./panes.js";
import { renderFigures, renderHead, renderHeadlines, sheet, unplaced } from "./panel.js";
import { definePatterns } from "./patterns.js";
import { Popups } from "./popups.js";
import { Search } from "./search.js";
import { Switches } from "./switches.js";

const part = (id) => document.getElementById(id);

function start(map) {
  const data = JSON.parse(part("wangge-data").textContent);
  const language = new Language(data.texts, data.lang);
  frame(map, data);
  makePanes(map);
  definePatterns(data.palette.load);

  const popups = new Popups(map, data, language);
  const buildings = new Buildings(map, data);
  const grids = new Grids(data, {
    onPick: (row, at) => {
      const building = buildings.near(at);
      return building ? popups.building(building) : popups.grid(row, at);
    },
  });
  map.on("click", ({ latlng }) => {
    const building = buildings.near(latlng);
    if (building) popups.building(building);
  });
  const incidents = new Incidents(map, data, { onPick: (row) => popups.incident(row) });
  const findings = new Findings(map, data, language, popups);
  const switches = new Switches(map, layers(map, data, { grids, buildings, findings, language }), incidents, language);
  const legend = new Legend(part("legend"), { data, language, grids, switches, incidents });
  switches.onChange(() => {
    grids.mute(incidents.mode === "heat");
    legend.render();
  });
  panel(data, language, { switches, findings, search: new Search(map, data, language, popups, buildings) });
  L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(map);
  zoomButtons(map, language);
  document.body.dataset.ready = "yes";
}

function frame(map, data) {
  if (!data.bounds) return map.setView([35, 105], 4);
  const [west, south, east, north] = data.bounds;
  const home = L.latLngBounds([south, west], [north, east]);
  map.fitBounds(home, { padding: [12, 12] });
  return map.setMinZoom(Math.max(2, map.getZoom() - 4));
}

// In the order of the switches; what is drawn above what is settled by panes.
function layers(map, data, { grids, buildings, findings, language }) {
  const { nature, roads } = groundLayers(map, data);
  const labels = new Labels(data, language);
  return [
    data.basemap && { key: "basemap", layer: basemapLayer(data.basemap), on: true },
    data.grids.length && { key: "grids", layer: grids.layer, on: true },
    data.communities.length && { key: "communities", layer: communityLayer(data.communities), on: true },
    { key: "labels", layer: labels, on: true },
    data.findings?.length && { key: "findings", layer: findings.layer, on: true },
    data.buildings && { key: "buildings", layer: buildings.layer, on: false },
    data.roads.length && { key: "roads", layer: roads, on: true },
    data.rivers.length + data.greens.length && { key: "nature", layer: nature, on: true },
    data.regions.length && { key: "regions", layer: regionLayer(data.regions), on: true },
  ].filter(Boolean);
}

function panel(data, language, { switches, findings, search }) {
  const { close } = sheet(part("panel"), part("handle"), language);
  part("findings").addEventListener("click", (event) => event.target.closest(".finding") && narrow() && close());
  part("search").addEventListener("click", (event) => event.target.closest("button") && narrow() && close());
  const headlines = () => renderHeadlines(part("headlines"), data, language, { findings, open: (one) => {
    findings.show(findings.only === one.name ? null : one);
    part("findings").scrollIntoView({ block: "start" });
    part("headlines").querySelector("[aria-pressed=true]")?.focus({ preventScroll: true });
  } });
  findings.listeners.push(headlines, () => findings.render(part("findings")));
  language.onChange(() => {
    for (const node of document.querySelectorAll("[data-text]")) node.textContent = language.t(node.dataset.text);
    document.title = `${data.title} · ${language.t("product")}`;
    renderHead(part("head"), data, language);
    headlines();
    renderFigures(part("figures"), data, language);
    part("summary").textContent = summary(data, language);
    part("unplaced").replaceChildren(...unplaced(data, language));
    search.render(part("search"));
    switches.render(part("switches"));
    findings.render(part("findings"));
  });
}

function summary(data, language) {
  const { figures } = data;
  const share = language.percent(figures.inside, figures.known);
  if (data.headlines.length)
    return data.headlines.map((one) => `${language.t(one.name)} ${language.percent(one.part, one.whole)}`).join(" · ");
  const found = data.findings ? language.number(data.findings.length) : language.t("findings-unchecked");
  return language.t("summary", { grids: language.number(figures.grids), share, found });
}

function narrow() {
  return matchMedia("(max-width: 720px)").matches;
}

function zoomButtons(map, language) {
  const control = L.control.zoom({ position: "topright" }).addTo(map);
  language.onChange(() => {
    for (const [button, key] of [[control._zoomInButton, "zoom-in"], [control._zoomOutButton, "zoom-out"]]) {
      button.title = language.t(key);
      button.setAttribute("aria-label", language.t(key));
    }
  });
}

window.wangge = { start };
