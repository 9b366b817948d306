// Coordinates that name no datum, where their readings lie in different grids: each is drawn with what it would be, and
// the grids around, for a person to pick.
import { el, stored } from "../dom.js";

const L = window.L;

export class Readings {
  constructor({ words, around, failed }) {
    Object.assign(this, { words, around, failed });
  }

  // What is written beside a mark: the datum and who uses it, and whose the place would be.
  label(hit) {
    const place = hit.place?.grid_name ?? hit.place?.grid_code ?? hit.office ?? this.words.t("nowhere");
    return el("span", {}, el("strong", { text: this.words.t(`reading-${hit.datum}`) }), el("br"), stored(place));
  }

  // The lines between them say how far apart they are, the borders why it matters.
  draw(hits, layer) {
    for (const [n, hit] of hits.entries()) {
      const others = hits.slice(n + 1).map((other) => [[hit.lat, hit.lng], [other.lat, other.lng]]);
      L.polyline(others, { className: "between", weight: 1, interactive: false }).addTo(layer);
    }
    const communities = new Set(hits.map((hit) => hit.place?.community_code).filter(Boolean));
    Promise.all([...communities].map((code) => this.around(code))).catch(this.failed);
  }

  // The northernmost is named above its mark, the southernmost below: on a phone they are near each other.
  bind(marker, hit, hits) {
    const north = hits.every((other) => other === hit || other.lat < hit.lat);
    const south = hits.every((other) => other === hit || other.lat > hit.lat);
    const [direction, offset] = north ? ["top", [0, -12]] : south ? ["bottom", [0, 12]] : ["auto", [12, 0]];
    marker.bindTooltip(this.label(hit), { permanent: true, direction, offset, className: "reading" });
  }
}
