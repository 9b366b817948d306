// Which borders were in force when: plans begin and end on days, and a month shows those of its last day.

export class Eras {
  constructor({ data, state, language }) {
    Object.assign(this, { data, state, language });
    this.rows = [...data.grids, ...data.former];
  }

  // The last day of what is shown, as "2026-03-31"; that of the data where no month is chosen.
  get day() {
    const { asOf } = this.data;
    const to = this.state.get("to");
    if (!to) return asOf;
    const [year, month] = to.split("-").map(Number);
    const last = `${to}-${String(new Date(Date.UTC(year, month, 0)).getUTCDate()).padStart(2, "0")}`;
    return last < asOf ? last : asOf;
  }

  shows(row, day = this.day) {
    return (!row.since || row.since <= day || !this.data.former.length) && (!row.until || row.until > day);
  }

  // The grids in force then, those of before the first known plan included.
  inForce() {
    const { day } = this;
    const shown = this.rows.filter((row) => this.shows(row, day));
    return shown.length ? shown : this.data.grids;
  }

  say() {
    const { language, data, day } = this;
    const replaced = data.former.filter((row) => !this.shows(row, day) || row.until);
    if (!replaced.length) return "";
    const now = data.former.some((row) => this.shows(row, day));
    const changes = [...new Set(data.former.map((row) => row.until))].sort();
    return now ? language.t("era-former", { day, until: changes.find((one) => one > day) }) : language.t("era-present", { since: changes.at(-1) });
  }
}
