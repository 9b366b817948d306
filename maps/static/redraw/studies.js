// A draft beside the past and beside the plan in force: last year's incidents, what moved, and what a publication did.
import { el, stored } from "../dom.js";

export class Studies {
  constructor({ ask, bench, site, words }) {
    Object.assign(this, { ask, bench, site, words });
  }

  async replay() {
    const draft = this.bench.active;
    if (!draft) return;
    const told = await this.site.get(`/plans/${draft.id}/replay`);
    const { words } = this;
    const digits = (value) => (value === null || value === undefined ? "—" : words.decimal(value, 2));
    const codes = [...new Set([...Object.keys(told.before.load), ...Object.keys(told.after.load)])].sort();
    this.ask.show(words.t("replay-title", { name: draft.plan.community_name }),
      table([words.t("measure"), words.t("before"), words.t("after")], [
        [words.t("gini"), digits(told.before.gini), digits(told.after.gini)],
        [words.t("max-mean"), digits(told.before.max_over_mean), digits(told.after.max_over_mean)],
      ]),
      table([words.t("grid"), words.t("before"), words.t("after")], codes.map((code) =>
        [draft.short(code), words.number(told.before.load[code] ?? 0), words.number(told.after.load[code] ?? 0)])));
  }

  async diff() {
    const draft = this.bench.active;
    if (!draft) return;
    const told = await this.site.get(`/plans/${draft.id}/diff`);
    const { words } = this;
    this.ask.show(words.t("diff-title", { name: draft.plan.community_name }),
      el("p", { text: words.t("diff-moved", { households: words.number(told.households), residents: words.number(told.residents), buildings: words.number(told.buildings_count) }) }),
      table([words.t("building"), words.t("from"), words.t("to"), words.t("households")], told.buildings.map((one) =>
        [one.label ?? one.building_id, one.from_grid ?? "—", one.to_grid ?? "—", words.number(one.households)])));
  }

  published(done) {
    const { words } = this;
    this.ask.show(words.t("published-title"),
      el("p", { text: done.said }),
      done.posts_left.length ? el("h3", { text: words.t("posts-left") }) : null,
      done.posts_left.length ? el("ul", {}, ...done.posts_left.map((post) => el("li", {}, stored(post.person ?? "—"), ` ${post.grid_code} → ${post.successors.join("、") || "—"}`))) : null,
      done.grids_without_officer.length ? el("p", { class: "wrong", text: `${words.t("without-officer")} ${done.grids_without_officer.join("、")}` }) : null);
  }
}

function table(heads, rows) {
  return el("table", { class: "plain" },
    el("thead", {}, el("tr", {}, ...heads.map((text) => el("th", { scope: "col", text })))),
    el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...cells.map((text, i) => (i ? el("td", { text }) : el("th", { scope: "row" }, stored(String(text)))))))));
}
