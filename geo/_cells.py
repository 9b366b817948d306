"""The compiled engine: a grid of cells over the city, most of which lie in one polygon and answer at once.

A cell that up to four edges touch takes their lines, rounded to 16 bits, which decide unless a point is very close;
then, and in any other cell, the few edges that matter are tested exactly. What double arithmetic can't decide goes to
GEOS, so that the answer is GEOS's for every point.

`geo._cells_build` makes the tables, a strip of rows at a time (`_cells_edges`: rings to edges by row; `_cells_rows`:
rows to tables; `_cells_fill`: what a cell is; `_cells_few`: cells that few edges touch; `_cells_pack`: cells to the
words that are read). `geo._cells_find` reads them; `_cells_exact` and `_cells_items` ask the edges themselves.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geo._cells_build import Index, build
from geo._cells_exact import touch
from geo._cells_find import find
from geo._cells_items import FOR_GEOS
from geo._cells_place import place
from geo._jit import bound
from geo._orient import UNDECIDED
from geo._plain import PlainEngine

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

_SANE = (1e-120, 1e120)  # extents beyond could under- or overflow in the exact tests
_THREAD_POINTS = 1 << 16  # fewer are not worth a thread
_SLICES = 8


class CellEngine:
    """Valid polygons in winning order, what to answer for each (``labels``, distinct, not negative), `build`."""

    def __init__(self, shapes: NDArray[np.object_], labels: Ints, index: Index) -> None:
        self._shapes, self._labels = shapes, labels
        self._index = index

    def indices(self, x: Floats, y: Floats) -> Ints:
        """The label of the first polygon that intersects each point; -1 for none and for NaN and infinity."""
        out = np.empty(len(x), dtype=np.int32)
        if _in_threads(find, x, y, out, self._index):
            for_geos = np.flatnonzero(out == FOR_GEOS)
            out[for_geos] = self._plain.indices(x[for_geos], y[for_geos])
        return out

    def place(self, x: float, y: float) -> tuple[int, bool]:
        """What `indices` and `on_boundary` say of one point, some five times sooner."""
        label, inside = self._place(x, y, self._index)
        return self._plain.place(x, y) if label == FOR_GEOS else (label, inside == 0)

    def on_boundary(self, x: Floats, y: Floats, indices: Ints) -> NDArray[np.bool_]:
        """Whether each point lies on the boundary of the polygon that it was given (False for -1)."""
        out = np.array(indices, dtype=np.int32)
        if _in_threads(touch, x, y, out, self._index):
            for_geos = np.flatnonzero(out == UNDECIDED)
            some = x[for_geos], y[for_geos], indices[for_geos]
            out[for_geos] = self._plain.on_boundary(*some)
        return out.astype(bool)

    @property
    def tables(self) -> Index:
        """What a lookup reads."""
        return self._index

    @property
    def nbytes(self) -> int:
        """Memory that the tables take."""
        index = self._index
        tables = index.blocks, index.words, index.edges, index.first_item, index.items
        return sum(table.nbytes for table in tables)

    @cached_property
    def _place(self) -> Callable[[float, float, Index], tuple[int, int]]:
        return bound(place, 0.0, 0.0, self._index)

    @cached_property
    def _plain(self) -> PlainEngine:
        return PlainEngine(self._shapes, self._labels)


def best_engine(
    shapes: NDArray[np.object_], labels: Ints, points: int | None = None
) -> CellEngine | PlainEngine:
    """The compiled engine, or GEOS itself for the few shapes that can't be cut into cells.

    ``points``: about how many it is built for; without, for any number.
    """
    index = build(shapes, labels, points) if _can_cut(shapes) else None
    return PlainEngine(shapes, labels) if index is None else CellEngine(shapes, labels, index)


def _can_cut(shapes: NDArray[np.object_]) -> bool:
    """Whether cells suit these polygons: some, and of an extent whose squares are numbers."""
    if not len(shapes):
        return False
    west, south, east, north = shapely.total_bounds(shapes)
    extent = max(east - west, north - south)
    reach = float(np.abs([west, south, east, north]).max())
    return bool(_SANE[0] < extent and reach < _SANE[1])


def _in_threads(
    run: Callable[[Floats, Floats, Ints, Index], int],
    x: Floats,
    y: Floats,
    out: Ints,
    index: Index,
) -> int:
    """``run(x, y, out, index)`` in slices, by as many threads as there are processors. The sum of its answers."""
    x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
    workers = min(len(x) // _THREAD_POINTS, len(os.sched_getaffinity(0)))
    if workers < 2:
        return run(x, y, out, index)
    # Several slices a thread: one that another process holds up leaves more of them to the rest.
    slices = min(len(x) // _THREAD_POINTS, _SLICES * workers)
    cuts = np.linspace(0, len(x), slices + 1).astype(int)
    with ThreadPoolExecutor(workers) as pool:
        jobs = [pool.submit(run, x[a:b], y[a:b], out[a:b], index) for a, b in pairwise(cuts)]
        return sum(job.result() for job in jobs)
