// A draft into force: what is still in the way, with an approved reason for what may stay, and from when.
import { el } from "../dom.js";

export class Publishing {
  constructor({ dialog, bench, site, words, me, said, ended, failed }) {
    Object.assign(this, { dialog, bench, site, words, me, said, ended, failed });
  }

  ask() {
    const drafts = [...this.bench.drafts.values()];
    const blocking = new Map();
    for (const badge of drafts.flatMap((draft) => draft.badges))
      if (badge.severity === "blocking") blocking.set(badge.code, { title: badge.title, n: (blocking.get(badge.code)?.n ?? 0) + 1 });
    const t = (key, params) => this.words.t(key, params);
    // What was not changed need not be published again, unless it is the only one that is open.
    const which = drafts.map((draft) => el("label", { class: "check" },
      el("input", { type: "checkbox", name: "plan", value: draft.id, checked: draft.undo > 0 || drafts.length === 1 }),
      el("span", { text: [draft.plan.community_name, t("draft-of", { n: draft.id }), draft.undo ? t("steps", { n: draft.undo }) : t("untouched")].join(" · ") })));
    const reasons = [...blocking].map(([code, { title, n }]) => el("label", {},
      el("span", { text: `${title} × ${n}` }), el("input", { name: `why-${code}`, maxlength: 500, placeholder: t("exception-hint") })));
    const form = el("form", { method: "dialog" },
      el("h2", { text: t("publish-title") }), el("div", { class: "which" }, ...which),
      blocking.size ? el("p", { class: "wrong", text: t("blocking-open") }) : el("p", { text: t("nothing-blocks") }), ...reasons,
      el("label", {}, el("span", { text: t("since") }), el("input", { type: "datetime-local", name: "since" })),
      el("p", { class: "soft", text: t("since-hint") }),
      el("p", { class: "acts" }, el("button", { type: "submit", class: "main", text: t("publish") }),
        el("button", { type: "button", text: t("not"), on: { click: () => this.dialog.close() } })));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(form, drafts, [...blocking.keys()]).catch((error) => this.wrong(form, error));
    });
    this.dialog.replaceChildren(form);
    this.dialog.showModal();
  }

  async send(form, drafts, codes) {
    const chosen = new Set([...form.querySelectorAll('[name="plan"]:checked')].map((box) => Number(box.value)));
    const plans = drafts.filter((draft) => chosen.has(draft.id)).map((draft) => ({ id: draft.id, version: draft.version }));
    if (!plans.length) return;
    const exceptions = codes.map((code) => ({ code, reason: form.elements[`why-${code}`].value.trim() })).filter((one) => one.reason);
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
