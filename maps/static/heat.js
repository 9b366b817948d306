// Density as colour: counts spread over a quarter of the screen's pixels and drawn larger. A full-size canvas that is
// read back at every draw (what heat plugins do) costs ten times as much.

const STEP_PX = 4;
const REACH = 7; // steps
const SIGMA = 2.6; // steps
// The same colours as .ramp in css/map.css.
const RAMP = [[0, [253, 224, 168]], [0.35, [251, 136, 97]], [0.7, [183, 55, 121]], [1, [81, 18, 124]]];
const FAINTEST = 0.04;

export const Heat = L.Layer.extend({
  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "heat-sheet leaflet-zoom-hide");
    map.getPane("overlayPane").append(this.canvas);
    return this;
  },

  onRemove() {
    this.canvas.remove();
  },

  // cells: [lat, lng, count]. The busiest place in view is the darkest, at every zoom.
  show(cells) {
    const map = this._map;
    const size = map.getSize();
    const [width, height] = [Math.ceil(size.x / STEP_PX), Math.ceil(size.y / STEP_PX)];
    const density = new Float32Array(width * height);
    for (const [lat, lng, count] of cells) {
      const at = map.latLngToContainerPoint([lat, lng]).divideBy(STEP_PX);
      spread(density, width, height, Math.floor(at.x), Math.floor(at.y), count);
    }
    // A canvas that is given its size again, even the same, is made anew.
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.canvas.style.width = `${width * STEP_PX}px`;
    this.canvas.style.height = `${height * STEP_PX}px`;
    L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
    this.canvas.getContext("2d").putImageData(coloured(density, width, height), 0, 0);
  },
});

const KERNEL = Array.from({ length: REACH + 1 }, (_, i) => Math.exp(-(i * i) / (2 * SIGMA * SIGMA)));

function spread(density, width, height, x, y, count) {
  for (let dy = -REACH; dy <= REACH; dy += 1) {
    const row = y + dy;
    if (row < 0 || row >= height) continue;
    const share = count * KERNEL[Math.abs(dy)];
    for (let column = Math.max(0, x - REACH); column <= Math.min(width - 1, x + REACH); column += 1)
      density[row * width + column] += share * KERNEL[Math.abs(column - x)];
  }
}

function coloured(density, width, height) {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  let most = 0;
  for (const value of density) if (value > most) most = value;
  for (let i = 0; i < density.length; i += 1) {
    const share = density[i] / (most || 1);
    if (share >= FAINTEST) pixels[i] = COLOURS[Math.round(share * 255)];
  }
  return image;
}

function colour(share) {
  const above = Math.max(1, RAMP.findIndex(([end]) => end >= share));
  const [[from, low], [to, high]] = [RAMP[above - 1], RAMP[above]];
  const part = (share - from) / (to - from);
  return [...low.map((value, i) => Math.round(value + (high[i] - value) * part)), Math.round(255 * Math.min(0.9, 0.25 + share))];
}

const COLOURS = new Uint32Array(new Uint8ClampedArray(Array.from({ length: 256 }, (_, i) => colour(i / 255)).flat()).buffer);
