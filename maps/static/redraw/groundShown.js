// Our own ground under the drafts; read again when a road was added to it.
import { groundLayers } from "../ground.js";
import { RoadNames } from "../roadNames.js";

export class Ground {
  constructor(map, { site, palette, failed, taken }) {
    Object.assign(this, { map, site, palette, failed, taken, shown: [] });
  }

  read() {
    this.site.get("/dispatch/ground").then((ground) => {
      const { nature, roads } = groundLayers(this.map, { ...ground, palette: this.palette });
      for (const layer of this.shown) layer.remove();
      this.shown = [nature, roads, new RoadNames(ground, { taken: this.taken })].map((layer) => layer.addTo(this.map));
    }).catch(this.failed);
  }
}
