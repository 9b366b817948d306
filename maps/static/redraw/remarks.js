// What people say of a draft, pinned to places: colleagues, residents, objections, notes from walking a border.
import { el, stored } from "../dom.js";

const KINDS = ["comment", "view", "objection", "walk"];
const MOST_PHOTO_BYTES = 5_000_000;

export class Remarks {
  constructor({ map, box, dialog, bench, site, words, me, said }) {
    Object.assign(this, { map, box, dialog, bench, site, words, me, said });
    this.pins = L.layerGroup().addTo(map);
    bench.on("opened", () => this.read().catch((error) => said.failed(error)));
    bench.on("target", () => this.follow());
  }

  // Those of the draft that is worked on; read again when it is another.
  follow() {
    if (this.bench.active?.id !== this.of) this.read().catch((error) => this.said.failed(error));
  }

  async read() {
    const draft = this.bench.active;
    this.of = draft?.id;
    const { comments } = draft ? await this.site.get(`/plans/${draft.id}/comments`) : { comments: [] };
    if (this.of !== draft?.id) return;
    this.pins.clearLayers();
    this.box.replaceChildren(...comments.map((one, i) => this.row(one, i)));
    if (draft && !comments.length) this.box.append(el("li", { class: "soft", text: this.words.t("no-remarks") }));
    comments.forEach((one, i) => this.pin(one, i));
  }

  pin({ lng, lat, kind, answer }, i) {
    if (lng === null) return;
    const icon = L.divIcon({ className: `remark ${kind} ${answer ? "answered" : ""}`, html: el("span", { text: i + 1 }), iconSize: [24, 24] });
    L.marker([lat, lng], { icon, keyboard: false, pane: "chosen", interactive: false }).addTo(this.pins);
  }

  row(one, i) {
    const t = (key, params) => this.words.t(key, params);
    const who = [one.name ?? this.words.who(one.actor), this.words.moment(one.at)].join(" · ");
    return el("li", { class: one.kind },
      el("p", {}, el("b", { text: `${i + 1} ${t(`remark-${one.kind}`)} ` }), stored(one.said)),
      el("p", { class: "soft" }, stored(who), one.contact ? ` ${one.contact}` : "", one.photo ? el("a", { href: one.photo, target: "_blank", rel: "noopener", text: ` ${t("photo")}` }) : null),
      one.answer ? el("p", {}, `${t("answered")} `, stored(one.answer)) : null,
      el("p", { class: "row" },
        one.lng === null ? null : el("button", { type: "button", text: t("show-place"), on: { click: () => this.map.setView([one.lat, one.lng], Math.max(this.map.getZoom(), 17), { animate: false }) } }),
        one.answer ? null : el("button", { type: "button", text: t("answer"), on: { click: () => this.answer(one) } })));
  }

  ask(draft, place, code) {
    const t = (key, params) => this.words.t(key, params);
    const select = el("select", { name: "kind" }, ...KINDS.map((kind) => el("option", { value: kind, text: t(`remark-${kind}`) })));
    const form = el("form", { method: "dialog" }, el("h2", { text: t("remark-title", { name: draft.title(code) }) }),
      el("label", {}, el("span", { text: t("remark-kind") }), select),
      el("label", {}, el("span", { text: t("remark-said") }), el("textarea", { name: "said", maxlength: 2000, required: true, rows: 3 })),
      el("label", {}, el("span", { text: t("remark-name") }), el("input", { name: "name", maxlength: 100, autocomplete: "off" })),
      el("label", {}, el("span", { text: t("remark-contact") }), el("input", { name: "contact", maxlength: 100, autocomplete: "off" })),
      el("label", {}, el("span", { text: t("photo") }), el("input", { name: "photo", type: "file", accept: "image/jpeg,image/png", capture: "environment" })),
      el("p", { class: "acts" }, el("button", { type: "submit", class: "main", text: t("do") }), el("button", { type: "button", text: t("not"), on: { click: () => this.dialog.close() } })));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(form, draft, place, code).catch((error) => this.wrong(form, error.message));
    });
    this.dialog.replaceChildren(form);
    this.dialog.showModal();
    form.elements.said.focus();
  }

  async send(form, draft, { lng, lat }, code) {
    const value = (name) => form.elements[name].value.trim() || null;
    const [file] = form.elements.photo.files;
    if (file && file.size > MOST_PHOTO_BYTES) return this.wrong(form, this.words.t("photo-too-large"));
    const body = { kind: form.elements.kind.value, said: value("said"), name: value("name"), contact: value("contact"), grid_code: code, lng, lat, by: this.me() };
    await this.site.post(`/plans/${draft.id}/comments`, { ...body, photo: file ? await base64(file) : null });
    this.dialog.close();
    this.said.tell(this.words.t("remark-kept"));
    return this.read();
  }

  wrong(form, text) {
    form.querySelector(".failed")?.remove();
    form.querySelector(".acts").before(el("p", { class: "failed", role: "alert", text }));
  }

  answer(one) {
    const t = (key) => this.words.t(key);
    const form = el("form", { method: "dialog" }, el("h2", { text: t("answer-title") }), el("p", {}, stored(one.said)),
      el("label", {}, el("span", { text: t("answer") }), el("textarea", { name: "answer", maxlength: 2000, required: true, rows: 3 })),
      el("p", { class: "acts" }, el("button", { type: "submit", class: "main", text: t("do") }), el("button", { type: "button", text: t("not"), on: { click: () => this.dialog.close() } })));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.site.post(`/plans/${one.plan_id}/comments/${one.id}/answer`, { answer: form.elements.answer.value.trim(), by: this.me() })
        .then(() => {
          this.dialog.close();
          return this.read();
        })
        .catch((error) => this.wrong(form, error.message));
    });
    this.dialog.replaceChildren(form);
    this.dialog.showModal();
  }
}

function base64(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
}
