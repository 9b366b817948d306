// What changed hands with the last edit: households, buildings, who answers for them.
import { el, stored } from "../dom.js";

const SHOWN = 8;

export class Hands {
  constructor({ box, bench, words }) {
    Object.assign(this, { box, words });
    bench.on("changed", (draft, changed) => this.draw(draft, changed));
    bench.on("opened", () => this.box.replaceChildren());
  }

  draw(draft, { said, moved }) {
    const { words } = this;
    const grid = (code) => (code ? draft.short(code) : "—");
    const homes = moved.buildings.slice(0, SHOWN).map((one) => el("li", {},
      stored(one.label ?? one.building_id),
      el("span", { text: ` ${grid(one.from_grid)} → ${grid(one.to_grid)} · ${words.t("households-n", { n: words.number(one.households) })}` })));
    const rest = moved.buildings_count - homes.length;
    this.box.replaceChildren(...[
      el("p", { class: "told", text: said }),
      moved.officers?.length ? el("p", {}, words.t("officers-told"), ...moved.officers.flatMap(({ grid_code: code, people }, i) =>
        [i ? "；" : "", `${grid(code)} `, people.length ? stored(people.join("、")) : words.t("no-officer")])) : null,
      homes.length ? el("ul", {}, ...homes, rest > 0 ? el("li", { text: words.t("and-more", { n: words.number(rest) }) }) : null) : null,
    ].filter(Boolean));
  }
}
