"""The compiled engine: a grid of cells over the city, most of which lie in one polygon and answer at once.

A cell crossed by one edge takes one exact orientation test; any other tests the few edges that matter for it. What
double arithmetic can't decide goes to GEOS, so that the answer is GEOS's for every point.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo._cells_build import fill, stripes, unique_edges
from geo._jit import kernel
from geo._orient import UNDECIDED, enclosed, side
from geo._plain import PlainEngine

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

MOST_CELLS = 1 << 26  # 256 MB if each of them were kept
_CELLS_AN_EDGE = 1000
_FEWEST_CELLS = 1 << 16
_ZOOM = 3
_ULPS_A_CELL = 4096.0
_SANE = (1e-120, 1e120)  # extents beyond could under- or overflow in the exact tests
_LARGE = 1 << 26  # bytes: tables that no processor's cache holds
_MANY = 1 << 18  # points that are worth putting in order first
_THREAD_POINTS = 1 << 16  # fewer are not worth a thread


class Index(NamedTuple):
    """The tables, see `geo._cells_build.fill`. ``columns``, ``rows``: of coarse cells."""

    x0: float
    y0: float
    ix: float
    iy: float
    columns: int
    rows: int
    zoom: int
    coarse: NDArray[np.int16] | Ints
    """As narrow as the number of polygons allows: most points need nothing else, and it should stay in the cache."""
    block: Ints
    fine: Ints
    edges: Floats
    side_labels: Ints
    """For each edge: what to answer left of it, right of it and on it."""
    first_item: Ints
    items: Ints


class CellEngine:
    """Valid polygons in winning order, what to answer for each (``labels``, distinct, not negative), `build`."""

    def __init__(self, shapes: NDArray[np.object_], labels: Ints, index: Index) -> None:
        self._shapes, self._labels = shapes, labels
        self._index = index

    def indices(self, x: Floats, y: Floats) -> Ints:
        """The label of the first polygon that intersects each point; -1 for none and for NaN and infinity."""
        out = np.empty(len(x), dtype=np.int32)
        by_tile = len(x) >= _MANY and self.nbytes > _LARGE
        _in_threads(find_by_tile if by_tile else find, x, y, out, self._index)
        for_geos = np.flatnonzero(out < -1) if out.size and out.min() < -1 else np.empty(0, np.intp)
        if for_geos.size:
            out[for_geos] = self._plain.indices(x[for_geos], y[for_geos])
        return out

    def on_boundary(self, x: Floats, y: Floats, indices: Ints) -> NDArray[np.bool_]:
        """Whether each point lies on the boundary of the polygon that it was given (False for -1)."""
        out = np.array(indices, dtype=np.int32)
        _in_threads(touch, x, y, out, self._index)
        for_geos = np.flatnonzero(out == UNDECIDED)
        if for_geos.size:
            some = x[for_geos], y[for_geos], indices[for_geos]
            out[for_geos] = self._plain.on_boundary(*some)
        return out.astype(bool)

    @property
    def nbytes(self) -> int:
        """Memory that the tables take."""
        return sum(table.nbytes for table in self._index if isinstance(table, np.ndarray))

    @cached_property
    def _plain(self) -> PlainEngine:
        return PlainEngine(self._shapes, self._labels)


def best_engine(shapes: NDArray[np.object_], labels: Ints) -> CellEngine | PlainEngine:
    """The compiled engine, or GEOS itself for the few shapes that can't be cut into cells."""
    index = build(shapes, labels) if _can_cut(shapes) else None
    return PlainEngine(shapes, labels) if index is None else CellEngine(shapes, labels, index)


def _can_cut(shapes: NDArray[np.object_]) -> bool:
    """Whether cells suit these polygons: some, and of an extent whose squares are numbers."""
    if not len(shapes):
        return False
    west, south, east, north = shapely.total_bounds(shapes)
    extent = max(east - west, north - south)
    reach = float(np.abs([west, south, east, north]).max())
    return bool(_SANE[0] < extent and reach < _SANE[1])


def build(shapes: NDArray[np.object_], labels: Ints) -> Index | None:
    """The tables for valid polygons in winning order; None where even a cell's middle can't be decided."""
    shapes = shapely.orient_polygons(shapes, exterior_cw=False)
    parts, part_rank = shapely.get_parts(shapes, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    rank = part_rank[ring_part][ring].astype(np.int32)
    edges, sides, used_edge, used_rank = unique_edges(coordinates, ring, rank)
    bounds = shapely.total_bounds(shapes)
    x0, y0, ix, iy, columns, rows = _plane(bounds, len(edges))
    order = _by_place(edges, x0, y0, ix, iy)
    edges, sides = edges[order], sides[order]
    new = np.empty(len(order), dtype=np.int32)
    new[order] = np.arange(len(order), dtype=np.int32)
    of_row, stripe_rank, first_listed, listed = stripes(
        edges, new[used_edge], used_rank, len(shapes), y0, iy, rows
    )
    zoom, label = _ZOOM, np.append(labels, -1).astype(np.int32)
    coarse = np.empty((rows >> zoom) * (columns >> zoom), dtype=np.int32)
    block = np.empty_like(coarse)
    fine, first_item, items = fill(
        coarse,
        block,
        zoom,
        edges,
        of_row,
        stripe_rank,
        first_listed,
        listed,
        label,
        x0,
        y0,
        ix,
        iy,
        columns,
    )
    if not len(first_item):
        return None
    for table in (coarse, fine):
        relabel(table, label)
    narrow = len(shapes) < np.iinfo(np.int16).max
    return Index(
        x0=x0,
        y0=y0,
        ix=ix,
        iy=iy,
        columns=columns >> zoom,
        rows=rows >> zoom,
        zoom=zoom,
        coarse=coarse.astype(np.int16) if narrow else coarse,
        block=block,
        fine=fine.copy(),  # NumPy's memory comes in large pages, the kernel's does not
        edges=edges,
        side_labels=np.column_stack([label[sides], label[_lower(sides)]]),
        first_item=first_item.copy(),
        items=items.copy(),
    )


def _lower(sides: Ints) -> Ints:
    """The lower polygon of each edge: what wins on the edge itself."""
    lowest: Ints = np.where((sides < 0).any(axis=1), sides.max(axis=1), sides.min(axis=1))
    return lowest


def _plane(bounds: Floats, edges: int) -> tuple[float, float, float, float, int, int]:
    """Origin, cells a unit, columns and rows: about square cells, as many as suit the number of edges."""
    west, south, east, north = (float(bound) for bound in bounds)
    width, height = east - west, north - south
    cells = min(max(_CELLS_AN_EDGE * edges, _FEWEST_CELLS), MOST_CELLS)
    cell = max(math.sqrt(width * height / cells), width / 2**14, height / 2**14)
    cell_x = max(cell, _ULPS_A_CELL * float(np.spacing(max(abs(west), abs(east)))))
    cell_y = max(cell, _ULPS_A_CELL * float(np.spacing(max(abs(south), abs(north)))))
    # One cell of margin on every side, so that no edge lies on the rim.
    columns, rows = _rounded_up(width / cell_x + 3), _rounded_up(height / cell_y + 3)
    return west - cell_x, south - cell_y, 1.0 / cell_x, 1.0 / cell_y, columns, rows


def _rounded_up(count: float) -> int:
    """A whole number of coarse cells."""
    return -(-int(count) >> _ZOOM) << _ZOOM


def _by_place(edges: Floats, x0: float, y0: float, ix: float, iy: float) -> NDArray[np.intp]:
    """An order in which neighbouring edges are neighbours in memory: along a curve through 64 x 64 cell tiles."""
    column = ((edges[:, 0] + edges[:, 2]) / 2 - x0) * (ix / 16)
    row = ((edges[:, 1] + edges[:, 3]) / 2 - y0) * (iy / 16)
    return np.argsort(row.astype(np.int64) * (1 << 32) + column.astype(np.int64), kind="stable")


def _in_threads(
    run: Callable[[Floats, Floats, Ints, Index], None],
    x: Floats,
    y: Floats,
    out: Ints,
    index: Index,
) -> None:
    """``run(x, y, out, index)`` in slices, one a processor."""
    x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
    workers = len(x) // _THREAD_POINTS
    if workers >= 2:
        workers = min(workers, len(os.sched_getaffinity(0)))
    if workers < 2:
        run(x, y, out, index)
        return
    cuts = np.linspace(0, len(x), workers + 1).astype(int)
    with ThreadPoolExecutor(workers) as pool:
        jobs = [pool.submit(run, x[a:b], y[a:b], out[a:b], index) for a, b in pairwise(cuts)]
        for job in jobs:
            job.result()


@kernel
def relabel(cells: Ints, label: Ints) -> None:
    """Ranks to labels, in place."""
    for i in range(len(cells)):
        if cells[i] >= 0:
            cells[i] = label[cells[i]]


_BLOCK = 4096


@kernel
def find(x: Floats, y: Floats, out: Ints, index: Index) -> None:  # noqa: PLR0915
    """The label of each point, or -2 where GEOS must decide.

    Three passes over a block of points: coarse cells, then fine ones for those that need it, then edges for the few
    that are left. The first two are free of branches. Positions are unsigned, or each would be tested for its sign.
    """
    zoom, columns, step = np.uint64(index.zoom), np.uint64(index.columns), np.uint64(2 * index.zoom)
    mask = np.uint64((1 << index.zoom) - 1)
    wide, high = float(index.columns << index.zoom), float(index.rows << index.zoom)
    x0, y0, ix, iy = index.x0, index.y0, index.ix, index.iy
    coarse, block, fine = index.coarse, index.block, index.fine
    edges, first_item, items = index.edges, index.first_item, index.items
    side_labels = index.side_labels
    waiting = np.empty(_BLOCK, np.uint32)
    one = np.uint64(1)
    for start in range(np.uint64(0), np.uint64(len(x)), np.uint64(_BLOCK)):
        end = min(start + np.uint64(_BLOCK), np.uint64(len(x)))
        n = np.uint64(0)
        for i in range(start, end):
            fx, fy = (x[i] - x0) * ix, (y[i] - y0) * iy
            within = (fx >= 0.0) & (fx < wide) & (fy >= 0.0) & (fy < high)
            c = np.uint64(np.int32(fx if within else 0.0))
            r = np.uint64(np.int32(fy if within else 0.0))
            found = np.int32(coarse[(r >> zoom) * columns + (c >> zoom)])
            found = found if within else np.int32(-1)
            out[i] = found
            waiting[n] = np.uint32(i - start)
            n += np.uint64(found < -1)
        left = np.uint64(0)
        for j in range(np.uint64(0), n):
            at = start + np.uint64(waiting[j])
            c = np.uint64(np.int32((x[at] - x0) * ix))
            r = np.uint64(np.int32((y[at] - y0) * iy))
            square = np.uint64(block[(r >> zoom) * columns + (c >> zoom)])
            found = fine[(square << step) + ((r & mask) << zoom) + (c & mask)]
            out[at] = found
            waiting[left] = waiting[j]
            left += np.uint64(found < -1)
        for j in range(np.uint64(0), left):
            at = start + np.uint64(waiting[j])
            px, py = x[at], y[at]
            k = np.uint64(-2 - out[at])
            if k & one == np.uint64(0):
                e = k >> one
                where = side(edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3], px, py)
                if where == UNDECIDED:
                    out[at] = -2
                else:
                    out[at] = side_labels[e, 0 if where > 0 else (1 if where < 0 else 2)]
                continue
            found = np.int32(-1)
            t, last = first_item[k >> one], first_item[(k >> one) + one]
            while t < last:
                head = items[t + 1]
                after = t + 2 + max(head >> 1, 0)
                where = 1
                if head >= 0:
                    where = enclosed(px, py, edges, items, t + 2, after, head & 1)
                if where == UNDECIDED:
                    found = np.int32(-2)
                    break
                if where >= 0:
                    found = items[t]
                    break
                t = after
            out[at] = found


_TILES = 32  # a side; the tables of one tile fit the processor's own cache
_CHUNK = 1 << 20


@kernel
def find_by_tile(x: Floats, y: Floats, out: Ints, index: Index) -> None:
    """`find`, with the points of a chunk in the order of tiles of the city: for tables larger than the cache."""
    across, up = (
        index.ix * _TILES / (index.columns << index.zoom),
        index.iy * _TILES / (index.rows << index.zoom),
    )
    size = min(_CHUNK, len(x))
    tile, order = np.empty(size, np.uint16), np.empty(size, np.uint32)
    xs, ys, found = np.empty(size, np.float64), np.empty(size, np.float64), np.empty(size, np.int32)
    first = np.empty(_TILES * _TILES + 1, np.uint32)
    for start in range(0, len(x), size):
        n = min(size, len(x) - start)
        first[:] = 0
        for i in range(n):
            fx, fy = (x[start + i] - index.x0) * across, (y[start + i] - index.y0) * up
            within = (fx >= 0.0) & (fx < _TILES) & (fy >= 0.0) & (fy < _TILES)
            t = np.int64(fy) * _TILES + np.int64(fx) if within else 0
            tile[i] = t
            first[t + 1] += np.uint32(1)
        for t in range(_TILES * _TILES):
            first[t + 1] += first[t]
        for i in range(n):
            order[first[tile[i]]] = i
            first[tile[i]] += np.uint32(1)
        for k in range(n):
            xs[k], ys[k] = x[start + order[k]], y[start + order[k]]
        find(xs[:n], ys[:n], found[:n], index)
        for k in range(n):
            out[start + order[k]] = found[k]


@kernel
def touch(x: Floats, y: Floats, out: Ints, index: Index) -> None:
    """``out``: the label of each point; becomes 1 on that polygon's boundary, 0 off it, or `UNDECIDED`."""
    zoom, mask = index.zoom, (1 << index.zoom) - 1
    x0, y0, ix, iy, columns = index.x0, index.y0, index.ix, index.iy, index.columns
    coarse, block, fine = index.coarse, index.block, index.fine
    edges, first_item, items = index.edges, index.first_item, index.items
    for i in range(len(x)):
        label = out[i]
        out[i] = 0
        if label < 0:
            continue
        c, r = np.int64((x[i] - x0) * ix), np.int64((y[i] - y0) * iy)
        at = (r >> zoom) * columns + (c >> zoom)
        if coarse[at] >= 0:
            continue
        k = np.int64(-2 - fine[(block[at] << (2 * zoom)) + ((r & mask) << zoom) + (c & mask)])
        if k < 0:
            continue
        where = -1
        if k & 1 == 0:
            e = k >> 1
            where = side(edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3], x[i], y[i])
        else:
            t, last = first_item[k >> 1], first_item[(k >> 1) + 1]
            while t < last:
                head = items[t + 1]
                after = t + 2 + max(head >> 1, 0)
                if items[t] == label and head >= 0:
                    where = enclosed(x[i], y[i], edges, items, t + 2, after, head & 1)
                t = after
        out[i] = UNDECIDED if where == UNDECIDED else where == 0
