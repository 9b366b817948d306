"""Which counts of a table may leave the house: none below a floor, and none that the table's own sums give away.

Where a single small count of a row or column is left out, the row's total tells it. So others are left out with it,
until each line with something hidden hides two counts or more, of FLOOR together or more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.territory import Territory

FLOOR = 5
"""Counts from 1 to FLOOR - 1 are not shown; 0 is."""

Table = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Shown:
    """Counts of each place (of a territory, in its order) and column, and the places' totals; -1 where not shown."""

    counts: Table
    totals: NDArray[np.int64]


def publishable(territory: Territory, own: Table, *, floor: int = FLOOR) -> Shown:
    """What may be shown of counts that sum up a territory. ``own``: places x columns, what lies in no place below.

    Each place's parts (the places in it, and what is in none of them) are one table, whose sums stand in the table
    above it.
    """
    sums = np.empty(own.shape, dtype=np.int64)
    for n, column in enumerate(own.T):
        sums[:, n] = territory.summed(np.arange(len(own), dtype=np.intp), column)
    totals = sums.sum(axis=1)
    gone, lost = np.zeros(sums.shape, dtype=bool), np.zeros(len(own), dtype=bool)
    lost[:1] = (totals[:1] > 0) & (totals[:1] < floor)
    gone[:1] = (
        hidden(sums[:1], columns_known=np.zeros(own.shape[1], dtype=bool), floor=floor)
        | lost[:1, None]
    )
    for row, below in enumerate(territory.children()):
        if not below:
            continue
        parts, wholes = np.vstack([sums[below], own[row]]), np.append(totals[below], own[row].sum())
        if len(below) == 1 and not own[row].any():
            gone[below], lost[below] = gone[row], lost[row]
            continue
        missing = hidden(wholes[:, None], columns_known=~lost[[row]], floor=floor)
        mask = hidden(
            parts,
            columns_known=~gone[row],
            gone=np.repeat(missing, own.shape[1], axis=1),
            floor=floor,
        )
        gone[below], lost[below] = mask[:-1], missing[:-1, 0]
    return Shown(np.where(gone, -1, sums), np.where(lost, -1, totals))


def hidden(
    table: Table,
    *,
    columns_known: Flags | None = None,
    gone: Flags | None = None,
    floor: int = FLOOR,
) -> Flags:
    """Which counts of a table (lines of places, columns of periods or kinds) to leave out.

    Every row's total is taken as known, and the total of each column of ``columns_known`` (default: all). ``gone``:
    what is left out anyway. Of what has to be left out besides, the smallest goes first. A line that hides all it has
    can't hide more.
    """
    known = np.ones(table.shape[1], dtype=bool) if columns_known is None else columns_known
    small = (table > 0) & (table < floor)
    gone = small if gone is None else gone | small
    while True:
        rows = np.flatnonzero(_open(table, gone, floor=floor))
        columns = np.flatnonzero(_open(table.T, gone.T, floor=floor) & known)
        if len(rows) + len(columns) == 0:
            return gone
        for line in rows:
            gone[line, _next(table[line], gone[line])] = True
        for line in columns:
            if _open(table.T, gone.T, floor=floor)[line]:
                gone[_next(table[:, line], gone[:, line]), line] = True


def _open(table: Table, gone: Flags, *, floor: int) -> Flags:
    """Which rows hide something that their total gives away, and have something left to hide."""
    many = gone.sum(axis=1)
    told = (many < 2) | (np.where(gone, table, 0).sum(axis=1) < floor)
    found: Flags = (many > 0) & told & ~gone.all(axis=1)
    return found


def _next(counts: Table, gone: Flags) -> int:
    """The smallest count that is still shown, nought last."""
    most = np.iinfo(np.int64).max
    return int(np.argmin(np.where(gone, most, np.where(counts == 0, most - 1, counts))))
