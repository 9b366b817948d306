// A hotline's sheet: looked at first, then imported; what somebody must choose comes back as a workbook.
import { el, stored } from "../dom.js";
import { TOLD, told } from "../told.js";

const SHOWN = 20;
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export class Sheet {
  constructor({ section, site, words, me }) {
    Object.assign(this, { site, words, me });
    [this.file, this.line, this.going, this.list, this.take, this.open] =
      ["input", "[role=status]", ".going", "ol", "[data-act=import]", "[data-act=open]"].map((part) => section.querySelector(part));
    this.file.addEventListener("change", () => this.look());
    this.take.addEventListener("click", () => this.bring());
    this.open.addEventListener("click", () => this.save());
  }

  // A file that is chosen is looked at; nothing is imported by that. Another one ends the look at the one before it.
  look() {
    this.asked?.abort();
    return this.file.files.length ? this.ask({ dry_run: "true" }) : this.clear();
  }

  async bring() {
    this.file.disabled = true;
    await this.ask({});
    this.file.disabled = false;
  }

  async ask(how) {
    const [file] = this.file.files;
    const asked = (this.asked = new AbortController());
    this.clear();
    this.line.textContent = this.words.t("sheet-looking");
    try {
      const query = { file_name: file.name, by: this.me(), with_sheet: "true", ...how };
      const read = (reply) => told(reply, (far) => asked.signal.aborted || this.tell(far), this.site.away);
      const done = await this.site.upload("/calls", query, file, read, { accept: TOLD, signal: asked.signal });
      if (!asked.signal.aborted) this.show(done);
    } catch (error) {
      if (asked.signal.aborted) return;
      this.clear();
      this.line.textContent = error.message;
    }
  }

  tell({ said, done, of }) {
    const [bar, line] = this.going.children;
    this.going.hidden = false;
    if (of) Object.assign(bar, { max: of, value: done });
    else bar.removeAttribute("value");
    line.textContent = of > 1 ? this.words.t("sheet-going", { said, done: this.words.number(done), of: this.words.number(of) }) : said;
  }

  show(done) {
    const { rows, good } = done.counts;
    const key = done.written ? "sheet-done" : "sheet-seen";
    this.clear();
    this.line.textContent = this.words.t(key, { rows, good, added: done.added, open: rows - good });
    this.list.replaceChildren(...done.open.slice(0, SHOWN).map((row) =>
      el("li", {}, stored(row.key), " ", el("span", { class: "why" }, stored([row.reason, ...row.candidates].join("\n"))))));
    this.take.hidden = done.written || !done.added;
    this.book = done.sheet;
    this.open.hidden = !this.book;
  }

  // The rows that are open, to be completed and handed over again.
  save() {
    const [file] = this.file.files;
    const bytes = Uint8Array.from(atob(this.book), (one) => one.charCodeAt(0));
    const href = URL.createObjectURL(new Blob([bytes], { type: XLSX }));
    el("a", { href, download: `${file.name.replace(/\.\w+$/, "")}-${this.words.t("sheet-to-choose")}.xlsx` }).click();
    URL.revokeObjectURL(href);
  }

  clear() {
    this.line.textContent = "";
    this.list.replaceChildren();
    this.going.hidden = this.take.hidden = this.open.hidden = true;
  }
}
