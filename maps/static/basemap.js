// A basemap from the site's own server. Tiles in GCJ-02 are laid where they belong on a CGCS2000 map.

const ShiftedTiles = L.TileLayer.extend({
  moved(center) {
    const [dLng, dLat] = this.options.shift;
    return center && L.latLng(center.lat + dLat, center.lng + dLng);
  },
  _setZoomTransform(level, center, zoom) {
    L.TileLayer.prototype._setZoomTransform.call(this, level, this.moved(center), zoom);
  },
  _getTiledPixelBounds(center) {
    return L.TileLayer.prototype._getTiledPixelBounds.call(this, this.moved(center));
  },
});

export function basemapLayer({ url, shift, maxZoom }) {
  return new ShiftedTiles(url, { shift, maxNativeZoom: maxZoom, maxZoom: 20 });
}
