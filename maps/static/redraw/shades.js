// What blocks are coloured by: their grid, or how much of something there is to a hectare. Oranges for what happened, blues
// for people (ColorBrewer, both colour-blind safe), five classes of as many blocks each.
import { polygons } from "./places.js";

const RAMPS = {
  load: ["#feedde", "#fdbe85", "#fd8d3c", "#e6550d", "#a63603"],
  households: ["#eff3ff", "#bdd7e7", "#6baed6", "#3182bd", "#08519c"],
};
const METRES = 111_320;

export class Shades {
  constructor({ select, legend, bench, words }) {
    Object.assign(this, { select, legend, bench, words, by: "grid", edges: [], listeners: [] });
    for (const by of ["grid", ...Object.keys(RAMPS)]) select.append(new Option(words.t(`by-${by}`), by));
    select.addEventListener("change", () => this.choose(select.value));
    bench.on("opened", () => this.measure());
  }

  on(listener) {
    this.listeners.push(listener);
  }

  choose(by) {
    this.by = by;
    this.measure();
    for (const listener of this.listeners) listener();
  }

  measure() {
    const ramp = RAMPS[this.by];
    this.edges = [];
    if (ramp) {
      const all = [...this.bench.drafts.values()].flatMap((draft) => [...draft.blocks.values()].map((block) => this.value(block))).filter((value) => value > 0).sort((a, b) => a - b);
      this.edges = all.length ? ramp.slice(1).map((_, i) => all[Math.floor((all.length * (i + 1)) / ramp.length)]) : [];
    }
    this.legend(ramp ? ramp.map((colour, i) => [colour, this.range(i)]) : [], this.by);
  }

  range(i) {
    const told = (value) => this.words.decimal(value, value < 10 ? 1 : 0);
    if (!this.edges.length) return this.words.t("no-data");
    if (i === 0) return `< ${told(this.edges[0])}`;
    return i === this.edges.length ? `≥ ${told(this.edges[i - 1])}` : `${told(this.edges[i - 1])} – ${told(this.edges[i])}`;
  }

  value(block) {
    return block.properties[this.by] / hectares(block.geometry);
  }

  // The colour of a block, null where grids give it.
  of(block) {
    const ramp = RAMPS[this.by];
    if (!ramp) return null;
    const value = this.value(block);
    return ramp[this.edges.filter((edge) => value >= edge).length];
  }
}

// By the even stretch of a degree there: enough to compare blocks of one city.
function hectares(geometry) {
  let twice = 0;
  let lat = 0;
  for (const rings of polygons(geometry))
    for (const ring of rings) {
      lat = ring[0][1];
      let own = 0;
      for (let i = 1; i < ring.length; i++) own += (ring[i - 1][0] - ring[0][0]) * (ring[i][1] - ring[0][1]) - (ring[i][0] - ring[0][0]) * (ring[i - 1][1] - ring[0][1]);
      twice += ring === rings[0] ? Math.abs(own) : -Math.abs(own);
    }
  return Math.max((twice / 2) * METRES * METRES * Math.cos((lat * Math.PI) / 180) / 1e4, 0.01);
}
