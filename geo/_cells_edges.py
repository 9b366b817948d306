"""Rings -> distinct edges, and which of them run through which row of cells (compiled).

A row of cells is a band; a polygon's edges that touch a band are its *stripe* there. All tests of which edges touch
what are generous by `PAD` cells, far more than any rounding, so that a point that falls into a cell by its rounded
coordinates can only be affected by edges that are listed for it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo._jit import kernel
from geo._orient import TINY

PAD = 1.0 / 256.0
_LONG = 32  # edges that are no longer sorted by insertion

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class Plane(NamedTuple):
    """Cells over the city: origin, cells a unit, and how many (both multiples of the cells in a block)."""

    x0: float
    y0: float
    ix: float
    iy: float
    columns: int
    rows: int


class Strip(NamedTuple):
    """Some rows of cells and all edges that touch them."""

    first_row: int
    rows: int
    edges: Floats
    """A row is x1, y1, x2, y2, the lexicographically lower end first."""
    sides: Ints
    """For each edge the lowest polygon to its left and to its right; -1 for none."""
    of_row: Longs
    """The first stripe of each row, and the end."""
    stripe_rank: Ints
    """The polygon of each stripe; ranks rise within a row."""
    first_listed: Longs
    """The first listed edge of each stripe, and the end."""
    listed: Ints
    """Edges, by falling greatest x within a stripe."""


@kernel
def rows_touched(low_y: float, high_y: float, plane: Plane) -> tuple[int, int]:
    """The first and last row that something between two heights touches, generously."""
    low = int((low_y - plane.y0) * plane.iy - PAD)
    high = int((high_y - plane.y0) * plane.iy + PAD)
    return max(low, 0), min(high, plane.rows - 1)


@kernel
def _hash(  # noqa: PLR0917
    x1: float, y1: float, x2: float, y2: float, key: Floats, bits: NDArray[np.uint64]
) -> np.uint64:
    """Mixes four coordinates. Adding 0.0 makes -0.0 and 0.0 one key."""
    key[0], key[1], key[2], key[3] = x1 + 0.0, y1 + 0.0, x2 + 0.0, y2 + 0.0
    h = np.uint64(1469598103934665603)
    for k in range(4):
        h = (h ^ bits[k]) * np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(29)
    return h


@kernel
def _touching(coordinates: Floats, ring: Longs, plane: Plane, first_row: int, rows: int) -> Longs:
    """The vertices at which an edge starts that touches the strip."""
    found = np.empty(len(coordinates), np.int64)
    count = 0
    for i in range(len(coordinates) - 1):
        if ring[i] != ring[i + 1]:
            continue
        y1, y2 = coordinates[i, 1], coordinates[i + 1, 1]
        if coordinates[i, 0] == coordinates[i + 1, 0] and y1 == y2:
            continue
        low, high = rows_touched(min(y1, y2), max(y1, y2), plane)
        if high >= first_row and low < first_row + rows:
            found[count] = i
            count += 1
    return found[:count]


@kernel
def _distinct(coordinates: Floats, starts: Longs, rank: Ints) -> tuple[Floats, Ints, Ints]:
    """Edges, their sides, and for each of ``starts`` its edge."""
    size = 1
    while size < 2 * len(starts) + 2:
        size *= 2
    slots = np.full(size, -1, np.int32)
    edges = np.empty((len(starts), 4), np.float64)
    sides = np.full((len(starts), 2), -1, np.int32)
    used = np.empty(len(starts), np.int32)
    count = 0
    key = np.empty(4, np.float64)
    bits = key.view(np.uint64)
    for k in range(len(starts)):
        i = starts[k]
        x1, y1 = coordinates[i, 0], coordinates[i, 1]
        x2, y2 = coordinates[i + 1, 0], coordinates[i + 1, 1]
        turned = x2 < x1 or (x2 == x1 and y2 < y1)
        if turned:
            x1, y1, x2, y2 = x2, y2, x1, y1
        slot = np.int64(_hash(x1, y1, x2, y2, key, bits) & np.uint64(size - 1))
        while True:
            e = slots[slot]
            if e < 0:
                slots[slot] = e = count
                edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3] = x1, y1, x2, y2
                count += 1
                break
            if edges[e, 0] == x1 and edges[e, 1] == y1 and edges[e, 2] == x2 and edges[e, 3] == y2:
                break
            slot = (slot + 1) & (size - 1)
        hand = 1 if turned else 0
        if sides[e, hand] < 0 or rank[i] < sides[e, hand]:
            sides[e, hand] = rank[i]
        used[k] = e
    return edges[:count].copy(), sides[:count].copy(), used


@kernel
def _by_place(edges: Floats, sides: Ints, used: Ints, plane: Plane) -> tuple[Floats, Ints, Ints]:
    """The same, with edges that are neighbours in the plane as neighbours in memory: squares of 8 x 8 cells, by row."""
    key = np.empty(len(edges), np.int64)
    for e in range(len(edges)):
        column = (edges[e, 0] + edges[e, 2] - 2.0 * plane.x0) * plane.ix / 16.0
        row = (edges[e, 1] + edges[e, 3] - 2.0 * plane.y0) * plane.iy / 16.0
        key[e] = (np.int64(row) << 32) + np.int64(column)
    order = np.argsort(key)
    new = np.empty(len(edges), np.int32)
    new[order] = np.arange(len(edges)).astype(np.int32)
    return edges[order], sides[order], new[used]


@kernel
def cut_strip(  # noqa: PLR0917
    coordinates: Floats, ring: Longs, rank: Ints, plane: Plane, first_row: int, rows: int
) -> Strip:
    """Rings of oriented polygons (interior to the left) -> what of them touches ``rows`` rows from ``first_row`` on.

    ``ring``: the ring of each vertex; ``rank``: the polygon of each vertex, rising.
    """
    starts = _touching(coordinates, ring, plane, first_row, rows)
    edges, sides, used = _by_place(*_distinct(coordinates, starts, rank), plane)
    polygon = np.empty(len(starts), np.int32)  # numbered anew: the polygons of this strip
    polygons = 0
    low, high = np.empty(len(starts), np.int32), np.empty(len(starts), np.int32)
    polygon_rank = np.empty(len(starts), np.int32)
    for k in range(len(starts)):
        if k == 0 or rank[starts[k]] != polygon_rank[polygons - 1]:
            polygon_rank[polygons] = rank[starts[k]]
            low[polygons], high[polygons] = rows, -1
            polygons += 1
        p = polygons - 1
        polygon[k] = p
        first, last = _within(edges, used[k], plane, first_row, rows)
        low[p], high[p] = min(low[p], first), max(high[p], last)
    of_row, stripe_rank, stripe_at, base = _stripes(low, high, polygon_rank, polygons, rows)
    first_listed = np.zeros(len(stripe_rank) + 1, np.int64)
    for k in range(len(starts)):
        p = polygon[k]
        first, last = _within(edges, used[k], plane, first_row, rows)
        for r in range(first, last + 1):
            first_listed[stripe_at[base[p] + r - low[p]] + 1] += 1
    for s in range(len(stripe_rank)):
        first_listed[s + 1] += first_listed[s]
    listed = np.empty(first_listed[-1], np.int32)
    free = first_listed[:-1].copy()
    for k in range(len(starts)):
        p = polygon[k]
        first, last = _within(edges, used[k], plane, first_row, rows)
        for r in range(first, last + 1):
            s = stripe_at[base[p] + r - low[p]]
            listed[free[s]] = used[k]
            free[s] += 1
    for s in range(len(stripe_rank)):
        _sort(listed[first_listed[s] : first_listed[s + 1]], edges)
    return Strip(first_row, rows, edges, sides, of_row, stripe_rank, first_listed, listed)


@kernel
def matter_elsewhere(edges: Floats, plane: Plane) -> bool:
    """Whether some edges matter in cells that they don't touch: those that rise by next to nothing.

    For GEOS, points at the height of such an edge lie on it, as far to the left of it as their distance times its rise
    is rounded to 0.
    """
    least = TINY * max(plane.ix, plane.iy) / PAD
    rise = np.abs(edges[:, 3] - edges[:, 1])
    return bool(np.any((rise > 0.0) & (rise <= least)))


@kernel
def _within(edges: Floats, e: int, plane: Plane, first_row: int, rows: int) -> tuple[int, int]:
    """The first and last row of the strip, counted from its own first, that an edge touches."""
    y1, y2 = edges[e, 1], edges[e, 3]
    low, high = rows_touched(min(y1, y2), max(y1, y2), plane)
    return max(low - first_row, 0), min(high - first_row, rows - 1)


@kernel
def _stripes(
    low: Ints, high: Ints, polygon_rank: Ints, polygons: int, rows: int
) -> tuple[Longs, Ints, Ints, Longs]:
    """Stripes by row, then by rank: the first of each row, the rank of each; where each polygon's stripes are."""
    of_row = np.zeros(rows + 1, np.int64)
    base = np.zeros(polygons + 1, np.int64)
    for p in range(polygons):
        base[p + 1] = base[p] + high[p] - low[p] + 1
        for r in range(low[p], high[p] + 1):
            of_row[r + 1] += 1
    for r in range(rows):
        of_row[r + 1] += of_row[r]
    stripe_rank, stripe_at = np.empty(of_row[rows], np.int32), np.empty(of_row[rows], np.int32)
    free = of_row[:rows].copy()
    for p in range(polygons):
        for r in range(low[p], high[p] + 1):
            stripe_rank[free[r]] = polygon_rank[p]
            stripe_at[base[p] + r - low[p]] = free[r]
            free[r] += 1
    return of_row, stripe_rank, stripe_at, base


@kernel
def _sort(listed: Ints, edges: Floats) -> None:
    """Put edges in order, by falling greatest x."""
    if len(listed) > _LONG:
        listed[:] = listed[np.argsort(-edges[listed, 2], kind="mergesort")]
        return
    for k in range(1, len(listed)):
        e, p = listed[k], k
        while p > 0 and edges[listed[p - 1], 2] < edges[e, 2]:
            listed[p] = listed[p - 1]
            p -= 1
        listed[p] = e
