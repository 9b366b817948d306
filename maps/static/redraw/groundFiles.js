// 基础数据: communities, buildings, roads as files, looked at until they are imported. The server keeps the file and what was
// said of it; the page shows what it answers.
import { el, stored } from "../dom.js";
import { TOLD, told } from "../told.js";
import { GroundForm } from "./groundForm.js";
import { GroundFound } from "./groundFound.js";
import { GroundPlot } from "./groundPlot.js";
import { together } from "./zip.js";

const MOST_MB = 64;
const HASH = /^#ground=(\d+)$/;
const LAYERS = ".zip,.gpkg,.kml,.kmz,.geojson,.json,.dxf,.fgb,.shp,.shx,.dbf,.prj,.cpg";
const TABLES = ".xlsx,.xls,.csv,.tsv,.txt";
const NOUNS = ["regions", "buildings", "roads", "rivers", "bridges", "greens"];
const WANTED = ["regions", "buildings", "roads"]; // what a first plan is drawn on
const PAST = 10;

export class GroundFiles {
  // imported: what is done once something has come in.
  constructor({ at, map, site, words, me, said, failed, asks, imported }) {
    Object.assign(this, { at, site, words, me, said, asks, imported, turn: Promise.resolve(), rows: new Map() });
    this.failed = (error) => {
      failed(error);
      at("status").scrollIntoView({ block: "nearest" }); // on a phone it is far above
    };
    this.plot = new GroundPlot(map);
    this.form = new GroundForm({ form: at("ground-form"), words, say: (change) => this.say(change).catch(this.failed) });
    this.found = new GroundFound({ sum: at("ground-sum"), box: at("ground-found"), words });
    at("ground-nouns").replaceChildren(...NOUNS.map((noun) => this.noun(noun)));
    at("ground-accept").addEventListener("click", () => this.accept().catch(this.failed));
    at("ground-later").addEventListener("click", () => this.leave(words.t("ground-kept")));
    at("ground-discard").addEventListener("click", () => this.discard(this.told).catch(this.failed));
    at("ground-going").querySelector("button").addEventListener("click", () => this.asked?.abort());
  }

  get t() {
    return (key, params) => this.words.t(key, params);
  }

  // One kind: how much of it there is, and the way to bring more; files may be dropped on it, too.
  noun(noun) {
    const there = el("small");
    const accept = noun === "regions" || noun === "buildings" ? `${LAYERS},${TABLES}` : LAYERS;
    const input = el("input", { type: "file", id: `ground-file-${noun}`, multiple: true, accept, hidden: true, "aria-label": this.t("ground-choose-of", { what: this.t(`noun-${noun}`) }), on: { change: () => this.chosen(noun, input) } });
    const button = el("button", { type: "button", id: `ground-choose-${noun}`, text: this.t("ground-choose"), "aria-label": this.t("ground-choose-of", { what: this.t(`noun-${noun}`) }), on: { click: () => input.click() } });
    const row = el("li", {}, el("span", { class: "name" }, el("b", { text: this.t(`noun-${noun}`) }), there, el("small", { class: "hint", text: this.t(`ground-hint-${noun}`) })), button, input);
    row.addEventListener("dragover", (event) => event.preventDefault());
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation(); // else it is taken for a plan
      this.send(noun, [...event.dataTransfer.files]).catch(this.failed);
    });
    this.rows.set(noun, { there, button, row });
    return row;
  }

  // What GET /plans/ground tells: beside each kind, and what comes next.
  facts(ground) {
    const counts = { ...ground, regions: ground.communities.length, buildings: ground.buildings };
    for (const noun of NOUNS) {
      const { there, row } = this.rows.get(noun);
      const n = counts[noun];
      there.textContent = n === undefined ? "" : n ? this.t(`ground-has-${noun}`, { n: this.words.number(n) }) : this.t("ground-has-none");
      row.classList.toggle("done", n > 0);
    }
    const next = ground.lacking.includes("outlines") ? "regions" : WANTED.find((noun) => !counts[noun]);
    for (const [noun, { button }] of this.rows) button.classList.toggle("main", noun === next);
    this.next = next;
    if (next === "regions" || next === "buildings") this.at("ground-data").open = true;
  }

  // The one that the address names, where it names one.
  async resume() {
    const [, id] = HASH.exec(location.hash) ?? [];
    if (id) this.show(await this.site.get(`/ground/imports/${id}`));
  }

  async list() {
    const { imports } = await this.site.get("/ground/imports");
    const [waiting, past] = [imports.filter((one) => !one.imported_at), imports.filter((one) => one.imported_at)];
    const [list, box] = [this.at("ground-waiting"), this.at("ground-past")];
    list.hidden = !waiting.length;
    list.replaceChildren(...waiting.map((one) => this.row(one)));
    if (waiting.length) this.at("ground-data").open = true;
    box.hidden = !past.length;
    box.querySelector("ul").replaceChildren(...past.slice(0, PAST).map((one) => this.done(one)));
  }

  row(one) {
    const named = `${one.file} ${one.id}`;
    return el("li", {}, el("span", { class: "name" }, stored(one.file), el("small", {}, `${this.t("ground-waits", { what: this.t(`noun-${one.noun}`) })} · `, stored(one.created_by), ` · ${this.words.moment(one.created_at)}`)),
      el("button", { type: "button", text: this.t("import-open"), "aria-label": `${this.t("import-open")} ${named}`, on: { click: () => this.go(one.id).catch(this.failed) } }),
      el("button", { type: "button", text: this.t("ground-discard"), "aria-label": `${this.t("ground-discard")} ${named}`, on: { click: () => this.discard(one).catch(this.failed) } }));
  }

  done(one) {
    const figures = this.found.figures(one.result, "ground-did");
    return el("li", {}, el("span", { class: "name" }, stored(one.file), el("small", {}, `${this.t(`noun-${one.noun}`)} · `, stored(one.imported_by), ` · ${this.words.moment(one.imported_at)} · ${figures}`)),
      one.open ? el("a", { href: `/ground/imports/${one.id}/open.xlsx`, download: true, text: this.t("ground-open-rows") }) : null);
  }

  async go(id) {
    this.said.tell(this.t("ground-looking"));
    this.show(await this.site.get(`/ground/imports/${id}`));
  }

  chosen(noun, input) {
    const files = [...input.files];
    input.value = ""; // the same file may be chosen again, mended
    this.send(noun, files).catch(this.failed);
  }

  async send(noun, files) {
    if (!files.length) return;
    const { name, body } = await together(files);
    if (!body) throw new Error(this.t("import-two"));
    if (body.size > MOST_MB * 1024 * 1024) throw new Error(this.t("ground-too-large", { mb: MOST_MB }));
    this.said.tell(this.t("ground-sending", { name }));
    const query = new URLSearchParams({ noun, file_name: name, ...(this.me() ? { by: this.me() } : {}) });
    const found = await this.work(`/ground/imports?${query}`, body, "application/octet-stream");
    if (found) this.show(found);
  }

  // Long work, with how far it is and a way to stop it; nothing (undefined) where it was stopped.
  async work(path, body, type) {
    const asked = (this.asked = new AbortController());
    const [line, bar] = this.at("ground-going").children;
    const tell = ({ said, done, of }) => {
      this.at("ground-going").hidden = false;
      line.textContent = of > 1 ? this.t("ground-far", { said, of: this.words.number(of) }) : said;
      if (of && done) Object.assign(bar, { max: of, value: done });
      else bar.removeAttribute("value");
    };
    try {
      const options = { method: "POST", body, headers: { "content-type": type, accept: TOLD }, signal: asked.signal };
      return await this.site.send(path, options, (reply) => told(reply, tell, this.site.away));
    } catch (error) {
      if (!asked.signal.aborted) throw error;
      this.said.tell(this.t("ground-stopped"));
      return undefined;
    } finally {
      this.at("ground-going").hidden = true;
    }
  }

  // Something else is said of the file: what comes of it is shown, after all that was said before.
  say(change) {
    const asked = this.turn.then(async () => {
      if (!this.told) return;
      this.said.tell(this.t("ground-looking"));
      const wishes = { ...this.told.wishes, ...(typeof change === "function" ? change(this.told.wishes) : change) };
      try {
        const found = await this.work(`/ground/imports/${this.told.id}/preview`, JSON.stringify(wishes), "application/json");
        if (found) this.show(found);
        else this.form.draw(this.told);
      } catch (error) {
        this.form.draw(this.told); // what can't be said is not kept
        throw error;
      }
    });
    this.turn = asked.catch(() => {});
    return asked;
  }

  show(found) {
    const began = this.told?.id !== found.id;
    this.told = found;
    document.body.dataset.importing = "";
    this.at("import").hidden = true;
    this.at("ground-import").hidden = false;
    history.replaceState(null, "", `#ground=${found.id}`);
    this.at("ground-what").textContent = this.t("ground-what", { what: this.t(`noun-${found.noun}`) });
    this.at("ground-name").textContent = found.file;
    this.at("ground-problem").hidden = !found.problem;
    this.at("ground-problem").textContent = found.problem ?? "";
    this.form.draw(found);
    this.found.draw(found);
    this.plot.draw(found, began);
    this.at("ground-accept").disabled = !found.ready;
    if (began) this.at("ground-import").querySelector("h2").focus();
    this.said.tell(this.state(found));
  }

  state({ needs, ready, noun, figures, counts }) {
    if (needs.length) return this.t(`ground-need-${needs[0]}`);
    if (!ready) return this.t("ground-not-ready");
    const rows = counts.find((one) => one.state === "rows")?.count ?? 0;
    return this.t("ground-looked", { what: this.t(`noun-${noun}`), rows: this.words.number(rows), added: this.words.number(figures.added) });
  }

  async accept() {
    const { id, seen, wishes, noun } = this.told;
    this.at("ground-accept").disabled = true;
    this.said.tell(this.t("ground-accepting"));
    try {
      const done = await this.work(`/ground/imports/${id}/accept`, JSON.stringify({ ...wishes, seen, by: this.me() || null }), "application/json");
      if (!done) return;
      this.close();
      await this.imported(noun);
      await this.list();
      this.said.tell(this.t("ground-done", { what: this.t(`noun-${noun}`), text: done.text }));
      (this.next ? this.rows.get(this.next).button : this.at("draw")).focus();
    } finally {
      this.at("ground-accept").disabled = !this.told?.ready;
    }
  }

  async discard({ id, file }) {
    const sure = await this.asks.fields(this.t("import-discard-title", { name: file }), [], this.t("ground-discard-note"));
    if (!sure) return;
    const by = this.me();
    await this.site.send(`/ground/imports/${id}${by ? `?${new URLSearchParams({ by })}` : ""}`, { method: "DELETE" });
    await this.leave(this.t("import-discarded", { name: file }));
  }

  leave(why) {
    const noun = this.told?.noun ?? NOUNS[0];
    this.close();
    this.said.tell(why);
    this.rows.get(noun).button.focus();
    return this.list().catch(this.failed);
  }

  close() {
    this.told = null;
    this.plot.clear();
    this.at("ground-import").hidden = true;
    this.at("import").hidden = false;
    delete document.body.dataset.importing;
    history.replaceState(null, "", location.pathname + location.search);
  }
}
