// What a dispatcher does, from the words to the record; the parts (box, pin, report, same, placing, list) are given to it.
import { brief, card } from "./card.js";
import { opened } from "./opened.js";
import { isolated } from "./said.js";

const FOLLOW_MS = 120;

export class Desk {
  constructor({ at, words, site, said, me }) {
    Object.assign(this, { at, words, site, said, me });
    this.spot = {};
    this.asked = 0;
  }

  // Refusals are said, not thrown: undefined comes of them.
  async attempt(act) {
    try {
      return await act();
    } catch (error) {
      this.said.failed(error);
      return undefined;
    }
  }

  // A candidate, or nothing for a place that nobody knows yet.
  chosen(hit, q) {
    this.said.tell("");
    this.hideOpened();
    if (hit && hit.lng === null) return this.said.tell(hit.why);
    if (!hit) return this.unplaced(q);
    const { lng, lat, radius_m } = hit;
    const building_id = radius_m ? undefined : (hit.building_id ?? undefined);
    const unit = hit.parts?.unit;
    // Where the words say more than a name (对面, 旁边) they are the place; else the name is what everybody can read.
    const address = radius_m ? q : hit.said + (unit ? this.words.t("unit", { unit }) : "");
    this.spot = { lng, lat, radius_m, unit, building_id, address, said: q, chosen: { kind: hit.kind, key: hit.key } };
    this.box.fold();
    this.pin.put(this.spot, radius_m);
    if (this.placing.one) this.placing.ready({ focus: true });
    else this.write();
    return this.show();
  }

  unplaced(q) {
    if (this.placing.one) return;
    this.asked++;
    this.spot = { address: q, said: q };
    this.box.fold();
    this.pin.away();
    this.at("card").hidden = true;
    this.said.tell(this.words.t("kept-unplaced"));
    this.write();
  }

  // A call that is recorded is over: the next place begins another.
  write() {
    if (this.report.begun && !this.report.made) this.report.keep();
    else this.report.begin();
    this.compare();
  }

  // Moved, the place is what the pin says: no longer the building, nor the candidate that the words meant.
  moved({ lng, lat }) {
    this.spot = { lng, lat, address: this.spot.address, said: this.spot.said };
    if (this.openedOne && !this.placing.one) this.placing.start(this.openedOne);
    if (this.placing.one) this.placing.ready({ focus: false });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.show();
      this.compare();
    }, FOLLOW_MS);
  }

  async show() {
    const turn = ++this.asked;
    const { lng, lat, radius_m, unit, building_id } = this.spot;
    const { category } = this.report.begun ? this.report.said() : {};
    const answer = await this.attempt(() => this.site.get("/card", { lng, lat, radius_m, unit, building_id, category }));
    if (!answer || turn !== this.asked) return; // the pin has moved on
    this.spot.grid = answer.place?.grid_name ?? answer.place?.grid_code ?? answer.office;
    this.at("card").replaceChildren(card(answer, this.words));
    this.at("card").hidden = false;
    this.at("spoken").textContent = brief(answer, this.words);
    await this.attempt(() => this.pin.around(answer.place?.community_code));
  }

  compare() {
    if (!this.report.begun || this.placing.one) return;
    const { lng, lat, building_id, said } = this.spot;
    const { category, note } = this.report.said();
    const words = lng === undefined ? [said, note].filter(Boolean).join(" ") : note;
    this.same.later({ lng, lat, building_id, category, words, exclude: this.report.made?.id });
  }

  async record() {
    if (!this.report.begun) return;
    const { category, note } = this.report.said();
    if (!category && !note) {
      this.said.failed(new Error(this.words.t("say-something")));
      return this.report.focus();
    }
    const made = await this.attempt(() => this.report.record());
    if (!made) return;
    const where = made.lng === null ? this.words.t("unplaced") : (this.spot.grid ?? this.words.t("nowhere"));
    this.said.tell(this.words.t("recorded", { where: isolated(where) }));
    this.report.hide();
    this.compare();
    this.box.ready();
  }

  // The call is recorded first, and joined then: whatever happens in between, it is not lost.
  async join(to = this.same.current()) {
    if (!to || !this.report.begun) return;
    const call = await this.attempt(() => this.report.record());
    if (!call) return;
    const told = await this.attempt(() => this.joined(call, to));
    if (!told) return;
    const mine = told.calls.find((one) => one.id === call.id);
    this.report.end();
    this.same.clear();
    this.said.tell(this.words.t("joined", { count: told.calls.length }), mine && (() => this.unjoin(mine)));
    this.box.ready();
  }

  async joined(call, to) {
    try {
      return await this.site.post(`/incidents/${call.id}/join`, { to, version: call.version, by: this.me() });
    } catch (error) {
      if (error.incident?.id === call.id) this.report.made = error.incident;
      throw error;
    }
  }

  async unjoin(call) {
    const told = await this.attempt(() => this.site.post(`/incidents/${call.id}/unjoin`, { version: call.version, by: this.me() }));
    if (!told) return;
    this.said.tell(this.words.t("unjoined"));
    if (this.openedOne) await this.open(this.openedOne.id);
  }

  // Of two who take the same, one has it; the other is told who.
  async turn(one, act) {
    const seen = act === "release" ? { version: one.version } : {};
    const done = await this.attempt(() => this.site.post(`/incidents/${one.id}/${act}`, { by: this.me(), ...seen }));
    if (done) this.said.tell(this.words.t(act === "take" ? "taken" : "released"));
  }

  async open(id) {
    const told = await this.attempt(() => this.site.get(`/incidents/${id}`));
    if (!told) return;
    this.rest();
    const { lng, lat } = told.incident;
    this.openedOne = told.incident;
    this.at("opened").replaceChildren(opened(told, { words: this.words, unjoin: (call) => this.unjoin(call) }));
    this.at("opened").hidden = false;
    this.at("opened").scrollIntoView({ block: "nearest" });
    if (lng === null) return;
    this.spot = { lng, lat };
    this.pin.put(this.spot);
    await this.show();
  }

  // P: the next place that is chosen is this incident's.
  async replace(one) {
    await this.open(one.id);
    if (!this.openedOne) return;
    this.placing.start(this.openedOne);
    this.box.clear();
    this.box.ready();
  }

  async place() {
    const told = await this.attempt(() => this.placing.send(this.spot, this.me()));
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

  anew() {
    this.rest();
    this.box.clear();
    this.said.tell("");
    this.at("box").focus();
  }
}
