// What a grid is coloured and compared by, and why it may have no number: no data, fewer than five people, a base too
// small for a rate, or counts that are kept back in a file that may be mailed.

import { classOf, classify } from "./classes.js";

export const FEW = -1;
export const SMALLEST_BASE = 100; // residents
export const MISSING = ["no-data", "few", "small-base", "kept-back"];
export const DIGITS = { households: 0, residents: 0, incidents: 0, rate: 1 };

export class Metrics {
  constructor({ data, state, sums, territory }) {
    Object.assign(this, { data, state, sums, territory });
    state.on(["from", "to", "kind", "category"], () => (this.counted = null));
  }

  get filter() {
    const get = (key) => this.state.get(key);
    return { from: get("from"), to: get("to"), kind: get("kind"), category: get("category") };
  }

  get name() {
    const by = this.state.get("by");
    return this.available().includes(by) ? by : "load-households";
  }

  // People in blues, what happened in oranges.
  get hue() {
    return ["incidents", "rate"].includes(this.name) ? "warm" : "cool";
  }

  available() {
    const counted = ["load-households", "load-residents", "households", "residents"];
    return this.data.incidents ? [...counted, "incidents", "rate"] : counted;
  }

  // { value } or { missing }.
  of(row, name = this.name) {
    const metric = name.replace("load-", "");
    if (metric === "incidents") return this.incidents(row);
    if (metric === "rate") return this.rate(row);
    const value = row[metric];
    if (value === null || value === undefined) return { missing: "no-data" };
    return value === FEW ? { missing: "few" } : { value };
  }

  incidents(row) {
    if (!this.data.incidents) return { missing: "no-data" };
    this.counted ??= this.sums.byGrid(this.filter);
    const count = this.counted.get(row.code);
    return count === null ? { missing: "kept-back" } : { value: count ?? 0 };
  }

  rate(row) {
    const count = this.incidents(row);
    const people = this.of(row, "residents");
    if (count.missing) return count;
    if (people.missing === "no-data") return people;
    if (people.missing || people.value < SMALLEST_BASE) return { missing: "small-base" };
    return { value: (1000 * count.value) / people.value };
  }

  // The classes of what is shown, and which of them each row is in; by load: the class against the size rule.
  classes(rows) {
    const name = this.name;
    if (name.startsWith("load-")) {
      const metric = name.slice(5);
      return { names: rows.map((row) => (this.of(row).missing === "few" ? "few" : row.load[metric])) };
    }
    const found = rows.map((row) => this.of(row));
    const digits = DIGITS[name];
    const classes = classify(found.filter((one) => !one.missing).map((one) => one.value), { method: this.state.get("classes"), digits });
    return { classes, names: found.map((one) => one.missing ?? `${this.hue}-${classOf(one.value, classes, digits)}`) };
  }
}
