"""Incidents as columns of numbers that any question of a map is counted from.

A million of them are 20 MB, and any count takes some milliseconds; no table of sums could answer every filter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo import quadkeys
from geo.quadkeys import NOWHERE, ZOOM, Keys
from geo.territory import Rows, Territory

Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]
CELL_ZOOMS, TILE_PX = 5, 256
"""The counts of a tile are of the squares five zooms deeper: 8 by 8 screen pixels each."""


@dataclass(frozen=True, slots=True)
class IncidentTable:
    """Columns side by side, in the order of ``key`` (geo.quadkeys), so that those of a map tile are one slice.

    The others are positions: month in ``months`` (year * 12 + month - 1 by the city's calendar, ascending; None at the
    end: not recorded), matter in ``matters`` (kind, category; "" where not recorded), grid in ``grids`` (code,
    community_code, of whichever plan was in force; -1 is in none).
    """

    key: Keys
    month: Ints
    matter: Ints
    grid: Ints
    months: tuple[int | None, ...]
    matters: tuple[tuple[str, str], ...]
    grids: tuple[tuple[str, str], ...]

    def ordered(self) -> IncidentTable:
        """The same with its columns in the order of ``key``."""
        order = np.argsort(self.key, kind="stable")
        return replace(
            self,
            key=self.key[order],
            month=self.month[order],
            matter=self.matter[order],
            grid=self.grid[order],
        )

    def __len__(self) -> int:
        return len(self.key)

    @property
    def unplaced(self) -> int:
        """How many have no place."""
        return len(self) - int(np.searchsorted(self.key, NOWHERE))

    @property
    def outside(self) -> int:
        """How many have a place, but in no grid."""
        return int((self.grid < 0).sum()) - self.unplaced

    def cube(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where anything happened: positions ((grid + 1) * len(months) + month) * len(matters) + matter, ascending;
        and how often."""
        flat = (self.grid.astype(np.int64) + 1) * len(self.months) + self.month
        return np.unique(flat * len(self.matters) + self.matter, return_counts=True)

    def places(self, territory: Territory) -> Rows:
        """The place of each of ``grids``: itself, or its community where it is no grid any more."""
        return territory.rows(
            code if code in territory else community for code, community in self.grids
        )

    def tile(self, x: int, y: int, *, zoom: int, wanted: Wanted | None = None) -> Counts:
        """The counts of one map tile (down to zoom ZOOM - CELL_ZOOMS), by squares."""
        depth = 2 * (ZOOM - zoom)
        key = quadkeys.key_of(x, y, zoom=zoom)
        ends = np.array([key << depth, (key + 1) << depth], dtype=np.uint64)
        mine = slice(*np.searchsorted(self.key, ends))
        here = self.key[mine]
        if wanted is not None:
            here = here[wanted.among(self, mine)]
        here = here & np.uint64((1 << depth) - 1)
        cells = (here >> np.uint64(depth - 2 * CELL_ZOOMS)).astype(np.int64)
        counts = np.bincount(cells)
        there = np.flatnonzero(counts)
        scale = TILE_PX / (1 << (ZOOM - zoom))
        x_px, y_px = (
            (np.bincount(cells, weights=side)[there] / counts[there] + 0.5) * scale
            for side in quadkeys.square(here)
        )
        return Counts(counts[there], x_px, y_px)


@dataclass(frozen=True, slots=True)
class Counts:
    """count: of each square that has any. x, y: pixels from the tile's north-western corner to their middle."""

    count: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is counted: months from first to last (inclusive, 0 is the table's first), and which of its matters and
    grids (None: all, also what is in no grid)."""

    first: int = 0
    last: int = np.iinfo(np.int32).max
    matters: Flags | None = None
    grids: Flags | None = None

    def among(self, table: IncidentTable, rows: slice) -> Flags:
        """Which of some rows are wanted."""
        month = table.month[rows]
        kept: Flags = (month >= self.first) & (month <= self.last)
        if self.matters is not None:
            kept &= self.matters[table.matter[rows]]
        if self.grids is not None:
            kept &= np.append(self.grids, False)[table.grid[rows]]
        return kept
