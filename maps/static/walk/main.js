// 走界: in the street with a phone. The border leg by leg, what was noted at each, one's own place; a note with its photo is
// sent at once, or kept in the phone until there is a network.
import { basemapLayer } from "../basemap.js";
import { BuildingTiles } from "../buildingTiles.js";
import { el, stored } from "../dom.js";
import { groundLayers } from "../ground.js";
import { head } from "../head.js";
import { Language } from "../language.js";
import { makePanes } from "../panes.js";
import { Remote } from "../remote.js";
import { calmRenderers } from "../renderers.js";
import { RoadNames } from "../roadNames.js";
import { Site } from "../site.js";
import { Border } from "./border.js";
import { Outbox } from "./outbox.js";
import { small } from "./photo.js";

const HERE_M = 80; // farther from its leg a note is pinned to the leg, not to where somebody is

const data = JSON.parse(document.getElementById("wangge-data").textContent);
const words = new Language(data.texts, data.lang);
const t = (key, params) => words.t(key, params);
const at = (id) => document.getElementById(id);
for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
const site = new Site(data.lang, { away: t("away") });
const me = head({ at, data, own: "/walk" });
const say = (text, failed = false) => {
  at("status").textContent = text;
  at("status").classList.toggle("failed", failed);
};
const failed = (error) => say(error.message, true);

calmRenderers();
const map = L.map(at("map"), { attributionControl: false, zoomControl: false, fadeAnimation: false, maxZoom: 20 });
const [west, south, east, north] = data.bounds ?? [73, 18, 135, 54];
map.fitBounds([[south, west], [north, east]], { animate: false });
makePanes(map);
L.control.zoom({ zoomInTitle: t("zoom-in"), zoomOutTitle: t("zoom-out") }).addTo(map);
L.control.scale({ imperial: false }).addTo(map);
if (data.basemap) basemapLayer(data.basemap).addTo(map);
new BuildingTiles(new Remote({ buildings: "/tiles/buildings/{z}/{x}/{y}" }), data.palette, () => null).addTo(map);
site.get("/dispatch/ground").then((ground) => {
  const { nature, roads } = groundLayers(map, { ...ground, palette: data.palette });
  for (const layer of [nature, roads, new RoadNames(ground)]) layer.addTo(map);
}).catch(failed);

const border = new Border(map, { words, chosen: (n) => show(n) });
const outbox = new Outbox({ site, changed: () => waiting() });
let walk = null;
let leg = 0;
let here = null;

map.on("locationfound", ({ latlng, accuracy }) => {
  here = latlng;
  border.here(latlng, accuracy);
  place();
});
map.on("locationerror", () => (here = null)); // no network, no leave: notes are pinned to their leg
if (window.isSecureContext) map.locate({ watch: true, enableHighAccuracy: true });

async function open(plan, grid = null) {
  walk = await site.get(`/plans/${plan}/walk`, { grid });
  history.replaceState(null, "", `#${plan}/${encodeURIComponent(walk.grid_code)}`);
  const name = ({ code, name: told, changed }) => `${changed ? "● " : ""}${told ?? code}`;
  at("grid").replaceChildren(...walk.grids.map((one) => new Option(name(one), one.code, false, one.code === walk.grid_code)));
  at("walk").hidden = false;
  border.draw(walk);
  const first = walk.legs.findIndex((one) => !one.notes.length);
  show(Math.max(0, first), { whole: true });
}

function show(n, { whole = false } = {}) {
  const { legs } = walk;
  leg = n;
  at("note").hidden = true;
  at("differs").setAttribute("aria-expanded", "false");
  const done = legs.filter((one) => one.notes.length).length;
  at("where").textContent = t("of-legs", { n: n + 1, all: legs.length, done });
  Object.assign(at("progress"), { max: legs.length || 1, value: done });
  const one = legs[n];
  if (!one) return;
  at("leg").replaceChildren(stored(one.along ? t("along", { name: one.along }) : t("along-nothing")), one.new ? el("em", { text: t("new") }) : "");
  at("about").replaceChildren(stored([one.beyond ? t("beyond", { name: one.beyond }) : null, t("metres", { n: words.number(Math.round(one.metres)) })].filter(Boolean).join(" · ")));
  at("before").disabled = n === 0;
  at("next").disabled = n === legs.length - 1;
  at("notes").replaceChildren(...[...one.notes, ...walk.notes].map(noted));
  at("done").hidden = done < legs.length;
  border.choose(n, { whole });
  place();
}

function noted(one) {
  const photo = one.photo ? el("a", { href: one.photo, target: "_blank", rel: "noopener" }, el("img", { src: one.photo, alt: t("photo"), loading: "lazy" })) : null;
  return el("li", {}, photo, el("p", {}, stored(one.said)), el("small", {}, stored([one.name ?? words.who(one.actor), words.moment(one.at)].join(" · "))));
}

// Where a note will be pinned: where one stands, if that is at the leg.
function spot() {
  const middle = border.middle(leg);
  return here && border.away(leg, here) <= HERE_M ? here : middle;
}

function place() {
  if (walk?.legs.length) at("at").textContent = t(spot() === here ? "at-here" : "at-leg");
}

async function keep(said, photo = null) {
  const { lng, lat } = spot();
  const body = { kind: "walk", said, grid_code: walk.grid_code, lng, lat, photo, by: me(), name: me() };
  const sent = await outbox.send(`/plans/${walk.plan_id}/comments`, body);
  say(t(sent ? "kept" : "kept-here"), !sent);
  if (!sent) {
    walk.legs[leg].notes.push({ said, name: me() ?? data.actor, actor: data.actor, at: new Date().toISOString(), photo: null });
    return next();
  }
  const n = leg;
  walk = await site.get(`/plans/${walk.plan_id}/walk`, { grid: walk.grid_code });
  border.draw(walk);
  leg = n;
  return next();
}

const next = () => show(Math.min(leg + 1, walk.legs.length - 1));

function waiting() {
  at("waiting").hidden = !outbox.size;
  at("waiting").textContent = t("waiting", { n: outbox.size });
}

at("before").addEventListener("click", () => show(leg - 1));
at("next").addEventListener("click", next);
at("agrees").addEventListener("click", () => keep(t("agrees-said")).catch(failed));
at("differs").addEventListener("click", () => {
  at("note").hidden = !at("note").hidden;
  at("differs").setAttribute("aria-expanded", String(!at("note").hidden));
  if (!at("note").hidden) at("note").elements.said.focus();
});
at("note").addEventListener("submit", (event) => {
  event.preventDefault();
  const { said, photo } = at("note").elements;
  const [file] = photo.files;
  const sending = async () => {
    await keep(said.value.trim(), file ? await small(file) : null);
    at("note").reset();
  };
  sending().catch(failed);
});
at("waiting").addEventListener("click", () => outbox.retry().then(() => walk && open(walk.plan_id, walk.grid_code)).catch(failed));
at("done").addEventListener("click", () => {
  const day = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  site.post(`/plans/${walk.plan_id}/stages`, { stage: "walked", day, note: t("done-note", { grid: walk.grid_code }), by: me() }).then(() => say(t("done-kept"))).catch(failed);
});
at("plan").addEventListener("change", () => open(Number(at("plan").value)).catch(failed));
at("grid").addEventListener("change", () => open(walk.plan_id, at("grid").value).catch(failed));

async function begin() {
  const { features } = await site.get("/plans", { status: "draft", limit: 200 });
  const wanted = location.hash.slice(1).split("/");
  const options = features.map(({ id, properties }) => new Option(`${data.names[properties.community_code] ?? properties.community_code} · ${t("draft", { n: id })}`, id));
  const known = features.some(({ id }) => String(id) === wanted[0]);
  if (wanted[0] && !known) options.unshift(new Option(t("draft", { n: wanted[0] }), wanted[0]));
  at("plan").replaceChildren(...options);
  const plan = Number(wanted[0] || features[0]?.id);
  if (!plan) return say(t("no-plans"));
  at("plan").value = String(plan);
  return open(plan, wanted[1] ? decodeURIComponent(wanted[1]) : null);
}
waiting();
begin().catch(failed).finally(() => (document.body.dataset.ready = ""));
