"""A strip of rows -> what each cell is: in one polygon or none, beside an edge or a corner, or mixed (compiled).

What a cell is, as two numbers: the rank of the polygon that covers it whole, or `NOWHERE`; else ``-2 - 4 k - kind``:
`EDGE`: edge k runs through it and nothing else decides; `CORNER`: edges k and the second number do, which meet in or
near it; `MIXED`: list k of items; `FEW`: the same, and few edges touch it (the second number: where they are told of,
see `geo._cells_few`).

The items of a mixed cell are, for each polygon by rising rank: its label; twice the number of edges, plus 1 where a ray
to the right crosses an odd number of others; these edges. Instead of that second number: `WHOLE`: it covers the cell
whole. `SHARED`, start, end: the edges stand there, for all cells of the row. `BY_EDGE`, `BY_CORNER`: see
`geo._cells_pack`.
"""

from __future__ import annotations

import math

import numpy as np

from geo._cells_edges import PAD, Floats, Ints, Plane, Strip
from geo._jit import kernel
from geo._orient import UNDECIDED, side

NOWHERE = -1
EDGE, CORNER, MIXED, FEW = 0, 1, 2, 3
WHOLE, SHARED, BY_EDGE, BY_CORNER = -1, -2, -3, -4  # in items, where a number of edges could stand

SHORTEST = 1e-6  # cells; a shorter edge may be one whose direction has lost its digits
MANY = 128  # edges of one polygon in one row that are listed once and not in every cell


@kernel
def grown(array: Ints, needed: int) -> Ints:
    """``array`` with room for ``needed`` items."""
    if needed <= len(array):
        return array
    larger = np.empty(max(needed, len(array) + len(array) // 2), array.dtype)
    larger[: len(array)] = array
    return larger


@kernel
def columns_touched(
    edges: Floats, e: int, bottom: float, top: float, plane: Plane
) -> tuple[int, int]:
    """The first and last column that an edge touches between two heights, generously."""
    x1, y1, x2, y2 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
    left, right = x1, x2
    if y1 != y2:
        slope = (x2 - x1) / (y2 - y1)
        at_bottom, at_top = x1 + (bottom - y1) * slope, x1 + (top - y1) * slope
        left = max(left, min(at_bottom, at_top))
        right = min(right, max(at_bottom, at_top))
    first = int(max((left - plane.x0) * plane.ix - PAD, 0.0))
    last = int(min((right - plane.x0) * plane.ix + PAD, plane.columns - 1.0))
    return min(first, plane.columns - 1), max(last, 0)


@kernel
def touch_row(  # noqa: PLR0917
    strip: Strip,
    plane: Plane,
    row: int,
    cover: Ints,
    one: Ints,
    two: Ints,
    count: Ints,
    column_of: Ints,
    stripe_of: Ints,
) -> tuple[int, Ints, Ints]:
    """Which cells of a row (counted in the strip) are touched by which stripes, and who covers the others.

    ``cover``: the lowest polygon that covers each cell without touching it. ``one``, ``two``: the edges that touch it
    (-1: none; ``two`` -2: more). ``count[c + 1]``: its stripes. Answers how many (cell, stripe) pairs there are, and
    these.
    """
    cover[:], one[:], two[:], count[:] = -1, -1, -1, 0
    stamp = np.full(plane.columns, -1, np.int32)
    odd = np.zeros(plane.columns, np.bool_)
    at = strip.first_row + row
    bottom, top = plane.y0 + (at - PAD) / plane.iy, plane.y0 + (at + 1 + PAD) / plane.iy
    middle = plane.y0 + (at + 0.5) / plane.iy
    pairs = 0
    for s in range(strip.of_row[row], strip.of_row[row + 1]):
        least, most = plane.columns, -1
        for k in range(strip.first_listed[s], strip.first_listed[s + 1]):
            e = strip.listed[k]
            first, last = columns_touched(strip.edges, e, bottom, top, plane)
            least, most = min(least, first), max(most, last)
            odd[first] ^= (strip.edges[e, 1] <= middle) != (strip.edges[e, 3] <= middle)
            column_of = grown(column_of, pairs + plane.columns)
            stripe_of = grown(stripe_of, pairs + plane.columns)
            for c in range(first, last + 1):
                if one[c] == -1:
                    one[c] = e
                elif one[c] != e and two[c] != e:
                    two[c] = e if two[c] == -1 else -2
                if stamp[c] != s:
                    stamp[c] = s
                    column_of[pairs], stripe_of[pairs] = c, s
                    pairs += 1
                    count[c + 1] += 1
        # An edge that crosses the middle of the row does so in a cell that it touches: left of all cells that no edge
        # touches and that lie to the right of its first.
        inside = False
        for c in range(least, most + 1):
            inside ^= odd[c]
            odd[c] = False
            if inside and stamp[c] != s and cover[c] < 0:
                cover[c] = strip.stripe_rank[s]
    return pairs, column_of, stripe_of


@kernel
def _apart(x: float, y: float, column: int, row: int, plane: Plane) -> bool:
    """Whether a point lies outside a cell, and not close to it."""
    u, v = (x - plane.x0) * plane.ix - column, (y - plane.y0) * plane.iy - row
    far = 2.0 * PAD
    return u < -far or u > 1.0 + far or v < -far or v > 1.0 + far


@kernel
def runs_through(edges: Floats, e: int, column: int, row: int, plane: Plane) -> bool:
    """Whether an edge that touches a cell is, there, the same as its line."""
    return _apart(edges[e, 0], edges[e, 1], column, row, plane) and _apart(
        edges[e, 2], edges[e, 3], column, row, plane
    )


@kernel
def corner(  # noqa: PLR0911, PLR0917
    strip: Strip, e: int, f: int, column: int, row: int, plane: Plane
) -> int:
    """How two edges that meet in a cell, and alone touch it, part it; -1 where they don't do so simply.

    Bit 0: the sector between them (not beyond 180 degrees) lies to the right of ``e``; bit 1: of ``f``.
    """
    edges, sides = strip.edges, strip.sides
    for a in (0, 2):
        for b in (0, 2):
            x, y = edges[e, a], edges[e, a + 1]
            if x != edges[f, b] or y != edges[f, b + 1]:
                continue
            u, v = (x - plane.x0) * plane.ix - column, (y - plane.y0) * plane.iy - row
            near = PAD / 2.0
            if u < -near or u > 1.0 + near or v < -near or v > 1.0 + near:
                return -1
            ex, ey, fx, fy = edges[e, 2 - a], edges[e, 3 - a], edges[f, 2 - b], edges[f, 3 - b]
            if not _apart(ex, ey, column, row, plane) or not _apart(fx, fy, column, row, plane):
                return -1
            for tx, ty in ((ex, ey), (fx, fy)):
                if math.hypot((tx - x) * plane.ix, (ty - y) * plane.iy) < SHORTEST:
                    return -1
            where_f = side(edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3], fx, fy)
            where_e = side(edges[f, 0], edges[f, 1], edges[f, 2], edges[f, 3], ex, ey)
            if UNDECIDED in (where_e, where_f):
                return -1
            if where_e == 0 or where_f == 0:  # straight on, or else no corner at all
                if where_e != where_f or a == b:
                    return -1
                where_e = where_f = 1
            hand_e, hand_f = int(where_f < 0), int(where_e < 0)
            same = sides[e, hand_e] == sides[f, hand_f]
            if not same or sides[e, 1 - hand_e] != sides[f, 1 - hand_f]:
                return -1
            return hand_e + 2 * hand_f
    return -1


@kernel
def list_items(  # noqa: PLR0917
    strip: Strip,
    row: int,
    column: int,
    stripes: Ints,
    whole: int,
    label: Ints,
    plane: Plane,
    shared: Ints,
    items: Ints,
    used: int,
) -> tuple[Ints, int]:
    """Write the items of a mixed cell that ``stripes`` touch and polygon ``whole`` (or -1) covers.

    ``shared``: for each stripe of the row, where its edges stand in ``items`` already, or -1.
    """
    for s in stripes:
        start, end = strip.first_listed[s], strip.first_listed[s + 1]
        items = grown(items, used + end - start + 6)
        items[used] = label[strip.stripe_rank[s]]
        if end - start <= MANY:
            used = _list_edges(strip, row, column, s, plane, items, used + 1)
            continue
        k = s - strip.of_row[row]
        if shared[k] < 0:
            shared[k] = used + 4
        items[used + 1], items[used + 2], items[used + 3] = (
            SHARED,
            shared[k],
            shared[k] + end - start,
        )
        used += 4
        if shared[k] == used:
            items[used : used + end - start] = strip.listed[start:end]
            used += end - start
    if whole >= 0:
        items = grown(items, used + 2)
        items[used], items[used + 1] = label[whole], WHOLE
        used += 2
    return items, used


@kernel
def _list_edges(  # noqa: PLR0917
    strip: Strip, row: int, column: int, s: int, plane: Plane, items: Ints, head: int
) -> int:
    """Write at ``head`` how many edges of a stripe matter in a cell, and these; answers where they end."""
    edges = strip.edges
    at = strip.first_row + row
    bottom, top = plane.y0 + (at - PAD) / plane.iy, plane.y0 + (at + 1 + PAD) / plane.iy
    left, right = plane.x0 + (column - PAD) / plane.ix, plane.x0 + (column + 1 + PAD) / plane.ix
    used, crossed = head + 1, 0
    for k in range(strip.first_listed[s], strip.first_listed[s + 1]):
        e = strip.listed[k]
        if edges[e, 2] < left:
            break
        low, high = min(edges[e, 1], edges[e, 3]), max(edges[e, 1], edges[e, 3])
        if edges[e, 0] > right and low < bottom and high > top:
            crossed ^= 1  # every ray from this cell crosses it
            continue
        items[used] = e
        used += 1
    items[head] = 2 * (used - head - 1) + crossed
    return used
