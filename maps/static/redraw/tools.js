// What a press, a stroke and its end do, tool by tool. The pointer and the keyboard's cross hair drive them alike.
import { NEW } from "./bench.js";
import { crosses, middle } from "./places.js";
import { rings } from "./plot.js";

const SKETCH = { color: "#b3400b", weight: 3, dashArray: "6 4", fill: false, interactive: false };
const CATCH_PX = 14;

export class Tool {
  constructor(kit) {
    Object.assign(this, kit); // map, bench, plot, edit(draft, operations), remark(draft, place, code), say(key, params)
  }

  press() {}
  move() {}
  release() {}
  finish() {}
  cancel() {
    this.sketch?.remove();
    this.sketch = undefined;
  }

  line(points, style = {}) {
    this.sketch?.remove();
    this.sketch = L.polyline(points.map(({ lng, lat }) => [lat, lng]), { ...SKETCH, ...style }).addTo(this.map);
  }
}

// Takes the grid under the pointer as the one that is worked on.
class Pick extends Tool {
  press(latlng) {
    const found = this.plot.at(latlng);
    if (!found) return this.say("nothing-here");
    this.bench.choose(found.draft, found.block.properties.grid_code);
    return this.picked(found);
  }
}

// Paints blocks into the target while the stroke lasts; sent when it ends.
class Brush extends Tool {
  draws = true;

  press(latlng) {
    this.draft = this.bench.active;
    this.stroke = new Set();
    this.last = null;
    this.move(latlng);
  }

  // Fast strokes skip nothing: the way from the last place is walked in steps.
  move(latlng) {
    if (!this.stroke) return;
    const to = this.map.latLngToContainerPoint(latlng);
    const from = this.last ?? to;
    const steps = Math.max(1, Math.ceil(from.distanceTo(to) / 4));
    for (let i = 1; i <= steps; i++) this.touch(this.map.containerPointToLatLng(from.add(to.subtract(from).multiplyBy(i / steps))));
    this.last = to;
  }

  touch(latlng) {
    const found = this.plot.at(latlng);
    if (!found || this.stroke.has(found.block.id)) return;
    if (found.draft !== this.draft) return this.say("other-community", { name: found.draft.plan.community_name });
    const { target } = this.bench;
    if (found.block.properties.grid_code === target) return;
    this.stroke.add(found.block.id);
    this.plot.tint(this.draft, [found.block.id], target);
  }

  release() {
    const { draft, stroke } = this;
    this.stroke = undefined;
    if (stroke?.size) this.edit(draft, [{ op: "paint", blocks: [...stroke], grid: this.bench.target }]);
  }

  cancel() {
    super.cancel();
    if (this.stroke) this.plot.recolour(this.draft);
    this.stroke = undefined;
  }
}

// A whole estate at a press.
class Estate extends Tool {
  press(latlng) {
    const found = this.plot.at(latlng);
    if (!found) return this.say("nothing-here");
    const { estate } = found.block.properties;
    if (!estate) return this.say("no-estate");
    return this.edit(found.draft, [{ op: "paint_estate", estate, grid: this.bench.target }]);
  }
}

// Every block whose middle lies within a loop.
class Lasso extends Tool {
  draws = true;

  press(latlng) {
    this.loop = [...(this.loop ?? []), latlng];
    this.dragged = false;
    this.line(this.loop);
  }

  move(latlng, pressed) {
    if (!this.loop || !pressed) return;
    this.dragged = true;
    this.loop.push(latlng);
    this.line(this.loop);
  }

  release() {
    if (this.dragged) this.finish();
  }

  finish() {
    const { loop } = this;
    this.cancel();
    if (!loop || loop.length < 3) return;
    const ring = loop.map(({ lng, lat }) => [lng, lat]);
    const draft = this.bench.active;
    const blocks = [...draft.blocks.values()].filter(({ geometry, properties }) => {
      const at = middle(geometry);
      return properties.grid_code !== this.bench.target && crosses(ring, at.lng, at.lat);
    }).map((block) => block.id);
    if (blocks.length) this.edit(draft, [{ op: "paint", blocks, grid: this.bench.target }]);
    else this.say("loop-empty");
  }

  cancel() {
    super.cancel();
    this.loop = undefined;
  }
}

// Cuts the grid that most of a drawn line lies in: point by point, ended by Enter or a double click.
class Cut extends Tool {
  points = [];

  press(latlng) {
    this.points.push(latlng);
    this.line(this.points);
    this.say("cut-next");
  }

  move(latlng) {
    if (this.points.length) this.line([...this.points, latlng]);
  }

  finish() {
    const { points } = this;
    this.cancel();
    if (points.length < 2) return;
    const most = this.along(points);
    if (!most) return this.say("nothing-here");
    return this.edit(most.draft, [{ op: "cut", grid: most.code, line: points.map(({ lng, lat }) => [lng, lat]) }]);
  }

  along(points) {
    const seen = new Map();
    for (let i = 1; i < points.length; i++)
      for (let t = 0.05; t < 1; t += 0.1) {
        const [a, b] = [points[i - 1], points[i]];
        const found = this.plot.at({ lng: a.lng + (b.lng - a.lng) * t, lat: a.lat + (b.lat - a.lat) * t });
        const code = found?.block.properties.grid_code;
        if (!code) continue;
        const one = seen.get(code) ?? { draft: found.draft, code, n: 0 };
        seen.set(code, one);
        one.n += this.map.distance(a, b);
      }
    return [...seen.values()].sort((a, b) => b.n - a.n)[0];
  }

  cancel() {
    super.cancel();
    this.points = [];
  }
}

// Moves a corner that grids share.
class Vertex extends Tool {
  draws = true;

  press(latlng) {
    if (this.held) return this.finish(latlng);
    const held = this.nearest(latlng);
    if (!held) return this.say("no-vertex");
    this.held = held;
    return this.line([held, latlng]);
  }

  move(latlng) {
    if (this.held) this.line([this.held, (this.to = latlng)]);
  }

  release(latlng, dragged) {
    if (this.held && dragged) this.finish(latlng);
  }

  finish(latlng = this.to) {
    const { held } = this;
    this.cancel();
    if (!held || !latlng) return;
    this.edit(held.draft, [{ op: "move_vertex", from: [held.lng, held.lat], to: [latlng.lng, latlng.lat] }]);
  }

  // Of the borders of grids: corners inside one are nobody's border.
  nearest(latlng) {
    const at = this.map.latLngToContainerPoint(latlng);
    let [best, least] = [null, CATCH_PX];
    for (const draft of this.bench.drafts.values())
      for (const grid of draft.grids.values())
        for (const ring of rings(grid.geometry).flat())
          for (const [lat, lng] of ring) {
            const away = this.map.latLngToContainerPoint([lat, lng]).distanceTo(at);
            if (away < least) [best, least] = [{ draft, lng, lat }, away];
          }
    return best;
  }

  cancel() {
    super.cancel();
    this.held = this.to = undefined;
  }
}

// The grid under the pointer goes into the target.
class Merge extends Tool {
  press(latlng) {
    const found = this.plot.at(latlng);
    if (!found) return this.say("nothing-here");
    const { active, target } = this.bench;
    const code = found.block.properties.grid_code;
    if (target === NEW) return this.say("merge-needs-target");
    if (found.draft !== active) return this.say("other-community", { name: found.draft.plan.community_name });
    if (code === target) return this.say("merge-same");
    return this.edit(active, [{ op: "merge", grids: [code, target], into: target }]);
  }
}

// Something said about a place.
class Note extends Tool {
  press(latlng) {
    const found = this.plot.at(latlng);
    if (!found) return this.say("nothing-here");
    const code = found.block.properties.grid_code;
    this.bench.choose(found.draft, code);
    return this.remark(found.draft, latlng, code);
  }
}

export const TOOLS = { pick: Pick, brush: Brush, lasso: Lasso, estate: Estate, cut: Cut, vertex: Vertex, merge: Merge, note: Note };
