// What a dispatcher does, from the words to the record; the parts (box, pin, report, same, placing, list) are given to it.
import { brief, card } from "./card.js";
import { opened } from "./opened.js";
import { isolated } from "../said.js";

const FOLLOW_MS = 120;
const WIDE = ["road", "region"];

export class Desk {
  // unit: how the city's addresses write a unit, whatever the reader's language.
  constructor({ at, words, site, said, me, unit, actor }) {
    Object.assign(this, { at, words, site, said, me, unit, actor });
    this.spot = {};
    this.asked = 0;
    this.doing = new Set();
  }

  // Refusals are said, not thrown: undefined comes of them. Whoever was slower sees what the incident is now.
  async attempt(act) {
    try {
      return await act();
    } catch (error) {
      this.said.failed(error);
      if (error.incident) this.changed(error.incident);
      return undefined;
    }
  }

  // A key pressed twice is one change.
  async once(name, act) {
    if (this.doing.has(name)) return undefined;
    this.doing.add(name);
    try {
      return await this.attempt(act);
    } finally {
      this.doing.delete(name);
    }
  }

  // An incident is another than it was: what shows it shows that.
  changed(incident) {
    this.placing.update(incident);
    this.list.heard([incident.id]);
    if (this.openedOne?.id === incident.id) return this.look(incident.id);
  }

  // A candidate, or nothing for a place that nobody knows yet.
  chosen(hit, q) {
    this.said.tell("");
    this.hideOpened();
    if (hit && hit.lng === null && WIDE.includes(hit.kind)) return this.said.tell(hit.why);
    if (!hit || hit.lng === null) return this.unplaced(q, hit);
    const { lng, lat, radius_m } = hit;
    const building_id = radius_m ? undefined : (hit.building_id ?? undefined);
    const unit = hit.parts?.unit;
    // Where the words say more than a name (对面, 旁边) they are the place; else the name is what everybody can read.
    const address = radius_m ? q : hit.said + (unit ? this.unit.replace("{unit}", unit) : "");
    // Coordinates are recorded as they were told, with their datum; the pin stands where that is.
    const raw = hit.raw_lng === null ? undefined : { lng: hit.raw_lng, lat: hit.raw_lat, datum: hit.datum };
    this.spot = { lng, lat, raw, radius_m, unit, building_id, address, said: q, chosen: { kind: hit.kind, key: hit.key } };
    this.box.fold();
    this.pin.put(this.spot, radius_m);
    if (this.placing.one) this.placing.ready({ focus: true });
    else this.write();
    return this.show();
  }

  // Nobody knows the place yet: words alone, or a name of the ledger that has none.
  unplaced(q, hit) {
    if (this.placing.one) return;
    clearTimeout(this.timer);
    this.said.tell("");
    this.hideOpened();
    this.asked++;
    this.spot = hit ? { address: hit.said, said: q, chosen: { kind: hit.kind, key: hit.key } } : { address: q, said: q };
    this.box.fold();
    this.pin.away();
    this.at("card").hidden = true;
    this.said.tell([hit?.why, this.words.t("kept-unplaced")].filter(Boolean).join(" "));
    this.write();
  }

  // A call that is recorded is over: the next place begins another.
  write() {
    if (this.report.begun && !this.report.made && !this.report.recording) this.report.keep();
    else {
      this.same.clear();
      this.report.begin();
    }
    this.compare();
  }

  // Moved, the place is what the pin says: no longer the building, nor the candidate that the words meant.
  moved({ lng, lat }) {
    this.spot = { lng, lat, address: this.spot.address, said: this.spot.said };
    // The pin of an opened incident moves that incident; while a call is written it is the call's.
    if (this.openedOne && !this.placing.one && !this.report.begun) this.placing.start(this.openedOne);
    if (this.placing.one) this.placing.ready({ focus: false });
    clearTimeout(this.timer);
    this.at("card").setAttribute("aria-busy", "true");
    this.timer = setTimeout(() => {
      this.show();
      this.compare();
    }, FOLLOW_MS);
  }

  // Until the answer is there, nobody's telephone stands under a place that is not theirs.
  async show() {
    const turn = ++this.asked;
    this.at("card").setAttribute("aria-busy", "true");
    const { lng, lat, radius_m, unit, building_id } = this.spot;
    const { category } = this.report.begun ? this.report.said() : {};
    let answer;
    try {
      answer = await this.site.get("/card", { lng, lat, radius_m, unit, building_id, category });
    } catch (error) {
      if (turn !== this.asked) return;
      this.at("card").hidden = true;
      return this.said.failed(error);
    }
    if (turn !== this.asked) return; // the pin has moved on
    this.spot.office = answer.office;
    this.at("card").replaceChildren(card(answer, this.words));
    this.at("card").hidden = false;
    this.at("card").removeAttribute("aria-busy");
    this.at("spoken").textContent = brief(answer, this.words);
    await this.attempt(() => this.pin.around(answer.place?.community_code));
  }

  compare() {
    if (!this.report.begun || this.placing.one) return;
    const { lng, lat, building_id, said } = this.spot;
    const { category, note } = this.report.said();
    const words = lng === undefined ? [said, note].filter(Boolean).join(" ") : note;
    this.same.later({ lng, lat, building_id, category, words, exclude: this.report.made?.incident.id });
  }

  async record() {
    if (!this.report.begun) return;
    const { category, note } = this.report.said();
    if (!category && !note) {
      this.said.failed(new Error(this.words.t("say-something")));
      return this.report.focus();
    }
    const { number } = this.report;
    const { office } = this.spot;
    const made = await this.attempt(() => this.report.record());
    if (!made) return;
    const { incident, place } = made;
    const grid = place?.grid_name ?? place?.grid_code ?? office ?? this.words.t("nowhere");
    const where = isolated(incident.lng === null ? this.words.t("unplaced") : grid);
    const other = incident.category !== (category ?? null) || incident.note !== (note ?? null);
    if (made.repeated && other) this.said.failed(new Error(this.words.t("recorded-before", { where })));
    else this.said.tell(this.words.t("recorded", { where }));
    if (number !== this.report.number) return; // the next call has begun
    this.report.hide();
    this.compare();
    this.box.ready();
  }

  // The call is recorded first, and joined then: whatever happens in between, it is not lost.
  async join(to = this.same.current()) {
    if (!to || !this.report.begun) return;
    const { number } = this.report;
    const told = await this.once("join", async () => this.joined((await this.report.record()).incident, to));
    if (!told) return;
    const { calls } = told.main;
    const mine = calls.find((one) => one.id === told.call.id);
    this.said.tell(this.words.t("joined", { count: calls.length }), mine && (() => this.unjoin(mine)));
    if (number !== this.report.number) return; // the next call has begun
    this.report.end();
    this.same.clear();
    this.box.ready();
  }

  async joined(call, to) {
    try {
      return { call, main: await this.site.post(`/incidents/${call.id}/join`, { to, version: call.version, by: this.me() }) };
    } catch (error) {
      const { made } = this.report;
      if (made && made.incident.id === error.incident?.id) this.report.made = { ...made, incident: error.incident };
      throw error;
    }
  }

  async unjoin(call) {
    const told = await this.once("unjoin", () => this.site.post(`/incidents/${call.id}/unjoin`, { version: call.version, by: this.me() }));
    if (!told) return false;
    this.said.tell(this.words.t("unjoined"));
    if (this.openedOne) {
      await this.look(this.openedOne.id);
      this.at("opened").focus();
    }
    return true;
  }

  // Of two who take the same, one has it; the other is told who.
  async turn(one, act) {
    const seen = act === "release" ? { version: one.version } : {};
    const done = await this.once(one.id, () => this.site.post(`/incidents/${one.id}/${act}`, { by: this.me(), ...seen }));
    if (!done) return;
    this.said.tell(this.words.t(act === "take" ? "taken" : "released"));
    this.changed(done);
  }

  // Details of an incident, drawn anew; undefined where they can't be had.
  async look(id) {
    const told = await this.attempt(() => this.site.get(`/incidents/${id}`));
    if (!told) return undefined;
    this.openedOne = told.incident;
    this.placing.update(told.incident);
    const mine = told.incident.taken_by === (this.me() ?? this.actor);
    const acts = { mine, turn: (act) => this.turn(this.openedOne, act), place: () => this.replace(this.openedOne), unjoin: (call) => this.unjoin(call), split: () => this.splitting.start(), unsplit: () => this.unsplit() };
    this.at("opened").replaceChildren(opened(told, { words: this.words, form: this.splitting.of(id), ...acts }));
    this.at("opened").hidden = false;
    return told.incident;
  }

  // While a call is being written its place and words stay, only the details are shown.
  async open(id) {
    const { written } = this.report;
    if (!written) this.rest();
    const incident = await this.look(id);
    this.at("opened").scrollIntoView({ block: "nearest" });
    if (!incident || written || incident.lng === null) return incident;
    this.spot = { lng: incident.lng, lat: incident.lat };
    this.pin.put(this.spot);
    await this.show();
    return incident;
  }

  // S: what else the caller told becomes incidents of their own.
  async divide(one) {
    const incident = await this.open(one.id);
    if (incident && this.openedOne?.id === one.id) this.splitting.start();
  }

  async split(parts) {
    const one = this.openedOne;
    if (!one || !parts.length) {
      this.said.failed(new Error(this.words.t("say-something")));
      return false;
    }
    const told = await this.once("split", () => this.site.post(`/incidents/${one.id}/split`, { parts, version: one.version, by: this.me() }));
    if (!told) return false;
    this.said.tell(this.words.t("split-done", { count: parts.length }), () => this.unsplit(told.incident));
    this.splitting.id = undefined;
    await this.look(one.id);
    this.at("opened").focus();
    return true;
  }

  async unsplit(one = this.openedOne) {
    const told = await this.once("unsplit", () => this.site.post(`/incidents/${one.id}/unsplit`, { version: one.version, by: this.me() }));
    if (!told) return false;
    this.said.tell(this.words.t("unsplit-done"));
    if (this.openedOne) await this.look(this.openedOne.id);
    return true;
  }

  // P: the next place that is chosen is this incident's.
  async replace(one) {
    if (this.report.written) return this.said.failed(new Error(this.words.t("first-record")));
    const incident = await this.open(one.id);
    if (!incident || this.openedOne?.id !== one.id) return;
    this.placing.start(incident);
    this.box.clear();
    this.box.ready();
  }

  async place() {
    const told = await this.once("place", () => this.placing.send(this.spot, this.me()));
    if (!told) return;
    const where = told.place?.grid_name ?? told.place?.grid_code ?? this.words.t("no-grid");
    this.rest();
    this.said.tell(this.words.t("placed", { where: isolated(where) }));
    this.box.ready();
  }

  hideOpened() {
    if (this.placing.one) return;
    this.openedOne = undefined;
    this.at("opened").hidden = true;
  }

  // Nothing is begun, nothing is shown.
  rest() {
    clearTimeout(this.timer);
    this.asked++;
    this.report.end();
    this.same.clear();
    this.placing.end();
    this.hideOpened();
    this.spot = {};
    this.pin.away();
    this.at("card").hidden = true;
  }

  // A call that was being written can be had back.
  anew() {
    const draft = this.report.written ? { spot: this.spot, said: this.report.draft() } : null;
    this.rest();
    this.box.clear();
    if (draft) this.said.tell(this.words.t("dropped"), () => this.resume(draft));
    else this.said.tell("");
    this.at("box").focus();
  }

  resume({ spot, said }) {
    this.rest();
    this.spot = spot;
    this.report.resume(said);
    this.compare();
    if (spot.lng === undefined) return;
    this.pin.put(spot, spot.radius_m);
    this.show();
  }
}
