"""Polygons -> the tables of the cell index, a strip of rows at a time so that memory stays bounded."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo._cells_edges import PAD, Floats, Ints, Longs, Plane, Strip, cut_strip, matter_elsewhere
from geo._cells_fill import NOWHERE
from geo._cells_pack import LINE, SIDE, ZOOM
from geo._cells_rows import fill

MOST_CELLS = 1 << 26
_CELLS_A_VERTEX = 500
_FEWEST_CELLS = 1 << 16
_POINTS_A_CELL = 4
_MOST_ACROSS = 1 << 14
_ULPS_A_CELL = 4096.0
_STRIP_VERTICES = 1 << 18


class Index(NamedTuple):
    """The tables. A lookup reads a block's number, and where that is not the answer, its record in ``words``."""

    plane: Plane
    blocks: NDArray[np.int16] | Ints
    """For each block of cells: a label or -1; or ``-2 - line`` of its record."""
    words: Ints
    """See `geo._cells_pack`."""
    bytes: NDArray[np.uint8]
    """The same memory, byte by byte."""
    edges: Floats
    first_item: Ints
    items: Ints
    strip_of: Ints
    """For each row of blocks its strip."""
    bases: Longs
    """For each strip, where its edges, first items and items start: the numbers in its records count from there."""


class _Part(NamedTuple):
    """The tables of one strip."""

    blocks: Ints
    words: Ints
    edges: Floats
    first_item: Ints
    items: Ints


def build(shapes: NDArray[np.object_], labels: Ints, points: int | None = None) -> Index | None:
    """The tables for valid polygons in winning order; None where coordinates are too close for cells.

    ``points``: for so many, more cells take longer to make than they save; None for any number.
    """
    vertices = shapely.get_num_coordinates(shapes)
    most = MOST_CELLS if points is None else points // _POINTS_A_CELL
    plane = _plane(shapely.total_bounds(shapes), int(vertices.sum()), most)
    strips = _Strips(shapes, np.append(labels, -1).astype(np.int32), plane, vertices)
    blocks = np.empty((plane.rows >> ZOOM, plane.columns >> ZOOM), dtype=np.int32)
    strip_of = np.empty(len(blocks), dtype=np.int32)
    tables = [_Table(np.int32), _Table(np.float64, 4), _Table(np.int32), _Table(np.int32)]
    bases = np.zeros((len(strips.cuts) - 1, 3), dtype=np.int64)
    for k, part in enumerate(strips.parts()):
        if part is None:
            return None
        first, last = strips.cuts[k], strips.cuts[k + 1]
        own = part.blocks.reshape(last - first, -1)
        own[own < NOWHERE] -= len(tables[0]) // LINE
        blocks[first:last], strip_of[first:last] = own, k
        bases[k] = [len(table) for table in tables[1:]]
        more: list[NDArray[Any]] = [part.words, part.edges, part.first_item, part.items]
        for table, rows in zip(tables, more, strict=True):
            table.append(rows, share=strips.share[k])
    tables[0].append(np.zeros(2 * LINE, np.int32), share=1.0)  # what is read ahead is there
    words, edges, first_item, items = (table.rows for table in tables)
    return Index(
        plane=plane,
        blocks=_narrowed(blocks.ravel()),
        words=words,
        bytes=words.view(np.uint8),
        edges=edges,
        first_item=first_item,
        items=items,
        strip_of=strip_of,
        bases=bases,
    )


def _narrowed(blocks: Ints) -> NDArray[np.int16] | Ints:
    """As narrow as the numbers allow: most points need nothing else, and it should stay in the cache."""
    limits = np.iinfo(np.int16)
    narrow = limits.min <= blocks.min() and blocks.max() <= limits.max
    return blocks.astype(np.int16) if narrow else blocks


def _plane(bounds: Floats, vertices: int, most: int) -> Plane:
    """About square cells, as many as suit the number of vertices, but ``most`` at most."""
    west, south, east, north = (float(bound) for bound in bounds)
    width, height = east - west, north - south
    cells = max(min(_CELLS_A_VERTEX * vertices, most, MOST_CELLS), _FEWEST_CELLS)
    cell = max(math.sqrt(width * height / cells), width / _MOST_ACROSS, height / _MOST_ACROSS)
    cell_x = max(cell, _ULPS_A_CELL * float(np.spacing(max(abs(west), abs(east)))))
    cell_y = max(cell, _ULPS_A_CELL * float(np.spacing(max(abs(south), abs(north)))))
    # Two cells of margin on every side, so that no edge comes near the rim.
    columns, rows = _rounded_up(width / cell_x + 5), _rounded_up(height / cell_y + 5)
    return Plane(west - 2 * cell_x, south - 2 * cell_y, 1.0 / cell_x, 1.0 / cell_y, columns, rows)


def _rounded_up(count: float) -> int:
    """A whole number of blocks."""
    return -(-int(count) >> ZOOM) << ZOOM


class _Table:
    """Rows that come strip by strip. Room is kept for those to come: memory not yet written to costs nothing."""

    def __init__(self, kind: type[np.generic], width: int = 0) -> None:
        self._width = width
        self._rows: NDArray[Any] = np.empty((0, width) if width else 0, dtype=kind)
        self._used = 0

    def __len__(self) -> int:
        return self._used

    def append(self, rows: NDArray[Any], *, share: float) -> None:
        """Add rows; with them, about ``share`` of all are there."""
        needed = self._used + len(rows)
        if needed > len(self._rows):
            larger = _aligned(self._rows, int(needed * (1.3 / share if share < 1 else 1.0)) + 1)
            larger[: self._used] = self._rows[: self._used]
            self._rows = larger
        self._rows[self._used : needed] = rows
        self._used = needed

    @property
    def rows(self) -> NDArray[Any]:
        """Those that were added."""
        return self._rows[: self._used]


def _aligned(like: NDArray[Any], length: int) -> NDArray[Any]:
    """An array that starts at a line of the cache."""
    width = math.prod(like.shape[1:])
    items = np.empty(length * width + 64 // like.itemsize, dtype=like.dtype)
    skip = -items.ctypes.data % 64 // like.itemsize
    return items[skip : skip + length * width].reshape((length, *like.shape[1:]))


class _Strips:
    """The plane in strips of about as many vertices each."""

    def __init__(
        self, shapes: NDArray[np.object_], label: Ints, plane: Plane, vertices: NDArray[np.integer]
    ) -> None:
        self._shapes, self._label, self._plane = shapes, label, plane
        bounds = shapely.bounds(shapes)
        last_row = (plane.rows >> ZOOM) - 1
        low = (bounds[:, 1] - plane.y0) * plane.iy - PAD
        high = (bounds[:, 3] - plane.y0) * plane.iy + PAD
        self._low = np.clip(low // SIDE, 0, last_row).astype(np.int32)
        self._high = np.clip(high // SIDE, 0, last_row).astype(np.int32)
        load = np.bincount((self._low + self._high) // 2, vertices, minlength=last_row + 1).cumsum()
        wanted = np.arange(_STRIP_VERTICES, load[-1], _STRIP_VERTICES)
        cuts = np.unique(np.searchsorted(load, wanted) + 1)
        self.cuts = [0, *cuts[cuts <= last_row].tolist(), last_row + 1]
        """The first row of blocks of each strip, and the end."""
        self.share = load[np.array(self.cuts[1:]) - 1] / load[-1]

    def parts(self) -> Iterator[_Part | None]:
        """The tables of each strip, in order."""
        workers = min(len(os.sched_getaffinity(0)), len(self.cuts) - 1)
        if workers < 2:
            yield from map(self._part, range(len(self.cuts) - 1))
            return
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(self._part, range(len(self.cuts) - 1))

    def _part(self, k: int) -> _Part | None:
        first, end = self.cuts[k], self.cuts[k + 1]
        ranks = np.flatnonzero((self._low < end) & (self._high >= first))
        strip = self._strip(ranks, first * SIDE, (end - first) * SIDE)
        if matter_elsewhere(strip.edges, self._plane):
            return None
        blocks, words, first_item, items = fill(strip, self._label, self._plane)
        return _Part(blocks, words, strip.edges, first_item, items)

    def _strip(self, ranks: NDArray[np.intp], first_row: int, rows: int) -> Strip:
        shapes = shapely.orient_polygons(self._shapes[ranks], exterior_cw=False)
        parts, part_shape = shapely.get_parts(shapes, return_index=True)
        rings, ring_part = shapely.get_rings(parts, return_index=True)
        coordinates, ring = shapely.get_coordinates(rings, return_index=True)
        rank = ranks[part_shape[ring_part]].astype(np.int32)[ring]
        return cut_strip(coordinates, ring, rank, self._plane, first_row, rows)
