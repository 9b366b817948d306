// Leaflet cuts every line of every pane anew at the end of each move, all at once. Here a pane is drawn some way beyond
// what is seen, is left alone while a move stays within that, and else is drawn when its turn comes: what is drawn
// already lies where it belongs meanwhile. After a zoom it does too, only stretched, as it was while the map zoomed: each
// pane becomes sharp in its turn. A view that is jumped to is drawn at once, as ever.

import { soon } from "./frames.js";

const AROUND = 0.3; // of the map's width and height, on every side

export function calmRenderers() {
  for (const Renderer of [L.SVG, L.Canvas]) {
    const { getEvents, _onZoomEnd, _reset } = Renderer.prototype;
    Renderer.mergeOptions({ padding: AROUND });
    Renderer.include({
      getEvents() {
        return { ...getEvents.call(this), moveend: this.moved };
      },

      _onZoomEnd() {
        this.stretched = true;
      },

      _reset() {
        this.stretched = false;
        _reset.call(this);
      },

      moved() {
        if (this.resized() && !this.stretched) this._update();
        else if (this.stretched || this.left()) soon(this, () => this._map && this.drawn());
      },

      // Where the next zoom has begun meanwhile, its end asks again.
      drawn() {
        if (this._map._animatingZoom) return;
        if (!this.stretched && !this.left()) return;
        if (this.stretched) _onZoomEnd.call(this);
        this.stretched = false;
        this._update();
      },

      resized() {
        const drawn = this._map.getSize().multiplyBy(1 + 2 * this.options.padding).round();
        return !this._bounds.getSize().equals(drawn);
      },

      // Whether anything is seen that has not been drawn.
      left() {
        const seen = [[0, 0], this._map.getSize()].map((corner) => this._map.containerPointToLayerPoint(corner));
        return !this._bounds.contains(L.bounds(...seen));
      },
    });
  }
}
