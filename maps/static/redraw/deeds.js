// What is done to the draft that is worked on, by button or key; what the server says against it is said to the reader.
import { PATIENCE_MS } from "../site.js";
import { NEW } from "./bench.js";

export class Deeds {
  constructor({ bench, ask, words, said }) {
    Object.assign(this, { bench, ask, words, said });
  }

  async edit(draft, operations) {
    return this.told(draft, () => this.bench.edit(draft, operations), () => this.edit(draft, operations));
  }

  undo() {
    const draft = this.bench.active;
    return draft?.undo ? this.told(draft, () => this.bench.undo(draft)) : this.said.tell(this.words.t("nothing-to-undo"));
  }

  redo() {
    const draft = this.bench.active;
    return draft?.redo ? this.told(draft, () => this.bench.redo(draft)) : this.said.tell(this.words.t("nothing-to-redo"));
  }

  // A draft that somebody else changed is read again; one that is another's may be taken over.
  async told(draft, act, again = act) {
    const late = setTimeout(() => this.said.tell(this.words.t("working")), PATIENCE_MS);
    try {
      const { said } = await act();
      clearTimeout(late);
      this.said.tell(said);
      return true;
    } catch (error) {
      clearTimeout(late);
      const stale = error.kind === "draft-stale" && (await this.bench.again(draft).catch(() => null));
      this.said.failed(stale ? new Error(this.words.t("draft-stale")) : error);
      if (error.kind !== "draft-owned") return false;
      this.said.undo = async () => {
        this.bench.takeOver(draft);
        await again();
        return true;
      };
      this.said.button.hidden = false;
      return false;
    }
  }

  get chosen() {
    const { active: draft, target } = this.bench;
    if (draft && target !== NEW) return { draft, code: target, grid: draft.grid(target) };
    this.said.tell(this.words.t("choose-grid"));
    return null;
  }

  async split() {
    const found = this.chosen;
    if (!found) return;
    const { t } = this.t;
    const entered = await this.ask.fields(t("split-title", { name: found.grid.name ?? found.code }), [
      { name: "n", label: t("split-into"), type: "number", min: 2, max: 20, value: 2, required: true },
    ]);
    if (entered) await this.edit(found.draft, [{ op: "split", grid: found.code, n: Number(entered.n) }]);
  }

  get t() {
    return { t: (key, params) => this.words.t(key, params) };
  }

  lock() {
    const found = this.chosen;
    if (found) this.edit(found.draft, [{ op: found.grid.locked ? "unlock" : "lock", grid: found.code }]);
  }

  async rename() {
    const found = this.chosen;
    if (!found) return;
    const { t } = this.t;
    const entered = await this.ask.fields(t("rename-title", { code: found.code }), [
      { name: "name", label: t("name"), value: found.grid.name ?? "", maxlength: 100, required: true },
    ]);
    if (entered) await this.edit(found.draft, [{ op: "rename", grid: found.code, name: entered.name }]);
  }

  async renumber() {
    const draft = this.bench.active;
    if (!draft) return;
    const { t } = this.t;
    if (await this.ask.fields(t("renumber-title"), [], t("renumber-note"))) await this.edit(draft, [{ op: "renumber", all: true }]);
  }

  async dedicate() {
    const found = this.chosen;
    if (!found) return;
    if (found.grid.kind === "dedicated") {
      this.edit(found.draft, [{ op: "undedicate", grid: found.code }]);
      return;
    }
    const { t } = this.t;
    const entered = await this.ask.fields(t("dedicate-title"), [
      { name: "name", label: t("name"), value: found.grid.name ?? "", maxlength: 100, required: true },
      { name: "reason", label: t("reason"), maxlength: 500, required: true },
    ], t("dedicate-note"));
    if (entered) await this.edit(found.draft, [{ op: "dedicate", grid: found.code, ...entered }]);
  }

  async redraw() {
    const draft = this.bench.active;
    if (!draft) return;
    const { t } = this.t;
    const entered = await this.ask.fields(t("draw-title"), [
      { name: "n", label: t("how-many"), type: "number", min: 1, max: 99 },
    ], t("redraw-note"));
    if (!entered) return;
    this.said.tell(t("drawing"));
    await this.edit(draft, [{ op: "draw", n: Number(entered.n) || null }]);
  }

  // What alone is more than a grid may have no moving about mends; cut it is only if the planner says so, each by name.
  async offerOpening(draft) {
    const large = [...draft.blocks.values()].filter((block) => {
      const grid = draft.grid(block.properties.grid_code);
      const { households, residents } = block.properties;
      return grid?.limits && !grid.locked && (households > grid.limits.households[1] || residents > grid.limits.residents[1]);
    });
    if (!large.length) return;
    const label = ({ id, properties: { estate, households, residents } }) => this.words.t("too-large-which", { name: estate ?? id, households, residents });
    const entered = await this.ask.fields(this.words.t("too-large-title"),
      large.map((block) => ({ name: block.id, label: label(block), type: "checkbox", value: "yes" })), this.words.t("too-large-note"));
    const wanted = entered ? large.filter((block) => entered[block.id]).map((block) => ({ op: "open_block", block: block.id })) : [];
    if (wanted.length) await this.edit(draft, [...wanted, { op: "mend" }]);
  }

  mend() {
    const draft = this.bench.active;
    if (!draft) return;
    this.said.tell(this.words.t("mending"));
    Promise.resolve(this.edit(draft, [{ op: "mend" }])).then((done) => done && this.offerOpening(draft));
  }
}
