// Buildings, whether they are in the page or asked of the service: their layer, those of a place, the one under a click.

import { Buildings } from "./buildings.js";
import { BuildingTiles } from "./buildingTiles.js";

export class Houses {
  constructor({ map, data, state, territory, remote }) {
    Object.assign(this, { map, remote, territory });
    const housing = () => state.get("housing");
    this.inside = data.buildings ? new Buildings(map, data, territory, housing) : null;
    this.tiles = !data.buildings && remote && territory.root.horizontal[1] ? new BuildingTiles(remote, data.palette, housing) : null;
    this.layer = this.inside?.layer ?? this.tiles;
    this.kinds = Object.keys(territory.root.kinds);
    state.on(["housing"], () => (this.inside ? this.inside.filter() : this.tiles?.redraw()));
  }

  async near(latlng) {
    if (this.inside) return this.inside.near(latlng);
    if (!this.tiles || !this.map.hasLayer(this.tiles)) return null;
    return this.tiles.near(latlng);
  }

  // Null where they could not be had.
  async of(place) {
    if (this.inside) {
      const items = this.inside.within(place);
      return { total: items.length, items };
    }
    if (!this.remote) return { total: 0, items: [] };
    const found = await this.remote.houses(place.code);
    return found && { total: found.total, items: found.items.map((item) => row(item, place)) };
  }

  // What is known of the building with this number; hint: where it is, if that is known already.
  async find(id, hint) {
    if (this.inside) return (await this.search(id.toLowerCase(), 1, (row) => row.id === id))[0] ?? null;
    if (!this.tiles) return null;
    const hit = hint ?? (await this.remote.json("search", { q: id }))?.find((one) => one.kind === "building" && one.code === id);
    if (!hit) return null;
    const latlng = hit.latlng ?? L.latLng(hit.lat, hit.lng);
    return (await this.tiles.at(this.map, latlng)) ?? { id, name: hit.name, latlng };
  }

  // The first buildings whose name, estate or number has these words.
  async search(words, most, wanted = () => true) {
    if (!this.inside) return [];
    const { columns } = this.inside;
    const has = (text) => text !== null && text.toLowerCase().includes(words);
    const found = [];
    for (let i = 0; i < columns.id.length && found.length < most; i += 1)
      if (has(columns.name[i]) || has(columns.estate[i]) || has(columns.id[i])) {
        const row = this.inside.row(i);
        if (wanted(row)) found.push(row);
      }
    return found;
  }
}

function row({ building_id: id, lng, lat, ...said }, place) {
  return { id, ...said, place, latlng: L.latLng(lat, lng) };
}
