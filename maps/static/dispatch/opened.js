// One incident, opened: what it is, who has it, the calls that were joined to it and what was done, the latest first.
import { el, stored } from "../dom.js";
import { about, clock } from "./rows.js";

// What can be done with it as in the list: a phone shows one of the two at a time.
function handling(incident, { words, mine, turn, toPlace }) {
  const act = incident.taken_by ? "release" : "take";
  const button = (name, click) => el("button", { type: "button", "data-act": name, text: words.t(name), on: { click } });
  return [incident.taken_by && !mine ? null : button(act, () => turn(act)), button("place", toPlace)].filter(Boolean);
}

// form: of its split, shown once that is asked for.
export function opened({ incident, place, events, calls, parts }, { words, form, mine, turn, place: toPlace, unjoin, split, unsplit }) {
  const state = incident.taken_by ? words.t("taken-by", { by: words.who(incident.taken_by) }) : words.t("untaken");
  const where = place?.grid_name ?? place?.grid_code ?? (incident.lng === null ? words.t("unplaced") : words.t("no-grid"));
  const standing = parts.filter((part) => part.status !== "withdrawn");
  return el("div", {},
    el("h2", {}, stored(about(incident))),
    el("p", {}, stored(`${clock(incident.reported_at)} · ${incident.source} · ${where} · ${state}`)),
    calls.length ? el("h3", { text: words.t("calls", { count: calls.length }) }) : null,
    el("ul", {}, ...calls.map((call) => el("li", {}, stored(`${clock(call.reported_at)} · ${about(call)}`),
      el("button", { type: "button", text: words.t("unjoin"), on: { click: () => unjoin(call) } })))),
    standing.length ? el("h3", { text: words.t("parts", { count: standing.length }) }) : null,
    el("ul", {}, ...standing.map((part) => el("li", {}, stored(about(part))))),
    el("p", { class: "acts" },
      ...(incident.status === "open" ? handling(incident, { words, mine, turn, toPlace }) : []),
      incident.status === "open" ? el("button", { type: "button", text: words.t("split"), on: { click: split } }) : null,
      standing.length ? el("button", { type: "button", text: words.t("unsplit"), on: { click: () => unsplit() } }) : null),
    form,
    events.length ? el("h3", { text: words.t("history") }) : null,
    el("ul", { class: "history" }, ...[...events].reverse().map((one) =>
      el("li", {}, stored(`${clock(one.at)} · ${words.t(`event-${one.what}`)} · ${words.who(one.actor)}`)))));
}
