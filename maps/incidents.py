"""Incidents as the JSON of a page: sums by grid, month and matter, and (inside a file) where they happened.

Three ways. Served: the sums alone, what lies where is asked of the service. A file for the house: every one, with its
place, month, matter and grid. A file that may be mailed: only counts of FLOOR and more that no sum gives away.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geo import quadkeys
from geo.disclosure import FLOOR, publishable
from geo.incident_table import IncidentTable
from geo.quadkeys import NOWHERE, ZOOM, Keys
from geo.territory import Territory
from maps.places import few
from maps.shapes import deltas_kept

FINEST, COARSEST = 18, 12
"""Squares that a mailed file counts in: 130 m wide in the middle of China, up to 8 km where little happens."""
GATHERED = 20
"""Where a file for the house holds more than MOST, those of one month and matter within 33 m are one mark."""
MOST = 30_000


class Detail(StrEnum):
    """How much of the incidents leaves with the page."""

    SERVED = "served"
    EVERY = "every"
    SCRUBBED = "scrubbed"


def incidents(
    table: IncidentTable, territory: Territory, *, detail: Detail, since: date | None
) -> dict[str, object]:
    """The ``incidents`` of a page. since: the day of the earliest, if that is known."""
    scrubbed = detail is Detail.SCRUBBED
    return {
        "total": few(len(table)) if scrubbed else len(table),
        "unplaced": few(table.unplaced) if scrubbed else table.unplaced,
        "outside": few(table.outside) if scrubbed else table.outside,
        "since": None if since is None else since.isoformat(),
        "months": [
            None if month is None else f"{month // 12}-{month % 12 + 1:02d}"
            for month in table.months
        ],
        "matters": [[kind or None, category or None] for kind, category in table.matters],
        "grids": [code for code, _ in table.grids],
        "places": table.places(territory).tolist(),
        "cube": None if scrubbed else _cube(table),
        "sums": _sums(table, territory) if scrubbed else None,
        "marks": _squares(table) if scrubbed else _every(table) if detail is Detail.EVERY else None,
    }


def _cube(table: IncidentTable) -> dict[str, list[int]]:
    """at: positions, each as its difference from the one before; count."""
    at, counts = table.cube()
    return {"at": np.diff(at, prepend=0).tolist(), "count": counts.tolist()}


def _sums(table: IncidentTable, territory: Territory) -> dict[str, object]:
    """Counts of each place by month and by matter, and in all; -1 where they are not shown."""
    home = np.append(table.places(territory), 0)[table.grid]
    shown = {}
    for name, column, width in (
        ("months", table.month, len(table.months)),
        ("matters", table.matter, len(table.matters)),
    ):
        own = np.zeros((len(territory), width), dtype=np.int64)
        np.add.at(own, (home, column), 1)
        shown[name] = publishable(territory, own)
    return {
        "months": shown["months"].counts.tolist(),
        "matters": shown["matters"].counts.tolist(),
        "totals": shown["months"].totals.tolist(),
    }


def _squares(table: IncidentTable) -> dict[str, object]:
    """Squares with FLOOR or more, each at its middle; and how many incidents are in none."""
    made = quadkeys.joined(table.key, finest=FINEST, coarsest=COARSEST, least=FLOOR)
    places = [_middles(found, zoom) for zoom, (found, _) in made.items()]
    counts = [count for _, count in made.values()]
    xy = np.concatenate(places) if places else np.empty((0, 2))
    n = np.concatenate(counts).tolist() if counts else []
    left = len(table) - table.unplaced - sum(n)
    return {"at": deltas_kept(xy), "count": n, "left": few(left)}


def _every(table: IncidentTable) -> dict[str, object]:
    """Each incident (or, if they are too many, each month and matter's in a place) with its columns."""
    placed = table.key < NOWHERE
    columns = [table.month, table.matter, table.grid]
    if len(table) <= MOST:
        found, zoom = table.key[placed], ZOOM
        month, matter, grid = (column[placed] for column in columns)
        count = np.ones(len(found), dtype=np.int64)
    else:
        zoom = GATHERED
        near = (table.key[placed] >> np.uint64(2 * (ZOOM - zoom))).astype(np.int64)
        rows = np.stack([near, *(column[placed].astype(np.int64) for column in columns)], axis=1)
        distinct, count = np.unique(rows, axis=0, return_counts=True)
        found = distinct[:, 0].astype(np.uint64)
        month, matter, grid = distinct[:, 1], distinct[:, 2], distinct[:, 3]
    return {
        "at": deltas_kept(_middles(found, zoom)),
        "count": count.tolist(),
        "month": month.tolist(),
        "matter": matter.tolist(),
        "grid": grid.tolist(),
        "left": 0,
    }


def _middles(found: Keys, zoom: int) -> NDArray[np.float64]:
    """Longitude and latitude of the middles of squares."""
    x, y = ((side.astype(np.float64) + 0.5) / (1 << zoom) for side in quadkeys.square(found))
    return np.stack(quadkeys.degrees(x, y), axis=1)
