// Where dispatchers' answers were corrected, and incidents on boundaries or outside: what the plan in force got wrong.
import { el, stored } from "../dom.js";

const MARKS = { corrected: ["#b3400b", 8], boundary: ["#4a1d6b", 6], outside: ["#12283d", 6] };
const MOST = 2000;

export class Corrections {
  constructor(map, { box, bench, site, words, failed }) {
    Object.assign(this, { map, box, bench, site, words });
    this.layer = L.layerGroup();
    box.parentElement.append(...Object.entries(MARKS).map(([kind, [colour]]) => {
      const dot = el("span", { class: "dot" });
      dot.style.backgroundColor = colour;
      return el("span", { class: "key" }, dot, words.t(`feedback-${kind}`));
    }));
    box.addEventListener("change", () => this.show().catch(failed));
    bench.on("opened", () => box.checked && this.show().catch(failed));
  }

  async show() {
    this.layer.clearLayers();
    if (!this.box.checked) return this.layer.remove();
    const communities = [...this.bench.drafts.values()].map((draft) => draft.plan.community_code);
    const one = communities.length === 1 ? communities[0] : undefined;
    const { features } = await this.site.get("/feedback", { under: one, limit: MOST });
    for (const { geometry, properties } of features) {
      const [colour, radius] = MARKS[properties.kind];
      const [lng, lat] = geometry.coordinates;
      const mark = L.circleMarker([lat, lng], { radius, color: "#ffffff", weight: 1.5, fillColor: colour, fillOpacity: 0.95, pane: "chosen" });
      mark.bindTooltip(el("span", {}, `${this.words.t(`feedback-${properties.kind}`)} × ${properties.count} `, stored(properties.place ?? "")));
      this.layer.addLayer(mark);
    }
    return this.layer.addTo(this.map);
  }
}
