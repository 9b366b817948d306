// The layers of the map in the order of their switches; what is drawn above what is settled by panes.

import { basemapLayer } from "./basemap.js";
import { communityLayer } from "./grids.js";
import { groundLayers, regionLayer } from "./ground.js";
import { Labels } from "./labels.js";

export function mapLayers({ map, data, grids, houses, findings, language }) {
  const { nature, roads } = groundLayers(map, data);
  return [
    data.basemap && { key: "basemap", layer: basemapLayer(data.basemap), on: true },
    data.grids.length && { key: "grids", layer: grids.layer, on: true },
    data.communities.length && { key: "communities", layer: communityLayer(data.communities), on: true },
    { key: "labels", layer: new Labels(data, language), on: true },
    data.findings?.length && { key: "findings", layer: findings.layer, on: true },
    houses.layer && { key: "buildings", layer: houses.layer, on: false },
    data.roads.length && { key: "roads", layer: roads, on: true },
    data.rivers.length + data.greens.length && { key: "nature", layer: nature, on: true },
    data.regions.length && { key: "regions", layer: regionLayer(data.regions), on: true },
  ].filter(Boolean);
}
