// Starts the page: reads its data, makes the parts, and lets each be drawn again when what it shows has changed.

import { Drill } from "./drill.js";
import { Eras } from "./eras.js";
import { Evenness } from "./evenness.js";
import { renderExports } from "./exports.js";
import { Filters } from "./filters.js";
import { Findings } from "./findings.js";
import { Grids } from "./grids.js";
import { HouseCard } from "./houseCard.js";
import { Houses } from "./houses.js";
import { IncidentPanel } from "./incidentPanel.js";
import { Incidents } from "./incidents.js";
import { Language } from "./language.js";
import { mapLayers } from "./layers.js";
import { Legend } from "./legend.js";
import { Metrics } from "./metrics.js";
import { makePanes } from "./panes.js";
import { renderFigures, renderHead, renderHeadlines, renderKinds, renderRegisters, sheet, unplaced } from "./panel.js";
import { definePatterns } from "./patterns.js";
import { Popups } from "./popups.js";
import { printing } from "./printing.js";
import { Remote } from "./remote.js";
import { calmRenderers } from "./renderers.js";
import { Search } from "./search.js";
import { State } from "./state.js";
import { Sums } from "./sums.js";
import { Switches } from "./switches.js";
import { Tabs } from "./tabs.js";
import { Territory } from "./territory.js";
import { Timeline } from "./timeline.js";
import { followView, frame, zoomButtons } from "./view.js";

const NOTICE_MS = 8000;
const part = (id) => document.getElementById(id);

function start(map) {
  const data = JSON.parse(part("wangge-data").textContent);
  const state = new State();
  const language = new Language(data.texts, state.get("lang") || data.lang);
  calmRenderers();
  const home = frame(map, data);
  makePanes(map);
  map.getContainer().setAttribute("role", "application");
  definePatterns(data.palette.fills);

  const app = { map, data, state, language, home, remote: data.remote && new Remote(data.remote) };
  if (app.remote) app.remote.failed = () => notice(language.t("remote-failed"));
  app.territory = new Territory(data.places);
  app.sums = new Sums(data.incidents, app.territory);
  app.metrics = new Metrics(app);
  app.eras = new Eras(app);
  app.houses = new Houses(app);
  app.card = new HouseCard(app);
  app.showHouse = (row) => app.card.choose(row);
  app.drill = new Drill(app);
  app.popups = app.card.popups = new Popups(app);
  app.filters = new Filters(app);
  onTheMap(app);
  inThePanel(app);
  followView(app);
  printing(app);
  if (state.get("house")) app.card.show();
  document.body.dataset.ready = "yes";
}

function onTheMap(app) {
  const { map, state } = app;
  const pick = async (at, otherwise) => {
    const building = await app.houses.near(at);
    if (building) app.popups.building(building);
    else otherwise?.();
  };
  map.on("click", ({ latlng }) => pick(latlng));
  app.grids = new Grids({ ...app, onPick: (row, at) => pick(at, () => app.popups.grid(row, at)) });
  app.incidents = new Incidents({ ...app, onPick: (mark) => app.atMark(mark) });
  app.findings = new Findings(app);
  app.switches = new Switches({ ...app, layers: mapLayers(app) });
  app.legend = new Legend({ ...app, parent: part("legend") });
  app.timeline = new Timeline({ ...app, parent: part("timeline") });
  const stepBack = () => app.grids.mute(app.incidents.mode === "heat");
  app.incidents.listeners.push(stepBack);
  stepBack();
  app.grids.listeners.push(() => app.legend.render());
  state.on(["incidents", "layers", "housing"], () => app.legend.render());
  L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(map);
  zoomButtons(app);
}

function inThePanel(app) {
  const { map, data, state, language } = app;
  const { close } = sheet(part("panel"), part("handle"), language);
  const narrow = () => matchMedia("(max-width: 720px)").matches;
  for (const id of ["tab-findings", "search", "parts"])
    part(id).addEventListener("click", (event) => event.target.closest(".finding, .results button") && narrow() && close());
  const search = new Search(app);
  const evenness = new Evenness(app);
  const incidents = new IncidentPanel(app);
  app.atMark = async (mark) => {
    const card = app.popups.incidents(mark);
    if (app.remote) card.append(await incidents.at(around(app.map, mark.latlng)));
  };
  const shown = { evenness: data.grids.length, incidents: data.incidents };
  const tabs = new Tabs({ ...app, parent: part("tabs"), shown: (name) => !(name in shown) || shown[name] });
  const drawn = {
    overview: () => {
      renderFigures(part("figures"), app);
      renderKinds(part("kinds"), app);
      renderRegisters(part("registers"), app);
      app.drill.renderParts(part("parts"));
    },
    evenness: () => evenness.render(part("evenness")),
    incidents: () => incidents.render(part("matters")),
    findings: () => app.findings.render(part("findings")),
    layers: () => {
      app.switches.render(part("switches"));
      renderExports(part("exports"), app);
    },
  };
  // What nobody sees is drawn when it is opened.
  const subjects = (app.subjects = () => Object.entries(drawn).forEach(([name, draw]) => part(`tab-${name}`).offsetParent && draw()));
  const place = () => {
    app.drill.renderCrumbs(part("crumbs"));
    renderHeadlines(part("headlines"), app);
    part("unplaced").replaceChildren(...unplaced(app));
    subjects();
  };
  const all = () => {
    for (const node of document.querySelectorAll("[data-text]")) node.textContent = language.t(node.dataset.text);
    map.getContainer().setAttribute("aria-label", language.t("map-keys"));
    document.title = `${data.title} · ${language.t("product")}`;
    renderHead(part("head"), app);
    part("summary").textContent = summary(app);
    search.render(part("search"));
    app.filters.render(part("filters"));
    tabs.render();
    app.timeline.render();
    app.legend.render();
    place();
  };
  state.on(["at"], () => {
    part("summary").textContent = summary(app);
    place();
  });
  state.on(["only"], () => renderHeadlines(part("headlines"), app));
  state.on(["tab", "by", "from", "to", "kind", "category", "severity", "housing", "only", "incidents", "layers"], subjects);
  state.on(["from", "to", "kind", "category", "severity", "housing", "only"], () => app.filters.render(part("filters")));
  state.on(["lang"], () => language.set(state.get("lang") || data.lang));
  language.onChange(all);
}

// Said in a line over the map, for a while.
function notice(text) {
  const line = part("notice");
  line.textContent = text;
  line.hidden = false;
  clearTimeout(line.timer);
  line.timer = setTimeout(() => (line.hidden = true), NOTICE_MS);
}

// The box in which the matters of one mark lie.
function around(map, latlng) {
  const at = map.latLngToContainerPoint(latlng);
  const [from, to] = [at.add([-12, 12]), at.add([12, -12])].map((one) => map.containerPointToLatLng(one));
  return [from.lng, from.lat, to.lng, to.lat].map((value) => value.toFixed(6)).join(",");
}

function summary({ data, language, drill }) {
  const place = drill.here;
  const name = place.i ? `${drill.name(place)} · ` : "";
  if (data.headlines.length)
    return name + data.headlines.map((one) => `${language.t(one.name)} ${language.percent(...place[one.name])}`).join(" · ");
  const found = data.findings ? language.number(data.findings.length) : language.t("findings-unchecked");
  return name + language.t("summary", { grids: language.number(place.grids), share: language.percent(place.inside, place.counted), found });
}

window.wangge = { start };
