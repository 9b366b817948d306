// A draft into force: what is still in the way, with an approved reason for what may stay (all of a kind, or the one of some
// grids or an estate), and from when.
import { el, stored } from "../dom.js";

const FEW = 6; // findings of a kind that are told one by one without being asked for

export class Publishing {
  constructor({ dialog, bench, site, words, me, said, ended, failed }) {
    Object.assign(this, { dialog, bench, site, words, me, said, ended, failed });
  }

  async ask() {
    const drafts = [...this.bench.drafts.values()];
    if (!drafts.length) return;
    // A copy that was not changed need not be published again, unless it is the only one that is open.
    const chosen = (draft) => draft.undo > 0 || draft.plan.copied_from === null || drafts.length === 1;
    const told = await Promise.all(drafts.filter(chosen).map((draft) => this.site.get(`/plans/${draft.id}/obstacles`)));
    const t = (key, params) => this.words.t(key, params);
    const which = drafts.map((draft) => el("label", { class: "check" },
      el("input", { type: "checkbox", name: "plan", value: draft.id, checked: chosen(draft) }),
      el("span", { text: [draft.plan.community_name, t("draft-of", { n: draft.id }), draft.undo ? t("steps", { n: draft.undo }) : t("untouched")].join(" · ") })));
    this.reasons = [];
    const rows = [...this.kinds(told.flatMap((one) => one.findings)), ...this.lacking(told.flatMap((one) => one.lacking))];
    const form = el("form", { method: "dialog" },
      el("h2", { text: t("publish-title") }), el("div", { class: "which" }, ...which),
      rows.length ? el("p", { class: "wrong", text: t("blocking-open") }) : el("p", { text: t("nothing-blocks") }), ...rows,
      ...(rows.length ? [this.field("number", { maxlength: 200 }), this.field("day", { type: "date" })] : []),
      el("label", {}, el("span", { text: t("since") }), el("input", { type: "datetime-local", name: "since" })),
      el("p", { class: "soft", text: t("since-hint") }),
      el("p", { class: "acts" }, el("button", { type: "submit", class: "main", text: t("publish") }),
        el("button", { type: "button", text: t("not"), on: { click: () => this.dialog.close() } })));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(form, drafts).catch((error) => this.wrong(form, error));
    });
    this.dialog.replaceChildren(form);
    this.dialog.showModal();
  }

  field(name, more) {
    return el("label", {}, el("span", { text: this.words.t(`exception-${name}`) }), el("input", { name: `approval-${name}`, autocomplete: "off", ...more }));
  }

  // A reason for all of a kind, and beneath it one for each.
  kinds(findings) {
    const kinds = new Map();
    for (const one of findings) kinds.set(one.code, [...(kinds.get(one.code) ?? []), one]);
    return [...kinds].map(([code, all]) => {
      if (all.length === 1) {
        const [one] = all;
        return el("div", { class: "exception" }, el("p", { class: "wrong" }, stored(one.text)), this.reason(`why-${code}`, this.words.t("exception-one"), { code, ...meant(one) }));
      }
      const each = all.map((one) => this.reason(`why-${code}-${one.codes.join("-")}`, stored(one.text), { code, ...meant(one) }));
      const whole = this.reason(`why-${code}`, this.words.t("exception-all", { title: all[0].title, n: all.length }), { code });
      return el("div", { class: "exception" }, whole, el("details", { open: all.length <= FEW }, el("summary", { text: this.words.t("exception-more") }), ...each));
    });
  }

  lacking(codes) {
    const name = (code) => (code.startsWith("stage-") ? this.words.t("lacking-stage", { name: this.words.t(code) }) : this.words.t(`lacking-${code}`));
    return [...new Set(codes)].map((code) => el("div", { class: "exception" }, this.reason(`why-${code}`, name(code), { code })));
  }

  reason(name, title, approval) {
    const input = el("input", { name, maxlength: 500, autocomplete: "off", placeholder: this.words.t("exception-hint") });
    this.reasons.push({ input, approval });
    return el("label", {}, el("span", {}, title), input);
  }

  async send(form, drafts) {
    const chosen = new Set([...form.querySelectorAll('[name="plan"]:checked')].map((box) => Number(box.value)));
    const plans = drafts.filter((draft) => chosen.has(draft.id)).map((draft) => ({ id: draft.id, version: draft.version }));
    if (!plans.length) return;
    const paper = { number: form.elements["approval-number"]?.value.trim() || null, day: form.elements["approval-day"]?.value || null };
    const exceptions = this.reasons.map(({ input, approval }) => ({ ...approval, ...paper, reason: input.value.trim() })).filter((one) => one.reason);
    const since = form.elements.since.value || null;
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      const done = await this.site.post("/plans/publish", { plans, by: this.me(), since, exceptions });
      this.dialog.close();
      this.ended(done);
    } finally {
      button.disabled = false;
    }
  }

  wrong(form, error) {
    form.querySelector(".failed")?.remove();
    form.querySelector(".acts").before(el("p", { class: "failed", role: "alert", text: error.message }));
  }
}

// Which finding an approval means: the one of an estate, else of its grids.
function meant({ codes, params }) {
  return params?.estate ? { estate: params.estate } : { grids: codes };
}
