// Classes of a choropleth: how they were made is said in the legend, with how many grids each holds.

export const MOST = 5;

// values: numbers. digits: decimals that are shown; limits are rounded to them first, so that the legend says what is
// drawn. Returns [{ from, to, count }], ascending; `to` belongs to the class.
export function classify(values, { method, digits = 0 }) {
  const unit = 10 ** -digits;
  const sorted = values.map((value) => rounded(value, digits)).sort((a, b) => a - b);
  if (!sorted.length) return [];
  const limits = method === "quantile" ? quantiles(sorted) : steps(sorted, unit, digits);
  return limits.map(([from, to]) => ({ from, to, count: sorted.filter((value) => value >= from && value <= to).length }));
}

export function classOf(value, classes, digits = 0) {
  const shown = rounded(value, digits);
  return classes.findIndex(({ from, to }) => shown >= from && shown <= to);
}

// Equal steps from the least to the greatest value.
function steps(sorted, unit, digits) {
  const least = sorted[0];
  const span = sorted.at(-1) - least + unit;
  const many = Math.min(MOST, Math.max(1, Math.round(span / unit)));
  const ends = Array.from({ length: many + 1 }, (_, i) => rounded(least + Math.ceil((span * i) / many / unit - 1e-9) * unit, digits));
  return ends.slice(0, -1).map((from, i) => [from, rounded(ends[i + 1] - unit, digits)]);
}

// As many grids in each as can be; equal values are never parted.
function quantiles(sorted) {
  const limits = [];
  for (let i = 0, start = 0; i < MOST && start < sorted.length; i += 1) {
    let end = Math.max(start + 1, Math.round((sorted.length * (i + 1)) / MOST));
    while (end < sorted.length && sorted[end] === sorted[end - 1]) end += 1;
    limits.push([sorted[start], sorted[end - 1]]);
    start = end;
  }
  return limits;
}

export function rounded(value, digits) {
  return Number(value.toFixed(digits));
}
