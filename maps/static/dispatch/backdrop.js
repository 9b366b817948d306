// What the pin stands on: the installation's basemap if it has one, greens, water and roads, buildings as tiles.
import { basemapLayer } from "../basemap.js";
import { BuildingTiles } from "../buildingTiles.js";
import { groundLayers } from "../ground.js";
import { Remote } from "../remote.js";

export async function backdrop(map, { data, site }) {
  if (data.basemap) basemapLayer(data.basemap).addTo(map);
  const remote = new Remote({ buildings: "/tiles/buildings/{z}/{x}/{y}" });
  new BuildingTiles(remote, data.palette, () => null).addTo(map);
  const { nature, roads } = groundLayers(map, { ...(await site.get("/dispatch/ground")), palette: data.palette });
  nature.addTo(map);
  roads.addTo(map);
}
