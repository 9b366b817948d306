// How many incidents: by grid, month and matter, under the filters. Inside a file that may be mailed small counts are
// left out, and months and matters can't be crossed; what is not told is null, never 0.

const KEPT_BACK = -1;

export class Sums {
  constructor(incidents, territory) {
    Object.assign(this, { incidents, territory, scrubbed: Boolean(incidents?.sums) });
    if (!incidents) return;
    this.months = incidents.months;
    this.matters = incidents.matters;
    this.places = incidents.places.map((i) => territory.rows[i]);
    this.index = new Map(incidents.grids.map((code, i) => [code, i]));
    if (incidents.cube) this.cells = unpack(incidents.cube, this.months.length, this.matters.length);
  }

  // The positions of the first and last month of a period; the whole time for none.
  span({ from, to }) {
    const known = this.months.filter((month) => month !== null).length;
    if (!from && !to) return [0, this.months.length - 1];
    const first = this.months.indexOf(from);
    const last = this.months.indexOf(to);
    return [first < 0 ? 0 : first, last < 0 ? known - 1 : last];
  }

  matter({ kind, category }) {
    if (!kind && !category) return null;
    return this.matters.map(([one, other]) => (!kind || (one ?? "-") === kind) && (!category || (other ?? "-") === category));
  }

  // Of each place (by its position), how many.
  byPlace(filter) {
    const counts = new Array(this.territory.rows.length).fill(0);
    if (this.scrubbed) return this.territory.rows.map((row) => this.told(row, filter));
    this.each(filter, (grid, month, matter, count) => {
      for (let row = grid < 0 ? this.territory.root : this.places[grid]; row; row = row.i ? this.territory.rows[row.parent] : null)
        counts[row.i] += count;
    });
    return counts;
  }

  // Of each grid code that has any: also of grids that are no more.
  byGrid(filter) {
    const counts = new Map();
    if (this.scrubbed) {
      this.incidents.grids.forEach((code) => this.territory.has(code) && counts.set(code, this.told(this.territory.at(code), filter)));
      return counts;
    }
    this.each(filter, (grid, month, matter, count) => {
      if (grid >= 0) counts.set(this.incidents.grids[grid], (counts.get(this.incidents.grids[grid]) ?? 0) + count);
    });
    return counts;
  }

  total(filter, place) {
    if (this.scrubbed) return this.told(place, filter);
    return this.sum(filter, place, () => 0, 1)[0];
  }

  // Those that have a place but no grid; in a file that may be mailed only of the whole time.
  outside(filter) {
    if (this.scrubbed) return filter.from || filter.kind || filter.category ? 0 : this.incidents.outside;
    let count = 0;
    this.each(filter, (grid, month, matter, many) => (count += grid < 0 ? many : 0));
    return count;
  }

  byMonth(filter, place) {
    const { kind, category } = filter;
    if (this.scrubbed) return kind || category ? null : this.row("months", place);
    return this.sum({ kind, category }, place, (month) => month, this.months.length);
  }

  byMatter(filter, place) {
    const { from, to } = filter;
    if (this.scrubbed) return from || to ? null : this.row("matters", place);
    return this.sum({ from, to }, place, (month, matter) => matter, this.matters.length);
  }

  sum(filter, place, key, width) {
    const counts = new Array(width).fill(0);
    const mine = this.places.map((one) => this.territory.inside(one, place));
    this.each(filter, (grid, month, matter, count) => {
      if (grid < 0 ? place.i === 0 : mine[grid]) counts[key(month, matter)] += count;
    });
    return counts;
  }

  each(filter, act) {
    const [first, last] = this.span(filter);
    const matters = this.matter(filter);
    for (const [grid, month, matter, count] of this.cells)
      if (month >= first && month <= last && (!matters || matters[matter])) act(grid, month, matter, count);
  }

  row(table, place) {
    return this.incidents.sums[table][place.i].map(open);
  }

  told(place, filter) {
    const { sums } = this.incidents;
    if (filter.kind || filter.category) {
      const matters = this.matter(filter);
      return total(sums.matters[place.i].filter((_, i) => matters[i]));
    }
    if (!filter.from && !filter.to) return open(sums.totals[place.i]);
    const [first, last] = this.span(filter);
    return total(sums.months[place.i].slice(first, last + 1));
  }
}

function open(count) {
  return count === KEPT_BACK ? null : count;
}

function total(counts) {
  return counts.includes(KEPT_BACK) ? null : counts.reduce((sum, count) => sum + count, 0);
}

// maps/incidents.py packs ((grid + 1) * months + month) * matters + matter as differences.
function unpack({ at, count }, months, matters) {
  let position = 0;
  return at.map((step, i) => {
    position += step;
    const rest = Math.floor(position / matters);
    return [Math.floor(rest / months) - 1, rest % months, position % matters, count[i]];
  });
}
