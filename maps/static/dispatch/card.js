// The answer card: grid and why, building, whom to call (a touch calls), what is open nearby.
import { el, stored } from "../dom.js";
import { isolated } from "../said.js";

export function card(answer, words) {
  const above = answer.regions.map((one) => one.name).join(" · ");
  return el("div", {},
    el("h2", {}, stored(title(answer, words))),
    above ? el("p", { class: "above" }, stored(above)) : null,
    el("p", { class: "because" }, stored(answer.why)),
    building(answer.building, words),
    ...answer.people.map((one) => section(one, words)),
    el("p", { class: "open", text: words.t("open-nearby", { count: answer.open_nearby }) }));
}

function title(answer, words) {
  return answer.place?.grid_name ?? answer.place?.grid_code ?? answer.office ?? words.t("nowhere");
}

// What is read aloud when the card changes: where, and who is first to call.
export function brief(answer, words) {
  const who = answer.people.flatMap((one) => one.people).find((one) => one.name && !one.on_leave);
  const call = who ? `${isolated(who.name)} ${who.phone ?? ""}` : "";
  return `${isolated(title(answer, words))} ${call}`.trim();
}

function building(one, words) {
  if (!one) return null;
  const unit = one.unit ? words.t("unit", { unit: one.unit.replace(/单元$/, "") }) : "";
  const said = [...new Set([one.name ?? one.address ?? one.building_id, unit, one.estate])].filter(Boolean).join(" · ");
  return el("p", { class: "building" }, stored(said));
}

function section(one, words) {
  return el("section", { class: one.section },
    el("h3", { text: one.title }),
    ...one.people.map((who) => person(who, words)),
    ...one.missing.map((lack) => el("p", { class: "missing" }, stored(lack.text))));
}

function person(who, words) {
  const more = [
    who.role,
    who.stand_in_for ? words.t("stands-in", { name: who.stand_in_for }) : "",
    who.on_leave ? words.t("on-leave") : "",
    who.region,
    who.until && (who.stand_in_for || who.on_leave) ? words.t("until", { at: words.moment(who.until) }) : "",
  ].filter(Boolean).join(" · ");
  return el("p", { class: "person" }, el("strong", {}, stored(who.name ?? "")), " ", ...calls(who.phone ?? ""), el("span", { class: "more" }, stored(more)));
}

// A register may hold several numbers in one field, and an extension: each is dialled by itself, the extension after a pause.
function calls(phone) {
  const numbers = phone.split(/[/、，；,;]+/).map((one) => one.trim()).filter(Boolean);
  return numbers.flatMap((one) => {
    const digits = one.replace(/转|分机|ext\.?/gi, ",").replace(/[^\d+#*,-]/g, "");
    return [digits ? el("a", { href: `tel:${digits}` }, stored(one)) : stored(one), " "];
  });
}
