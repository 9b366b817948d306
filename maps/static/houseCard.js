// The building that was chosen: from a list, a search, a click or a link.

const CLOSE_ENOUGH = 18;

export class HouseCard {
  constructor({ map, state, houses }) {
    Object.assign(this, { map, state, houses, hints: new Map(), asked: 0 });
    state.on(["house"], () => this.show());
  }

  choose(row) {
    this.hints.set(row.id, row);
    if (this.state.get("house") === row.id) return this.show();
    return this.state.set({ house: row.id ?? "" });
  }

  async show() {
    const id = this.state.get("house");
    const asked = (this.asked += 1);
    if (!id) return;
    const row = await this.houses.find(id, this.hints.get(id));
    if (!row || asked !== this.asked) return;
    this.map.setView(row.latlng, Math.max(CLOSE_ENOUGH, this.map.getZoom()), { animate: false });
    this.popups.building(row);
  }
}
