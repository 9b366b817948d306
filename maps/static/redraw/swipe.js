// The plan in force on the left of a bar, the draft on its right.
import { rings } from "./plot.js";
import { el } from "../dom.js";

const WAS = { color: "#4a1d6b", weight: 2.6, fillColor: "#d9cfe3", fillOpacity: 0.75, interactive: false };
const PANES = ["grids", "borders", "labels"];

export class Swipe {
  constructor(map, { slider, bench, against }) {
    Object.assign(this, { map, slider, against });
    this.pane = map.createPane("before");
    Object.assign(this.pane.style, { zIndex: 425, pointerEvents: "none" });
    this.layer = L.layerGroup();
    slider.addEventListener("input", () => this.clip());
    map.on("move zoomend resize viewreset", () => this.on && this.clip());
    bench.on("opened", () => this.end());
    against.select.addEventListener("change", () => this.end());
  }

  async toggle() {
    if (this.on) return this.end();
    const grids = await this.against.grids();
    this.layer.clearLayers();
    this.slider.querySelector(".was").textContent = this.against.title;
    for (const { id, geometry, properties } of grids) {
      const shape = L.polygon(rings(geometry), { ...WAS, pane: "before" });
      shape.bindTooltip(el("span", { text: properties.name ?? id }), { permanent: true, direction: "center", className: "was-name", pane: "before" });
      this.layer.addLayer(shape);
    }
    this.layer.addTo(this.map);
    this.on = true;
    this.slider.hidden = false;
    document.body.dataset.compare = "";
    this.clip();
    this.slider.querySelector("input").focus();
    return undefined;
  }

  end() {
    if (!this.on) return;
    this.on = false;
    this.layer.remove();
    this.slider.hidden = true;
    delete document.body.dataset.compare;
    for (const name of PANES) this.map.getPane(name).style.clipPath = "";
  }

  // Panes are moved with the map, so what is cut off is said in their own coordinates.
  clip() {
    const size = this.map.getSize();
    const share = Number(this.slider.querySelector("input").value) / 100;
    const [nw, se] = [this.map.containerPointToLayerPoint([0, 0]), this.map.containerPointToLayerPoint(size)];
    const x = nw.x + (se.x - nw.x) * share;
    const box = (x0, x1) => `polygon(${x0}px ${nw.y}px, ${x1}px ${nw.y}px, ${x1}px ${se.y}px, ${x0}px ${se.y}px)`;
    this.pane.style.clipPath = box(nw.x, x);
    for (const name of PANES) this.map.getPane(name).style.clipPath = box(x, se.x);
    this.slider.style.setProperty("--at", `${share * 100}%`);
  }
}
