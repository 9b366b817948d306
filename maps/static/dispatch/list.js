// The live list: what is open, the newest first. The stream says what changed, and only that is asked for and drawn anew;
// where too much did, the list is read again.
import { el, stored } from "../dom.js";
import { changed } from "./listed.js";
import { brief, clock, parts, rover } from "./rows.js";

const GATHER_MS = 250;
const AGAIN_MS = 3000;
const MOST = 50;
const FEW = 100; // incidents that the service is asked for by their numbers
const FILTERS = {
  all: () => ({}),
  mine: (me) => ({ taken_by: me }),
  untaken: () => ({ taken: false }),
  unplaced: () => ({ placed: false }),
};

export class LiveList {
  constructor({ list, filters, more, further, site, words, names, me, acts, spoken }) {
    Object.assign(this, { list, filters, more, further, site, words, names, me, acts, spoken });
    this.seen = new Set();
    this.items = [];
    this.drawn = new Map();
    this.news = new Set();
    document.addEventListener("visibilitychange", () => this.wanted && this.looking());
    this.filter = "all";
    this.most = MOST;
    further.addEventListener("click", () => this.longer());
    rover(list, (event, row) => this.key(event, row));
    list.addEventListener("click", (event) => this.click(event));
    this.drawFilters();
  }

  drawFilters() {
    this.filters.replaceChildren(...Object.keys(FILTERS).map((name, n) =>
      el("button", { type: "button", "aria-pressed": String(name === this.filter), text: `${n + 1} ${this.words.t(`filter-${name}`)}`,
        on: { click: () => this.choose(name) } })));
  }

  choose(name) {
    const focused = this.filters.contains(document.activeElement);
    this.filter = name;
    this.most = MOST;
    this.seen.clear();
    this.drawFilters();
    if (focused) this.filters.querySelector("[aria-pressed=true]").focus();
    return this.read();
  }

  // Many changes together are one look.
  later(pause_ms = GATHER_MS) {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.looking();
    }, pause_ms);
  }

  // Much has changed, or nobody knows what: all of it is read again, in a little while.
  anew(pause_ms) {
    this.whole = true;
    this.later(pause_ms);
  }

  // These have changed: they alone are looked at, all together in a little while.
  heard(ids) {
    for (const id of ids) this.news.add(id);
    if (ids.length) this.later();
  }

  // One look at a time, and another afterwards where something changed meanwhile: news that come faster than answers
  // can't keep the list from being shown.
  read() {
    this.whole = true;
    return this.looking();
  }

  looking() {
    this.wanted = true;
    this.reading ??= this.looks();
    return this.reading;
  }

  // Behind another window nobody looks; what happened meanwhile is asked for when somebody does.
  async looks() {
    while (this.wanted && !document.hidden) {
      this.wanted = false;
      await this.look();
    }
    this.reading = undefined;
  }

  async look() {
    const { filter } = this;
    const query = FILTERS[filter](this.me());
    const ids = this.whole || !this.listed || this.news.size > this.most ? undefined : this.news;
    this.whole = false;
    this.news = new Set();
    try {
      const page = (ids && (await this.part(query, ids))) ?? (await this.pages(query));
      const codes = page.items.map((one) => one.grid_code).filter(Boolean);
      await this.names.learn(codes).catch(() => this.anew(AGAIN_MS)); // until then codes stand for names
      if (filter === this.filter) this.show(page);
    } catch (error) {
      this.whole = true;
      this.more.textContent = error.message; // beside what is shown, which may be old
      this.later(AGAIN_MS);
    }
  }

  // What is listed with what has changed; undefined where that can't be told from these alone.
  async part(query, ids) {
    if (!ids.size) return this.listed;
    const found = [];
    for (let left = [...ids]; left.length; left = left.slice(FEW)) {
      const page = await this.site.get("/incidents", { status: "open", limit: FEW, id: left.slice(0, FEW), ...query });
      found.push(...page.items);
    }
    return changed(this.listed, ids, found, this.most);
  }

  // As many pages as were asked for, each after the one before it.
  async pages(query) {
    const items = [];
    let after;
    do {
      const page = await this.site.get("/incidents", { status: "open", limit: MOST, after, ...query });
      items.push(...page.items);
      after = page.next ?? undefined;
    } while (after && items.length < this.most);
    return { items, next: after };
  }

  // The next page is added below, and stays while the list is read again.
  longer() {
    this.most += MOST;
    return this.read();
  }

  // Whoever walks the list by keyboard stays at the incident that they are at, or where it was.
  show(page) {
    const { items, next } = page;
    this.listed = page;
    const row = this.list.contains(document.activeElement) ? document.activeElement.closest("li") : null;
    const n = row ? [...this.list.children].indexOf(row) : -1;
    this.items = items;
    this.announce();
    this.draw(items);
    this.more.textContent = next ? this.words.t("more", { count: items.length }) : items.length ? "" : this.words.t("none");
    this.further.hidden = !next;
    if (row && !row.contains(document.activeElement)) (this.rowOf(row.dataset.id) ?? this.list.children[Math.min(n, items.length - 1)] ?? this.filters.firstElementChild).focus();
  }

  // Rows that say the same stay as they are: of 500 a few are drawn anew.
  draw(items) {
    const former = this.drawn;
    const [me, day] = [this.me(), new Date().toDateString()];
    this.drawn = new Map(items.map((one) => [one.id, this.kept(former.get(one.id), one, [me, day])]));
    for (const [id, { row }] of former) if (this.drawn.get(id)?.row !== row) row.remove();
    let at = this.list.firstElementChild;
    for (const { row } of this.drawn.values()) {
      if (row === at) at = at.nextElementSibling;
      else this.list.insertBefore(row, at);
    }
  }

  // What a row says follows from its version, who reads it, and the day.
  kept(drawn, one, more) {
    const said = [one.version, one.grid_code, this.names.of(one.grid_code), ...more].join(" ");
    return drawn?.said === said ? drawn : { said, row: this.row(one) };
  }

  // Whoever can't see the list hears that something came.
  announce() {
    const fresh = this.items.filter((one) => !this.seen.has(one.id));
    if (fresh.length && this.seen.size) this.spoken(this.words.t("came", { count: fresh.length }));
    for (const one of fresh) this.seen.add(one.id);
  }

  rowOf(id) {
    return [...this.list.children].find((row) => row.dataset.id === id);
  }

  row(one) {
    const { words } = this;
    const where = one.lng === null ? words.t("unplaced") : one.grid_code ? this.names.of(one.grid_code) : words.t("no-grid");
    const mine = one.taken_by === this.me();
    const who = one.taken_by && (mine ? words.t("mine") : words.t("taken-by", { by: words.who(one.taken_by) }));
    const button = (act) => el("button", { type: "button", tabindex: "-1", "data-act": act, text: words.t(act) });
    const row = el("li", { tabindex: "0", class: one.taken_by ? (mine ? "mine" : "others") : null },
      el("time", { datetime: one.reported_at, text: clock(one.reported_at) }), " ",
      ...what(one), " ", el("span", { class: one.lng === null ? "unplaced" : "where" }, stored(where)),
      who ? el("em", {}, stored(who)) : null,
      el("span", { class: "acts" }, one.taken_by && !mine ? null : button(mine ? "release" : "take"), button(one.lng === null ? "place" : "open")));
    row.dataset.id = one.id;
    return row;
  }

  focus() {
    (this.list.firstElementChild ?? this.filters.firstElementChild).focus();
  }

  key(event, row) {
    const act = { t: "take", r: "release", p: "place", s: "split", enter: "open" }[event.key.toLowerCase()];
    const filter = Object.keys(FILTERS)[Number(event.key) - 1];
    if (act) this.act(act, row.dataset.id);
    else if (filter) this.choose(filter);
    return Boolean(act || filter);
  }

  click(event) {
    const id = event.target.closest("li")?.dataset.id;
    const act = event.target.closest("[data-act]")?.dataset.act ?? "open";
    if (id) this.act(act, id);
  }

  async act(name, id) {
    const one = this.items.find((item) => item.id === id);
    if (name === "release" && one.taken_by && one.taken_by !== this.me()) name = "take"; // says who has it
    await this.acts[name](one);
    if (name === "take" || name === "release") {
      this.news.add(id);
      await this.looking();
    }
  }
}

function what(one) {
  const [first = one.source, ...others] = parts(one);
  return [el("strong", {}, stored(brief(first))), stored(brief(others.map((other) => ` · ${other}`).join("")))];
}
