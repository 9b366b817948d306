// 调网格: drafts of grids redrawn on the map. Each part draws itself from the bench; this says which when.
import { BuildingTiles } from "../buildingTiles.js";
import { basemapLayer } from "../basemap.js";
import { head } from "../head.js";
import { Keys } from "../keys.js";
import { Language } from "../language.js";
import { makePanes } from "../panes.js";
import { Remote } from "../remote.js";
import { calmRenderers } from "../renderers.js";
import { Said } from "../said.js";
import { Site } from "../site.js";
import { Against } from "./against.js";
import { Ask } from "./ask.js";
import { Bench, NEW } from "./bench.js";
import { Corrections } from "./corrections.js";
import { Deeds } from "./deeds.js";
import { Drawing } from "./drawing.js";
import { GroundFacts } from "./ground.js";
import { GroundFiles } from "./groundFiles.js";
import { Ground } from "./groundShown.js";
import { Hand } from "./hand.js";
import { Hands } from "./hands.js";
import { Importing } from "./import.js";
import { legend } from "./legend.js";
import { Opening } from "./opening.js";
import { Plot } from "./plot.js";
import { Problems } from "./problems.js";
import { Publishing } from "./publish.js";
import { Remarks } from "./remarks.js";
import { Shades } from "./shades.js";
import { Stages } from "./stages.js";
import { Studies } from "./studies.js";
import { Swipe } from "./swipe.js";
import { Table } from "./table.js";
import { Tracing } from "./trace.js";

const KEYS = [
  ["V", "tool-pick"], ["B", "tool-brush"], ["L", "tool-lasso"], ["E", "tool-estate"], ["C", "tool-cut"], ["X", "tool-vertex"],
  ["G", "tool-merge"], ["T", "tool-note"], ["1 … 9", "key-target"], ["0", "key-new"], ["[  ]", "key-beside"], ["N  P", "key-problem"],
  ["U · Ctrl+Z", "key-undo"], ["Y · Ctrl+Y", "key-redo"], ["M", "key-map"], ["A", "key-trace"], ["← ↑ → ↓", "key-arrows"], ["Space", "key-space"], ["Enter", "key-enter"],
  ["S", "split"], ["K", "compare"], ["R", "replay"], ["D", "diff"], ["Esc", "key-escape"], ["?", "key-help"],
];
const HOUSES = 0.6; // of buildings: the colours of grids are seen through them
const TOOL_KEYS = { v: "pick", b: "brush", l: "lasso", e: "estate", c: "cut", x: "vertex", g: "merge", t: "note" };

function start(map) {
  const data = JSON.parse(document.getElementById("wangge-data").textContent);
  const words = new Language(data.texts, data.lang);
  const at = (id) => document.getElementById(id);
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = words.t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", words.t(node.dataset.label));
  const site = new Site(data.lang, { away: words.t("away") });
  const me = head({ at, data, own: "/redraw" });
  const said = new Said({ line: at("status"), button: at("take-over"), words });
  const failed = (error) => said.failed(error);
  const bench = new Bench({ site, me });

  calmRenderers();
  makePanes(map);
  L.control.zoom({ zoomInTitle: words.t("zoom-in"), zoomOutTitle: words.t("zoom-out") }).addTo(map);
  const [west, south, east, north] = data.bounds ?? [73, 18, 135, 54];
  map.fitBounds([[south, west], [north, east]], { animate: false });
  const box = map.getContainer();
  box.tabIndex = 0;
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", words.t("map"));
  new ResizeObserver(() => map.invalidateSize()).observe(box);

  const shades = new Shades({ select: at("by-what"), legend: legend(map, { words, demo: data.demo, palette: data.palette }), bench, words });
  const plot = new Plot(map, { bench, words, shades });
  new Corrections(map, { box: at("corrections"), bench, site, words, failed });
  new Table({ body: at("grids"), bench, words, plot });
  const problems = new Problems({ box: at("problems"), line: at("problem"), bench, words, plot, map });
  new Hands({ box: at("hands"), bench, words });
  const ask = new Ask({ dialog: at("ask"), words });
  const deeds = new Deeds({ bench, ask, words, said });
  const remarks = new Remarks({ map, box: at("remarks"), dialog: at("ask"), bench, site, words, me, said });
  const stages = new Stages({ dialog: at("ask"), bench, site, words, me, said });
  const tracing = new Tracing({ map, at, bench, plot, site, words, me, said, ask, failed, edit: (draft, operations) => deeds.edit(draft, operations), refreshed: () => refreshGround() });
  const hand = new Hand(map, {
    more: tracing.tools, bench, plot, edit: (draft, operations) => deeds.edit(draft, operations), remark: (draft, place, code) => remarks.ask(draft, place, code), say: (key, params) => said.tell(words.t(key, params)),
    picked: () => {}, toolChanged: (name) => chosenTool(name),
  });
  tracing.held(hand);
  const against = new Against({ select: at("against"), bench, site, words, failed });
  const swipe = new Swipe(map, { slider: at("swipe"), bench, against });
  const studies = new Studies({ ask, bench, site, words, against });
  const publishing = new Publishing({
    dialog: at("ask"), bench, site, words, me, failed,
    ended: (done) => {
      studies.published(done);
      close();
    },
  });

  async function open(ids) {
    said.tell(words.t("opening"));
    await bench.open(ids);
    history.replaceState(null, "", `#${ids.join(",")}`);
    document.body.dataset.open = "";
    map.invalidateSize();
    plot.all();
    said.tell(words.t("opened", { n: ids.length }));
    hand.take("brush");
    hand.focus();
  }

  function close() {
    bench.drafts = new Map();
    bench.choose(null);
    bench.tell("opened");
    history.replaceState(null, "", location.pathname + location.search);
    delete document.body.dataset.open;
    opening.read().catch(failed);
    Promise.all([importing.list(), files.list()]).catch(failed);
  }

  const drawing = new Drawing({
    progress: at("drawing"), choices: at("choices"), site, words, me, asks: ask, open, failed, said, size: data.size, ended: () => opening.read(),
  });
  const files = new GroundFiles({
    at, map, site, words, me, said, failed, asks: ask,
    imported: async () => {
      refreshGround({ lines: true });
      await Promise.all([facts.outlines(), opening.read()]);
    },
  });
  const facts = new GroundFacts({ box: at("ground"), site, words, map, bench, failed, shown: (told) => files.facts(told) });
  const opening = new Opening({
    section: at("opening"), select: at("what"), list: at("drafts"), site, words, me, ground: facts, drawing, open, failed, asks: ask, begun: (what) => said.tell(words.t(what)),
  });

  const importing = new Importing({ at, map, site, words, me, said, failed, asks: ask, open });

  function chosenTool(name) {
    for (const button of document.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
    at("hint").textContent = words.t(`hint-${name}`);
  }
  for (const button of document.querySelectorAll("#tools [data-tool]")) button.addEventListener("click", () => hand.take(button.dataset.tool));
  const acts = {
    undo: () => deeds.undo(), redo: () => deeds.redo(), split: () => deeds.split(), lock: () => deeds.lock(), rename: () => deeds.rename(),
    renumber: () => deeds.renumber(), dedicate: () => deeds.dedicate(), mend: () => deeds.mend(), anew: () => deeds.redraw(), compare: () => swipe.toggle().catch(failed),
    replay: () => studies.replay().catch(failed), diff: () => studies.diff().catch(failed), publish: () => publishing.ask().catch(failed), stages: () => stages.ask().catch(failed), close,
  };
  for (const button of document.querySelectorAll("[data-act]")) button.addEventListener("click", () => acts[button.dataset.act]());

  const follow = () => {
    const draft = bench.active;
    at("undo").disabled = !draft?.undo;
    at("redo").disabled = !draft?.redo;
    const grid = draft?.grid(bench.target);
    at("chosen").textContent = draft ? (bench.target === NEW ? words.t("target-new") : words.t("target", { name: draft.title(bench.target) })) : "";
    at("lock").textContent = words.t(grid?.locked ? "unlock" : "lock");
    at("dedicate").textContent = words.t(grid?.kind === "dedicated" ? "undedicate" : "dedicate");
    for (const id of ["lock", "rename", "split", "dedicate"]) at(id).disabled = !grid;
    const options = [...bench.drafts.values()].map((one) => new Option(one.plan.community_name, one.id, false, one === draft));
    at("community").replaceChildren(...options);
    at("community").hidden = options.length < 2;
    at("whose").textContent = draft ? words.t("whose", { name: draft.plan.community_name, n: draft.id, owner: words.who(draft.plan.owner ?? ""), version: draft.version }) : "";
  };
  for (const what of ["opened", "changed", "target"]) bench.on(what, follow);
  at("community").addEventListener("change", (event) => {
    const draft = bench.drafts.get(Number(event.target.value));
    bench.choose(draft);
    plot.show({ type: "GeometryCollection", geometries: [...draft.grids.values()].map((grid) => grid.geometry) }, 17);
  });

  const beside = (by) => {
    const codes = bench.active?.codes ?? [];
    if (codes.length) bench.aim(codes[(codes.indexOf(bench.target) + by + codes.length) % codes.length]);
  };
  const numbers = Object.fromEntries([...Array(9)].map((_, i) => [String(i + 1), () => bench.active?.codes[i] && bench.aim(bench.active.codes[i])]));
  const keys = new Keys({
    dialog: at("keys"), words, rows: KEYS,
    acts: {
      ...Object.fromEntries(Object.entries(TOOL_KEYS).map(([key, name]) => [key, () => hand.take(name)])), ...numbers,
      0: () => bench.active && bench.aim(NEW), "[": () => beside(-1), "]": () => beside(1), n: () => problems.step(1), p: () => problems.step(-1),
      u: acts.undo, y: acts.redo, s: acts.split, k: acts.compare, r: acts.replay, d: acts.diff, m: () => hand.focus(), a: () => bench.active && tracing.open(),
      Escape: () => hand.cancel(), "?": () => keys.help(),
    },
  });
  at("help").addEventListener("click", () => keys.help());
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.closest("input, textarea") || document.querySelector("dialog[open]")) return;
    const act = { z: event.shiftKey ? acts.redo : acts.undo, y: acts.redo }[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });

  if (data.basemap) basemapLayer(data.basemap).addTo(map);
  const tiles = new BuildingTiles(new Remote({ buildings: "/tiles/buildings/{z}/{x}/{y}" }), data.palette, () => null).setOpacity(HOUSES).addTo(map);
  const ground = new Ground(map, { site, palette: data.palette, failed, taken: () => plot.names.taken });
  ground.read();
  function refreshGround({ lines = false } = {}) {
    tiles.again();
    if (lines) ground.read();
  }
  const ids = location.hash.slice(1).split(",").map(Number).filter((id) => id > 0);
  const began = ids.length ? open(ids).catch(failed) : Promise.resolve();
  const waits = Promise.all([importing.list(), importing.resume(), files.list(), files.resume(), drawing.resume()]).catch(failed);
  Promise.all([began, waits, opening.read().catch(failed)]).then(() => (document.body.dataset.ready = ""));
}

window.wanggeRedraw = { start };
