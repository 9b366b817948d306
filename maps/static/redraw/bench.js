// The drafts that are open, the one that is worked on and the grid that takes what is painted. Every change is the
// server's: it is asked in turn, and the page shows what it answers.
import { Draft } from "./draft.js";

export const NEW = null; // the target of painting that is no grid yet

export class Bench {
  constructor({ site, me }) {
    Object.assign(this, { site, me, drafts: new Map(), active: null, target: NEW, listeners: {} });
    this.turn = Promise.resolve();
  }

  // what: opened, changed, target. Heard with the draft, and for "changed" what the server answered.
  on(what, listener) {
    (this.listeners[what] ??= []).push(listener);
  }

  tell(what, ...told) {
    for (const listener of this.listeners[what] ?? []) listener(...told);
  }

  async open(ids) {
    const found = await Promise.all(ids.map((id) => this.site.get(`/plans/${id}/layers`)));
    this.drafts = new Map(found.map((layers) => [layers.plan.id, new Draft(layers)]));
    this.choose([...this.drafts.values()][0] ?? null);
    this.tell("opened");
  }

  async again(draft) {
    const fresh = new Draft(await this.site.get(`/plans/${draft.id}/layers`));
    this.drafts.set(draft.id, fresh);
    if (this.active === draft) this.active = fresh;
    this.tell("opened", fresh);
    return fresh;
  }

  choose(draft, target = draft?.codes[0] ?? NEW) {
    this.active = draft;
    this.aim(target);
  }

  aim(code) {
    this.target = code;
    this.tell("target");
  }

  // Operations on one draft, after all that was asked before; rejects with what the server says against them.
  edit(draft, operations) {
    return this.ask(draft, "operations", { operations });
  }

  undo(draft) {
    return this.ask(draft, "undo", {});
  }

  redo(draft) {
    return this.ask(draft, "redo", {});
  }

  ask(draft, what, body) {
    const asked = this.turn.then(() => this.post(draft, what, body));
    this.turn = asked.catch(() => {}); // said by whoever asked; the next may go on
    return asked;
  }

  async post({ id }, what, body) {
    const draft = this.drafts.get(id);
    const said = { version: draft.version, by: this.me(), take_over: this.taking === id, ...body };
    try {
      const changed = await this.site.post(`/plans/${id}/${what}`, said);
      this.taking = undefined;
      if (changed.version > draft.version + 1) return await this.caughtUp(draft, changed); // it was counted again meanwhile
      draft.change(changed);
      if (draft === this.active && this.target !== NEW && !draft.grids.has(this.target)) this.aim(draft.codes[0] ?? NEW);
      this.tell("changed", draft, changed);
      return changed;
    } catch (error) {
      this.tell("refused", draft, error);
      throw error;
    }
  }

  async caughtUp(draft, changed) {
    const fresh = await this.again(draft);
    this.tell("changed", fresh, { ...changed, grids: [], gone: [], blocks: [], blocks_gone: [] });
    return changed;
  }

  // Drafts that are open and whose ground is another now, after what was asked before.
  refresh(ids) {
    const open = ids.filter((id) => this.drafts.has(id));
    const read = this.turn.then(() => Promise.all(open.map((id) => this.again(this.drafts.get(id)))));
    this.turn = read.catch(() => {});
    return read;
  }

  // The next edit takes the draft over from whoever has it.
  takeOver(draft) {
    this.taking = draft.id;
  }
}
