// A hotline's sheet: looked at first, then imported; what somebody must choose comes back as a workbook.
import { el, stored } from "../dom.js";

const SHOWN = 20;

export class Sheet {
  constructor({ section, site, words, failed, me }) {
    Object.assign(this, { site, words, failed, me });
    [this.file, this.line, this.list, this.take, this.open] = ["input", "p", "ol", "[data-act=import]", "[data-act=open]"]
      .map((part) => section.querySelector(part));
    this.file.addEventListener("change", () => this.look());
    this.take.addEventListener("click", () => this.bring());
    this.open.addEventListener("click", () => this.save());
  }

  // A file that is chosen is looked at; nothing is imported by that.
  look() {
    return this.file.files.length ? this.ask({ dry_run: "true" }) : this.clear();
  }

  bring() {
    return this.ask({});
  }

  async ask(how) {
    const [file] = this.file.files;
    this.clear();
    this.line.textContent = this.words.t("sheet-looking");
    try {
      const done = await this.site.upload("/calls", { file_name: file.name, by: this.me(), ...how }, file);
      this.show(done);
    } catch (error) {
      this.clear();
      this.line.textContent = error.message;
    }
  }

  show(done) {
    const { rows, good } = done.counts;
    const key = done.written ? "sheet-done" : "sheet-seen";
    this.line.textContent = this.words.t(key, { rows, good, added: done.added, open: rows - good });
    this.list.replaceChildren(...done.open.slice(0, SHOWN).map((row) =>
      el("li", {}, stored(row.key), " ", el("span", { class: "why" }, stored([row.reason, ...row.candidates].join("\n"))))));
    this.take.hidden = done.written || !done.added;
    this.open.hidden = rows === good;
  }

  // The rows that are open, to be completed and handed over again.
  async save() {
    const [file] = this.file.files;
    try {
      const book = await this.site.upload("/calls/open.xlsx", { file_name: file.name, by: this.me() }, file, (reply) => reply.blob());
      const link = el("a", { href: URL.createObjectURL(book), download: `${file.name.replace(/\.\w+$/, "")}-${this.words.t("sheet-to-choose")}.xlsx` });
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      this.failed(error);
    }
  }

  clear() {
    this.line.textContent = "";
    this.list.replaceChildren();
    this.take.hidden = this.open.hidden = true;
  }
}
