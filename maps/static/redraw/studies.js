// A draft beside the past and beside the plan in force: last year's incidents, what moved, and what a publication did.
import { el, stored } from "../dom.js";

export class Studies {
  constructor({ ask, bench, site, words, against }) {
    Object.assign(this, { ask, bench, site, words, against });
  }

  async replay() {
    const draft = this.bench.active;
    if (!draft) return;
    const { before, after, moved } = await this.site.get(`/plans/${draft.id}/replay`, { against: this.against.id });
    const { words } = this;
    const codes = [...new Set([...Object.keys(before.loads), ...Object.keys(after.loads)])].sort();
    const count = (loads, code) => (code in loads ? words.number(loads[code]) : "—");
    this.ask.show(words.t("replay-title", { name: draft.plan.community_name }),
      el("p", { text: words.t("replay-moved", { n: words.number(moved) }) }),
      table([words.t("measure"), this.against.title, words.t("draft")], [
        [words.t("gini"), this.digits(before.gini), this.digits(after.gini)],
        [words.t("max-mean"), this.digits(before.max_to_mean), this.digits(after.max_to_mean)],
      ]),
      table([words.t("grid"), this.against.title, words.t("draft")], codes.map((code) => [draft.short(code), count(before.loads, code), count(after.loads, code)])));
  }

  async diff() {
    const draft = this.bench.active;
    if (!draft) return;
    const told = await this.site.get(`/plans/${draft.id}/diff`, { against: this.against.id });
    const { words } = this;
    const [was, is] = told.scores;
    const short = (code) => (code ? draft.short(code) : "—");
    const changes = [
      ...told.new.map((code) => [short(code), words.t("diff-new")]), ...told.gone.map((code) => [short(code), words.t("diff-gone")]),
      ...Object.entries(told.renumbered).map(([from, to]) => [short(from), words.t("diff-renumbered", { to: short(to) })]),
      ...Object.entries(told.renamed).map(([code, [from, to]]) => [short(code), `${from} → ${to}`]),
    ];
    this.ask.show(words.t("diff-title", { name: draft.plan.community_name }),
      el("p", { text: words.t("diff-moved", { households: words.number(told.households), residents: words.number(told.residents), buildings: words.number(told.buildings.length) }) }),
      changes.length ? table([words.t("grid"), words.t("change")], changes) : null,
      table([words.t("measure"), this.against.title, words.t("draft")], ["evenness", "compactness", "on_lines"].map((name) =>
        [words.t(`score-${name.replace("_", "-")}`), this.digits(was[name]), this.digits(is[name])])),
      told.buildings.length ? table([words.t("building"), words.t("from"), words.t("to"), words.t("households")], told.buildings.map((one) =>
        [one.label ?? one.building_id, short(one.from_grid), short(one.to_grid), words.number(one.households)])) : null);
  }

  digits(value) {
    return value === null ? "—" : this.words.decimal(value, 3);
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
