// 导入方案: a plan drawn elsewhere, looked at until it is accepted as drafts. The server keeps the file and what was said of
// it; the page shows what it answers.
import { el, stored } from "../dom.js";
import { ImportAreas } from "./importAreas.js";
import { ImportFaults } from "./importFaults.js";
import { ImportForm } from "./importForm.js";
import { ImportPlot } from "./importPlot.js";
import { together } from "./zip.js";

const MOST_MB = 64;
const HASH = /^#import=(\d+)$/;

export class Importing {
  // open: what is done with the drafts that come of it. reread: the lists of what there is.
  constructor({ at, map, site, words, me, said, failed, asks, open }) {
    Object.assign(this, { at, site, words, me, said, asks, open, turn: Promise.resolve() });
    this.failed = (error) => {
      failed(error);
      at("status").scrollIntoView({ block: "nearest" }); // on a phone it is far above
    };
    this.plot = new ImportPlot(map, { words });
    const say = (change) => this.say(change).catch(this.failed);
    this.form = new ImportForm({ form: at("import-form"), words, say });
    this.faults = new ImportFaults({ box: at("import-found"), words, plot: this.plot });
    this.areas = new ImportAreas({ box: at("import-areas"), words, plot: this.plot, say });
    at("import-choose").addEventListener("click", () => at("import-files").click());
    at("import-files").addEventListener("change", (event) => this.chosen(event.target));
    at("import-accept").addEventListener("click", () => this.accept().catch(this.failed));
    at("import-later").addEventListener("click", () => this.leave(words.t("import-kept")));
    at("import-discard").addEventListener("click", () => this.discard(this.told).catch(this.failed));
    this.dropping(at("opening"));
  }

  // The one that the address names, where it names one.
  async resume() {
    const [, id] = HASH.exec(location.hash) ?? [];
    if (id) this.show(await this.site.get(`/plans/imports/${id}`));
  }

  async list() {
    const { imports } = await this.site.get("/plans/imports");
    const list = this.at("imports");
    list.hidden = !imports.length;
    list.replaceChildren(...imports.map((one) => this.row(one)));
  }

  row(one) {
    const t = (key, params) => this.words.t(key, params);
    const named = `${one.file} ${one.id}`;
    return el("li", {}, el("span", { class: "name" }, stored(one.file), el("small", {}, `${t("import-waiting")} · `, stored(this.words.who(one.created_by)), ` · ${this.words.moment(one.created_at)}`)),
      el("button", { type: "button", text: t("import-open"), "aria-label": `${t("import-open")} ${named}`, on: { click: () => this.go(one.id).catch(this.failed) } }),
      el("button", { type: "button", text: t("import-discard"), "aria-label": `${t("import-discard")} ${named}`, on: { click: () => this.discard(one).catch(this.failed) } }));
  }

  async go(id) {
    this.said.tell(this.words.t("import-looking"));
    this.show(await this.site.get(`/plans/imports/${id}`));
  }

  dropping(section) {
    section.addEventListener("dragover", (event) => event.preventDefault());
    section.addEventListener("drop", (event) => {
      event.preventDefault();
      this.send([...event.dataTransfer.files]).catch(this.failed);
    });
  }

  chosen(input) {
    const files = [...input.files];
    input.value = ""; // the same file may be chosen again, mended
    this.send(files).catch(this.failed);
  }

  async send(files) {
    if (!files.length) return;
    const { name, body } = await together(files);
    if (!body) throw new Error(this.words.t("import-two"));
    if (body.size > MOST_MB * 1024 * 1024) throw new Error(this.words.t("import-too-large", { mb: MOST_MB }));
    this.said.tell(this.words.t("import-sending", { name }));
    const query = new URLSearchParams({ file_name: name, ...(this.me() ? { by: this.me() } : {}) });
    const headers = { "content-type": "application/octet-stream" };
    this.show(await this.site.send(`/plans/imports?${query}`, { method: "POST", body, headers }));
  }

  // Something else is said of the file: what comes of it is shown, after all that was said before.
  say(change) {
    const asked = this.turn.then(async () => {
      if (!this.told) return;
      this.said.tell(this.words.t("import-looking"));
      const wishes = { ...this.told.wishes, ...(typeof change === "function" ? change(this.told.wishes) : change) };
      try {
        this.show(await this.site.post(`/plans/imports/${this.told.id}/preview`, wishes));
      } catch (error) {
        this.form.draw(this.told); // what can't be said is not kept
        throw error;
      }
    });
    this.turn = asked.catch(() => {});
    return asked;
  }

  show(told) {
    const began = this.told?.id !== told.id;
    this.told = told;
    document.body.dataset.importing = "";
    history.replaceState(null, "", `#import=${told.id}`);
    this.at("import-name").textContent = told.file;
    this.form.draw(told);
    this.faults.draw(told);
    this.areas.draw(told);
    this.plot.draw(told, began);
    this.at("import-accept").disabled = !told.ready;
    if (began) this.at("import").querySelector("h2").focus();
    this.said.tell(this.state(told));
  }

  state({ needs, grids, remaining }) {
    const t = (key, params) => this.words.t(key, params);
    if (needs.length) return t("import-asked", { what: needs.map((one) => t(`import-need-${one}`)).join(this.words.lang === "zh" ? "、" : ", ") });
    return t("import-looked", { areas: grids.features.length, faults: remaining.filter(({ severity }) => severity !== "note").length });
  }

  async accept() {
    const { id, seen, wishes } = this.told;
    this.at("import-accept").disabled = true;
    this.said.tell(this.words.t("import-accepting"));
    try {
      const body = { ...wishes, seen, by: this.me(), name: this.at("import-call").value.trim() || null };
      const { plans } = await this.site.post(`/plans/imports/${id}/accept`, body);
      this.close();
      await this.open(plans.map((plan) => plan.id));
      this.said.tell(this.words.t("import-accepted", { n: plans.length }));
    } catch (error) {
      this.at("import-accept").disabled = !this.told?.ready;
      throw error;
    }
  }

  async discard({ id, file }) {
    const sure = await this.asks.fields(this.words.t("import-discard-title", { name: file }), [], this.words.t("import-discard-note"));
    if (!sure) return;
    const by = this.me();
    await this.site.send(`/plans/imports/${id}${by ? `?${new URLSearchParams({ by })}` : ""}`, { method: "DELETE" });
    await this.leave(this.words.t("import-discarded", { name: file }));
  }

  leave(why) {
    this.close();
    this.said.tell(why);
    this.at("import-choose").focus();
    return this.list().catch(this.failed);
  }

  close() {
    this.told = null;
    this.plot.clear();
    delete document.body.dataset.importing;
    history.replaceState(null, "", location.pathname + location.search);
  }
}
