// The places of the city as a tree, each with its figures: one table for headlines, lists, popups and charts.

export class Territory {
  constructor(rows) {
    this.rows = rows;
    this.root = rows[0];
    this.byCode = new Map();
    rows.forEach((row, i) => {
      row.i = i;
      row.children = [];
      if (i) rows[row.parent].children.push(row);
      if (!this.byCode.has(row.code)) this.byCode.set(row.code, row);
    });
  }

  // The place with this code; the whole city for none or an unknown one.
  at(code) {
    return this.byCode.get(code) ?? this.root;
  }

  has(code) {
    return this.byCode.has(code);
  }

  path(place) {
    const path = [];
    for (let row = place; row; row = row.i ? this.rows[row.parent] : null) path.unshift(row);
    return path;
  }

  inside(place, under) {
    if (under.i === 0) return true;
    for (let row = place; row; row = row.i ? this.rows[row.parent] : null) if (row === under) return true;
    return false;
  }

  // The places of one level in a place, itself included.
  of(level, under) {
    return this.rows.filter((row) => row.level === level && this.inside(row, under));
  }
}
