// Buildings of a page in a file, by kind on one canvas: symbols from afar, outlines near by. Which one was clicked is
// asked of `near`.

import { area, path } from "./shapes.js";

const SHOWN_FROM = 14;
const REACH_PX = 9;

export class Buildings {
  constructor(map, data, territory, housing) {
    Object.assign(this, { map, territory, housing, columns: data.buildings, palette: data.palette });
    this.points = path(this.columns.at);
    this.renderer = L.canvas({ pane: "buildings", padding: 0.2 });
    this.marks = this.points.map((_, i) => this.mark(i));
    this.layer = L.layerGroup();
    map.on("zoomend", () => this.resize());
    this.filter();
  }

  // Only the kind that is wanted is on the map.
  filter() {
    const wanted = this.housing();
    this.layer.clearLayers();
    this.marks.forEach((mark, i) => (!wanted || this.columns.kind[i] === wanted) && this.layer.addLayer(mark));
    this.resize();
  }

  colour(i) {
    return this.palette.building[this.columns.kind[i]] ?? this.palette.otherBuilding;
  }

  mark(i) {
    const shape = this.columns.shape?.[i];
    const common = { renderer: this.renderer, pane: "buildings", interactive: false, color: this.colour(i) };
    if (shape?.length)
      return L.polygon(area(shape), { ...common, weight: 0.6, fillOpacity: 0.35, opacity: 0.8 });
    return L.circleMarker(this.points[i], { ...common, color: "#ffffff", weight: 0.7, fillColor: this.colour(i), fillOpacity: 0.85 });
  }

  resize() {
    const zoom = this.map.getZoom();
    const radius = Math.max(1.2, Math.min(6, 1.9 * 1.45 ** (zoom - 15)));
    this.layer.eachLayer((mark) => {
      if (mark.setRadius) {
        mark.options.radius = radius;
        mark.options.stroke = zoom >= 16;
        mark._radius = radius;
      }
    });
    if (this.map.hasLayer(this.layer)) this.layer.eachLayer((mark) => mark.redraw());
  }

  // The building whose point is nearest to a click, within reach of a finger's tip.
  near(latlng) {
    if (!this.map.hasLayer(this.layer) || this.map.getZoom() < SHOWN_FROM) return null;
    const at = this.map.latLngToLayerPoint(latlng);
    const reach = this.map.layerPointToLatLng(at.add([REACH_PX, -REACH_PX]));
    const [dLat, dLng] = [Math.abs(reach.lat - latlng.lat), Math.abs(reach.lng - latlng.lng)];
    const wanted = this.housing();
    let best = null;
    let least = REACH_PX;
    this.points.forEach(([lat, lng], i) => {
      if (wanted && this.columns.kind[i] !== wanted) return;
      if (Math.abs(lat - latlng.lat) > dLat || Math.abs(lng - latlng.lng) > dLng) return;
      const distance = this.map.latLngToLayerPoint([lat, lng]).distanceTo(at);
      if (distance < least) [best, least] = [i, distance];
    });
    return best === null ? null : this.row(best);
  }

  row(i) {
    const { name, kind, estate, households, residents, id, community_code: community, place } = this.columns;
    return {
      id: id[i], name: name[i], kind: kind[i], estate: estate[i], community: community[i], households: households[i],
      residents: residents?.[i], place: this.territory.rows[place[i]], latlng: L.latLng(this.points[i]),
    };
  }

  within(place) {
    const rows = [];
    this.points.forEach((_, i) => this.territory.inside(this.territory.rows[this.columns.place[i]], place) && rows.push(this.row(i)));
    return rows;
  }
}
