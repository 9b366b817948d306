// An image that lies askew on the map: three of its corners say where; it is stretched, turned and moved by one matrix.

export const FittedImage = L.Layer.extend({
  options: { pane: "backdrop" },

  // corners: upper left, upper right, lower right, lower left as [lng, lat].
  initialize({ address, width, height, corners }) {
    Object.assign(this, { address, width, height, corners: corners.map(([lng, lat]) => L.latLng(lat, lng)) });
  },

  onAdd(map) {
    const image = L.DomUtil.create("img", map.options.zoomAnimation ? "fitted leaflet-zoom-animated" : "fitted", this.getPane());
    image.alt = "";
    image.src = this.address;
    image.style.width = `${this.width}px`;
    image.style.height = `${this.height}px`;
    image.style.opacity = this.seen ?? 1;
    this.image = image;
    this.lay();
  },

  onRemove() {
    this.image.remove();
  },

  getEvents() {
    return { zoom: this.lay, viewreset: this.lay, zoomanim: this.zooming };
  },

  setOpacity(seen) {
    this.seen = seen;
    if (this.image) this.image.style.opacity = seen;
  },

  lay() {
    this.put(this.corners.map((corner) => this._map.latLngToLayerPoint(corner)));
  },

  zooming({ zoom, center }) {
    this.put(this.corners.map((corner) => this._map._latLngToNewLayerPoint(corner, zoom, center)));
  },

  put([origin, right, , down]) {
    const [a, b] = [(right.x - origin.x) / this.width, (right.y - origin.y) / this.width];
    const [c, d] = [(down.x - origin.x) / this.height, (down.y - origin.y) / this.height];
    this.image.style.transform = `matrix(${a}, ${b}, ${c}, ${d}, ${origin.x}, ${origin.y})`;
  },
});
