// What could not be sent for want of a network, kept in this browser and sent again. Each letter bears a number of its
// own: one that arrived although its answer was lost is kept once.

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
  async send(path, said) {
    const body = { ...said, source_id: number() };
    try {
      await this.site.post(path, body);
      return true;
    } catch (error) {
      if (error.status) throw error;
      this.all = [...this.all, { path, body }];
      return false;
    }
  }

  // One after another, as they were written. What the server refuses stays, is told, and keeps no other back.
  async retry() {
    let refused = null;
    for (const letter of this.all) {
      try {
        await this.site.post(letter.path, letter.body);
        this.all = this.all.filter((one) => one.body.source_id !== letter.body.source_id);
      } catch (error) {
        if (!error.status) throw error; // the network is still away
        refused ??= error;
      }
    }
    if (refused) throw refused;
  }
}

function number() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
}
