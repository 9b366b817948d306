// 派单台: words or a pin in, grid and people out, then the report. Each part draws itself; this says which when.
import { head } from "../head.js";
import { Language } from "../language.js";
import { Site } from "../site.js";
import { backdrop } from "./backdrop.js";
import { Box } from "./box.js";
import { Desk } from "./desk.js";
import { Keys } from "../keys.js";
import { legend } from "./legend.js";
import { LiveList } from "./list.js";
import { GridNames } from "./names.js";
import { Matters } from "./matters.js";
import { Pin } from "./pin.js";
import { Placing } from "./placing.js";
import { Report } from "./report.js";
import { Said } from "../said.js";
import { Same } from "./same.js";
import { Sheet } from "./sheet.js";
import { Splitting } from "./splitting.js";
import { Stream } from "./stream.js";

const KEYS = [
  ["/", "key-box"], ["↓ ↑", "key-move"], ["Enter", "key-enter"], ["Ctrl+Enter", "key-unplaced"],
  ["J · Alt+J", "key-join"], ["U · Alt+U", "key-undo"], ["M · Alt+M", "key-pin"], ["L · Alt+L", "key-list"],
  ["T  R", "key-take"], ["P", "key-place"], ["S", "key-split"], ["1 2 3 4", "key-filter"], ["Esc", "key-escape"], ["?", "key-help"],
];


const data = JSON.parse(document.getElementById("wangge-data").textContent);
const words = new Language(data.texts, data.lang);
const at = (id) => document.getElementById(id);
const site = new Site(data.lang, { away: words.t("away") });

for (const node of document.querySelectorAll("[data-text]")) node.textContent = words.t(node.dataset.text);
for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = words.t(node.dataset.hint);
for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", words.t(node.dataset.label));
const matters = new Matters({ list: at("categories"), categories: data.categories, items: data.items });

const me = head({ at, data, own: "/dispatch" });
at("fold").addEventListener("click", () => {
  at("map").hidden = !at("map").hidden;
  at("fold").setAttribute("aria-expanded", String(!at("map").hidden));
});
const said = new Said({ line: at("status"), button: at("undo"), words });
const failed = (error) => said.failed(error);
const desk = new Desk({ at, words, site, said, me, unit: data.unit, actor: data.actor });

desk.pin = new Pin(at("map"), {
  site, words, bounds: data.bounds, moved: (place) => desk.moved(place), picked: (n) => desk.box.choose(n), failed,
});
legend(desk.pin.map, { words, demo: data.demo, palette: data.palette });
desk.report = new Report({
  form: at("report"), site, source: data.source, spot: () => desk.spot, matter: (said) => matters.of(said),
  changed: () => desk.compare(), submit: () => desk.record(),
});
desk.same = new Same({ section: at("same"), site, words, join: (id) => desk.join(id), failed });
desk.placing = new Placing({ section: at("placing"), site, words, done: () => desk.place() });
desk.splitting = new Splitting({ words, matter: (said) => matters.of(said), split: (parts) => desk.split(parts) });
desk.box = new Box({
  input: at("box"), list: at("hits"), advice: at("advice"), unknown: at("unknown"), site, words, failed,
  chosen: (hit, q) => desk.chosen(hit, q), offered: (hits, choose) => desk.pin.offer(hits, choose),
  marked: (n) => desk.pin.mark(n),
});
desk.list = new LiveList({
  list: at("live"), filters: at("filters"), more: at("more"), further: at("further"), site, words, names: new GridNames(site),
  spoken: (text) => (at("spoken").textContent = text),
  me: () => me() ?? data.actor,
  acts: {
    take: (one) => desk.turn(one, "take"), release: (one) => desk.turn(one, "release"),
    open: (one) => desk.open(one.id), place: (one) => desk.replace(one), split: (one) => desk.divide(one),
  },
});
new Sheet({ section: at("calls"), site, words, me: () => me() ?? data.actor });
const keys = new Keys({
  dialog: at("keys"), words, rows: KEYS, helpIn: "box",
  acts: {
    "/": () => desk.box.ready(), l: () => desk.list.focus(), m: () => desk.pin.focus(), j: () => desk.join(),
    u: () => said.back(), "?": () => keys.help(), Escape: () => desk.anew(),
  },
});
at("help").addEventListener("click", () => keys.help());
at("by").addEventListener("change", () => desk.list.read());
at("report").elements.category.addEventListener("change", () => desk.spot.lng !== undefined && desk.show());
at("report").elements.note.addEventListener("keydown", (event) => event.key === "ArrowDown" && !event.isComposing && desk.same.focus());

// Plans may have come into force: names and borders are asked for again.
function renew() {
  desk.list.names.renew();
  return desk.pin.renew();
}

new Stream({
  address: "/incidents/stream", event: "incidents", heard: ({ many, changed }) => {
    if (many) renew().catch(failed);
    if (many) desk.list.anew();
    else desk.list.heard(changed.map((one) => one.id));
  },
  state: (on) => {
    at("stream").textContent = words.t(on ? "stream-on" : "stream-off");
    at("stream").classList.toggle("off", !on);
    if (!on) return;
    desk.list.anew(); // what happened while it was away
    if (said.over(words.t("away"))) desk.box.again();
  },
});
desk.list.read();
at("box").focus();
document.body.dataset.ready = "";
backdrop(desk.pin.map, { data, site }).catch(failed);
