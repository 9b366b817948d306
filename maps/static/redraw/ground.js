// What there is to draw plans on, in words: communities, buildings, roads; and what is lacking. Communities are on the map
// until drafts are open, which show their own.
import { el } from "../dom.js";

const OUTLINE = { color: "#12283d", weight: 2.5, opacity: 0.6, fill: false, interactive: false };
const MOST = 1000; // outlines that are shown

export class GroundFacts {
  constructor({ box, site, words, map, bench, failed, shown }) {
    Object.assign(this, { box, site, words, map, bench, shown, communities: [], layer: L.layerGroup().addTo(map) });
    bench.on("opened", () => (bench.drafts.size ? this.layer.remove() : this.layer.addTo(map)));
    this.outlines().catch(failed);
  }

  async outlines() {
    const { features } = await this.site.get("/regions", { level: "community", geometry: true, limit: MOST });
    this.layer.clearLayers();
    for (const { geometry } of features) if (geometry) L.geoJSON(geometry, { style: OUTLINE, pane: "communities", interactive: false }).addTo(this.layer);
  }

  async read() {
    const told = await this.site.get("/plans/ground");
    this.shown(told);
    const { words } = this;
    const outlined = told.communities.filter((one) => one.outline);
    const drawn = outlined.filter((one) => one.in_force).length;
    const number = (key, params) => words.t(key, Object.fromEntries(Object.entries(params).map(([name, value]) => [name, words.number(value)])));
    const uncounted = told.communities.reduce((sum, one) => sum + one.uncounted, 0);
    const bare = outlined.filter((one) => !one.buildings && !one.in_force).length;
    this.communities = outlined;
    this.box.replaceChildren(
      outlined.length ? el("p", { text: number("ground-there", { ...told, communities: outlined.length, drawn }) }) : "",
      ...told.lacking.map((what) => el("p", { class: "wrong", text: words.t(`lacking-${what}`) })),
      bare && !told.lacking.includes("buildings") ? el("p", { class: "wrong", text: number("ground-bare", { n: bare }) }) : "",
      uncounted ? el("p", { class: "soft", text: number("ground-uncounted", { n: uncounted }) }) : "");
    return outlined;
  }
}
