// 派单台: words or a pin in, grid and people out, then the report. Each part draws itself; this says which when.
import { Language } from "../language.js";
import { Site } from "./ask.js";
import { Box } from "./box.js";
import { card } from "./card.js";
import { LiveList } from "./live.js";
import { Pin } from "./pin.js";
import { Report } from "./report.js";

const data = JSON.parse(document.getElementById("wangge-data").textContent);
const words = new Language(data.texts, data.lang);
const site = new Site(data.lang);
const at = (id) => document.getElementById(id);
const by = () => at("by").value.trim() || undefined;
let spot = {};
let asked = 0;

function tell(text) {
  at("status").textContent = text;
  at("status").classList.remove("failed");
}

function failed(error) {
  at("status").textContent = error.message;
  at("status").classList.add("failed");
}

async function show() {
  const turn = ++asked;
  const query = { lng: spot.lng, lat: spot.lat, radius_m: spot.radius_m, unit: spot.unit, building_id: spot.building_id };
  query.category = at("report").elements.category.value;
  try {
    const answer = await site.get("/card", query);
    if (turn !== asked) return; // the pin has moved on
    if (!spot.building_id && answer.building) spot.found = answer.building.building_id;
    at("card").replaceChildren(card(answer, words));
    at("card").hidden = false;
    await pin.around(answer.place?.community_code);
  } catch (error) {
    failed(error);
  }
}

function chosen(hit, said) {
  tell("");
  if (!hit || hit.lng === null) {
    if (hit) return tell(hit.why);
    spot = { said, words: said };
    asked++;
    pin.away();
    at("card").hidden = true;
    tell(words.t("kept-unplaced"));
    return report.begin();
  }
  const unit = hit.parts?.unit;
  const place = { kind: hit.kind, key: hit.key };
  // Where the words say more than a name (对面, 旁边) they are the place; else the name is what everybody can read.
  const known = hit.said + (unit ? words.t("unit", { unit }) : "");
  spot = { lng: hit.lng, lat: hit.lat, radius_m: hit.radius_m, unit, building_id: hit.radius_m ? undefined : hit.building_id };
  spot = { ...spot, said: hit.radius_m ? said : known, words: said, chosen: place };
  report.begin();
  pin.put(spot, spot.radius_m);
  show();
}

// Dragged, the place is what the pin says: no longer the building, nor the candidate that the words meant.
function moved({ lng, lat }) {
  spot = { lng, lat, said: spot.said };
  pin.put(spot);
  show();
}

function escape() {
  report.end();
  box.clear();
  asked++;
  spot = {};
  pin.away();
  at("card").hidden = true;
  tell("");
  at("box").focus();
}

for (const node of document.querySelectorAll("[data-text]")) node.textContent = words.t(node.dataset.text);
for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = words.t(node.dataset.hint);
for (const category of data.categories) at("categories").append(new Option(category, category));
const pin = new Pin(at("map"), { site, moved });
const report = new Report({ form: at("report"), same: at("same"), site, words, by, spot: () => ({ ...spot, building_id: spot.building_id ?? spot.found }), tell, failed });
const box = new Box({ input: at("box"), list: at("hits"), advice: at("advice"), site, words, chosen, failed });
const live = new LiveList({ list: at("live"), site, words, by, tell, failed });
at("report").elements.category.addEventListener("change", () => spot.lng !== undefined && show());
at("by").value = localStorage.getItem("wangge-by") ?? "";
at("by").addEventListener("change", () => localStorage.setItem("wangge-by", at("by").value));
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea");
  if (event.key === "Escape") escape();
  else if (event.key === "/" && !typing) at("box").focus();
  else if (event.key === "l" && !typing) at("live").querySelector("li")?.focus();
  else return;
  event.preventDefault();
});
at("box").focus();
document.body.dataset.ready = "";
addEventListener("pagehide", () => live.stream.close());
