// What could not be sent for want of a network, kept in this browser and sent again.

const KEPT = "wangge-walk-outbox";

export class Outbox {
  constructor({ site, changed }) {
    Object.assign(this, { site, changed });
    addEventListener("online", () => this.retry().catch(() => {})); // it stays kept
  }

  get all() {
    return JSON.parse(localStorage.getItem(KEPT) ?? "[]");
  }

  set all(letters) {
    localStorage.setItem(KEPT, JSON.stringify(letters));
    this.changed();
  }

  get size() {
    return this.all.length;
  }

  // Whether it arrived; what the server refuses is an error.
  async send(path, body) {
    try {
      await this.site.post(path, body);
      return true;
    } catch (error) {
      if (error.status) throw error;
      this.all = [...this.all, { path, body }];
      return false;
    }
  }

  // One after another, as they were written; stops where the network is still away.
  async retry() {
    while (this.size) {
      const [{ path, body }, ...rest] = this.all;
      await this.site.post(path, body);
      this.all = rest;
    }
  }
}
