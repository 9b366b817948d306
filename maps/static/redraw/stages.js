// The life of a plan outside: walked, shown to the public, approved, registered; each with its day, number and file.
import { el, stored } from "../dom.js";

const STAGES = ["walked", "notice", "approved", "registered"];
const ACCEPTED = ".pdf,.ofd,.jpg,.jpeg,.png,.tif,.tiff,.doc,.docx,.xls,.xlsx,.wps,.et,.zip";
const DOCUMENTS = { walk: "walk.pdf", notice: "notice.pdf", "notice-png": "notice.png", register: "register.xlsx", report: "report.docx", sheets: "sheets.pdf" };

export class Stages {
  constructor({ dialog, bench, site, words, me, said }) {
    Object.assign(this, { dialog, bench, site, words, me, said });
  }

  async ask() {
    const draft = this.bench.active;
    if (!draft) return;
    const told = await this.site.get(`/plans/${draft.id}/stages`);
    this.draw(draft, told);
    if (!this.dialog.open) this.dialog.showModal();
  }

  draw(draft, { stages, missing, open_objections: objections, rules }) {
    const t = (key, params) => this.words.t(key, params);
    const gone = STAGES.map((stage) => {
      const rows = stages.filter((one) => one.stage === stage);
      const told = rows.map((one) => el("p", {}, stored([one.day, one.number, one.file ? null : one.file_name, one.note].filter(Boolean).join(" · ")), " ", this.file(one), el("small", {}, " ", stored(this.words.who(one.actor)))));
      const state = rows.length ? "" : t(missing.includes(stage) ? "stage-missing" : "stage-may-skip");
      return el("li", { class: rows.length ? "gone" : missing.includes(stage) ? "wanted" : "" }, el("b", { text: t(`stage-${stage}`) }), state ? el("span", { class: "soft", text: ` ${state}` }) : null, ...told);
    });
    const field = (name, more = {}) => el("label", {}, el("span", { text: t(`stage-${name}`) }), el("input", { name, autocomplete: "off", maxlength: 200, ...more }));
    const form = el("form", { method: "dialog" },
      el("label", {}, el("span", { text: t("stage-which") }), el("select", { name: "stage" }, ...STAGES.map((stage) => el("option", { value: stage, text: t(`stage-${stage}`) })))),
      field("day", { type: "date", required: true }), field("number"), field("file", { type: "file", accept: ACCEPTED }), field("note"),
      el("p", { class: "acts" }, el("button", { type: "submit", class: "main", text: t("stage-enter") }), el("button", { type: "button", text: t("close"), on: { click: () => this.dialog.close() } })));
    form.elements.stage.value = missing[0] ?? STAGES.find((stage) => !stages.some((one) => one.stage === stage)) ?? STAGES[0];
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.enter(draft, form).catch((error) => this.wrong(form, error.message));
    });
    this.dialog.replaceChildren(el("h2", { text: t("stages-title", { name: draft.plan.community_name }) }), el("ol", { class: "stages" }, ...gone),
      el("p", { class: objections ? "wrong" : "soft", text: t("stages-note", { n: objections, rules }) }), this.documents(draft), el("p", {}, el("a", { href: `/walk?lang=${this.words.lang}#${draft.id}`, target: "_blank", rel: "noopener", text: t("walk-page") })), form);
  }

  // What was handed over, to be saved.
  file({ file, file_name: name, file_bytes: bytes }) {
    if (!file) return null;
    const kb = this.words.number(Math.ceil(bytes / 1024));
    return el("a", { href: file, download: name }, stored(this.words.t("stage-file-kept", { name, kb })));
  }

  // What a plan produces; each opens beside the page, which stays as it is.
  documents(draft) {
    const link = ([name, file]) => el("li", {}, el("a", { href: `/plans/${draft.id}/documents/${file}?lang=${this.words.lang}`, target: "_blank", rel: "noopener", text: this.words.t(`document-${name}`) }));
    return el("section", { class: "documents" }, el("h3", { text: this.words.t("documents") }), el("ul", {}, ...Object.entries(DOCUMENTS).map(link)));
  }

  wrong(form, text) {
    form.querySelector(".failed")?.remove();
    form.querySelector(".acts").before(el("p", { class: "failed", role: "alert", text }));
  }

  async enter(draft, form) {
    const value = (name) => form.elements[name].value.trim() || null;
    const [file] = form.elements.file.files;
    const body = { stage: value("stage"), day: value("day"), number: value("number"), file_name: null, note: value("note"), by: this.me() };
    const entered = await this.site.post(`/plans/${draft.id}/stages`, body);
    this.said.tell(this.words.t("stage-entered"));
    let lost = null;
    if (file) {
      const query = this.me() ? { file_name: file.name, by: this.me() } : { file_name: file.name };
      await this.site.upload(`/plans/${draft.id}/stages/${entered.id}/file`, query, file).catch((error) => (lost = error));
    }
    await this.ask();
    if (lost) this.wrong(this.dialog.querySelector("form"), this.words.t("stage-file-failed", { why: lost.message }));
  }
}
