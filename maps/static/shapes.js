// maps/shapes.py packs coordinates as differences in micro-degrees; this unpacks them to Leaflet's [lat, lng].

const UNIT = 1e-6;

export function path(deltas) {
  const points = [];
  let x = 0;
  let y = 0;
  for (let i = 0; i < deltas.length; i += 2) {
    x += deltas[i];
    y += deltas[i + 1];
    points.push([y * UNIT, x * UNIT]);
  }
  return points;
}

export function area(polygons) {
  return polygons.map((rings) => rings.map(path));
}

export function latLng(at) {
  return at ? L.latLng(at[1], at[0]) : null;
}

export function bounds(shape) {
  return L.latLngBounds(shape.flatMap((rings) => path(rings[0])));
}
