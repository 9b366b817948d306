// How evenly a burden lies on grids.

export const FEWEST = 10; // with fewer grids nothing is compared

// 0: all the same; towards 1: one has everything.
export function gini(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const total = sorted.reduce((sum, value) => sum + value, 0);
  if (!total) return null;
  const weighted = sorted.reduce((sum, value, i) => sum + (i + 1) * value, 0);
  return (2 * weighted) / (sorted.length * total) - (sorted.length + 1) / sorted.length;
}

export function spread(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const most = Math.max(...values);
  return { grids: values.length, mean, most, least: Math.min(...values), overMean: mean ? most / mean : null, gini: gini(values) };
}
