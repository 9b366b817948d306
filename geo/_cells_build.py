"""Polygons -> the tables of the cell index (compiled).

The plane is cut into cells. A row of cells is a band; a polygon's edges that touch a band are its *stripe* there. All
tests of which edges touch what are generous by `PAD` cells, far more than any rounding, so that a point that falls into
a cell by its rounded coordinates can only be affected by edges that are listed for it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo._jit import kernel
from geo._orient import enclosed

PAD = 1.0 / 256.0
NOWHERE = -1
FINER = -2

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@kernel
def unique_edges(coordinates: Floats, ring: Longs, rank: Ints) -> tuple[Floats, Ints, Ints, Ints]:
    """Rings of oriented polygons (interior to the left) -> distinct edges.

    ``ring``: the ring of each vertex, ``rank``: the polygon of each vertex. Answers edges (n, 4: the lexicographically
    lower end first), the lowest polygon to the left and right of each (-1: none), and for each side of each ring, in
    order, its edge and its polygon.
    """
    most = len(coordinates)
    size = 1
    while size < 2 * most + 2:
        size *= 2
    slots = np.full(size, -1, np.int32)
    edges = np.empty((most, 4), np.float64)
    sides = np.full((most, 2), -1, np.int32)
    used_edge = np.empty(most, np.int32)
    used_rank = np.empty(most, np.int32)
    count, used = 0, 0
    key = np.empty(4, np.float64)
    bits = key.view(np.uint64)
    for i in range(most - 1):
        if ring[i] != ring[i + 1]:
            continue
        x1, y1, x2, y2 = (
            coordinates[i, 0],
            coordinates[i, 1],
            coordinates[i + 1, 0],
            coordinates[i + 1, 1],
        )
        if x1 == x2 and y1 == y2:
            continue
        turned = x2 < x1 or (x2 == x1 and y2 < y1)
        if turned:
            x1, y1, x2, y2 = x2, y2, x1, y1
        # Adding 0.0 makes -0.0 and 0.0 one key.
        key[0], key[1], key[2], key[3] = x1 + 0.0, y1 + 0.0, x2 + 0.0, y2 + 0.0
        h = np.uint64(1469598103934665603)
        for k in range(4):
            h = (h ^ bits[k]) * np.uint64(0x9E3779B97F4A7C15)
            h ^= h >> np.uint64(29)
        slot = np.int64(h & np.uint64(size - 1))
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
        used_edge[used], used_rank[used] = e, rank[i]
        used += 1
    return (
        edges[:count].copy(),
        sides[:count].copy(),
        used_edge[:used].copy(),
        used_rank[:used].copy(),
    )


@kernel
def _band(y1: float, y2: float, y0: float, iy: float, rows: int) -> tuple[int, int]:
    """The first and last row that an edge touches, generously."""
    low = int((min(y1, y2) - y0) * iy - PAD)
    high = int((max(y1, y2) - y0) * iy + PAD)
    return max(low, 0), min(high, rows - 1)


@kernel
def stripes(  # noqa: PLR0912, PLR0917
    edges: Floats, used_edge: Ints, used_rank: Ints, polygons: int, y0: float, iy: float, rows: int
) -> tuple[Longs, Ints, Longs, Ints]:
    """The stripes of every polygon, ordered by row, then by rank.

    Answers the first stripe of each row (and the end), the polygon of each stripe, the first listed edge of each stripe
    (and the end), and the listed edges, by falling greatest x. ``used_rank`` rises.
    """
    low = np.full(polygons, rows, np.int32)
    high = np.full(polygons, -1, np.int32)
    for i in range(len(used_edge)):
        e, k = used_edge[i], used_rank[i]
        first, last = _band(edges[e, 1], edges[e, 3], y0, iy, rows)
        low[k], high[k] = min(low[k], first), max(high[k], last)
    of_row = np.zeros(rows + 1, np.int64)
    for k in range(polygons):
        for r in range(low[k], high[k] + 1):
            of_row[r + 1] += 1
    for r in range(rows):
        of_row[r + 1] += of_row[r]
    total = of_row[rows]
    stripe_rank = np.empty(total, np.int32)
    base = np.zeros(polygons + 1, np.int64)
    for k in range(polygons):
        base[k + 1] = base[k] + max(high[k] - low[k] + 1, 0)
    stripe_of = np.empty(total, np.int32)
    at = of_row[:rows].copy()
    for k in range(polygons):
        for r in range(low[k], high[k] + 1):
            stripe_rank[at[r]] = k
            stripe_of[base[k] + r - low[k]] = at[r]
            at[r] += 1
    first_listed = np.zeros(total + 1, np.int64)
    for i in range(len(used_edge)):
        e, k = used_edge[i], used_rank[i]
        first, last = _band(edges[e, 1], edges[e, 3], y0, iy, rows)
        for r in range(first, last + 1):
            first_listed[stripe_of[base[k] + r - low[k]] + 1] += 1
    for s in range(total):
        first_listed[s + 1] += first_listed[s]
    listed = np.empty(first_listed[total], np.int32)
    free = first_listed[:total].copy()
    for i in range(len(used_edge)):
        e, k = used_edge[i], used_rank[i]
        first, last = _band(edges[e, 1], edges[e, 3], y0, iy, rows)
        reach = max(edges[e, 0], edges[e, 2])
        for r in range(first, last + 1):
            s = stripe_of[base[k] + r - low[k]]
            p = free[s]
            while p > first_listed[s]:
                o = listed[p - 1]
                if max(edges[o, 0], edges[o, 2]) >= reach:
                    break
                listed[p] = o
                p -= 1
            listed[p] = e
            free[s] += 1
    return of_row, stripe_rank, first_listed, listed


@kernel
def _columns(  # noqa: PLR0917
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    bottom: float,
    top: float,
    x0: float,
    ix: float,
    columns: int,
) -> tuple[int, int]:
    """The first and last column that an edge touches between two heights, generously. x1 <= x2."""
    left, right = x1, x2
    if y1 != y2:
        slope = (x2 - x1) / (y2 - y1)
        at_bottom, at_top = x1 + (bottom - y1) * slope, x1 + (top - y1) * slope
        left = max(left, min(at_bottom, at_top))
        right = min(right, max(at_bottom, at_top))
    first = int(max((left - x0) * ix - PAD, 0.0))
    last = int(min((right - x0) * ix + PAD, columns - 1.0))
    return min(first, columns - 1), max(last, 0)


@kernel
def _grown(array: Ints, needed: int) -> Ints:
    """``array`` with room for ``needed`` items."""
    if needed <= len(array):
        return array
    larger = np.empty(max(needed, 2 * len(array)), np.int32)
    larger[: len(array)] = array
    return larger


@kernel
def fill(  # noqa: PLR0912, PLR0915, PLR0917
    coarse: Ints,
    block: Ints,
    zoom: int,
    edges: Floats,
    of_row: Longs,
    stripe_rank: Ints,
    first_listed: Longs,
    listed: Ints,
    label: Ints,
    x0: float,
    y0: float,
    ix: float,
    iy: float,
    columns: int,
) -> tuple[Ints, Ints, Ints]:
    """Fill ``coarse``; answers the fine cells, the mixed cells' first items, and the items.

    A coarse cell is a square of 2**zoom by 2**zoom cells; as a number, the polygon that covers it whole, `NOWHERE`, or
    `FINER`: then its cells stand in square ``block`` of the answer. A cell is the polygon that covers it whole, or
    `NOWHERE`; -2 - 2 e: edge e runs through it and nothing else decides; -3 - 2 m: mixed cell m. The items of a mixed
    cell are, for each polygon by rising rank: its label; twice the number of edges, plus 1 where a ray to the right
    crosses an odd number of others; these edges. -1 instead: it covers the cell whole. No first items at all: this
    plane is too small or too large to be cut.
    """
    cover, only = np.empty(columns, np.int32), np.empty(columns, np.int32)
    stamp, count = np.empty(columns, np.int32), np.empty(columns + 1, np.int32)
    entry_column, entry_stripe = np.empty(1024, np.int32), np.empty(1024, np.int32)
    mixed_first, items = np.zeros(1024, np.int32), np.empty(1024, np.int32)
    mixed, used, blocks = 0, 0, 0
    size = 1 << zoom
    band, fine = np.empty((size, columns), np.int32), np.empty(1 << 14, np.int32)
    for r in range(len(of_row) - 1):
        bottom, top = y0 + (r - PAD) / iy, y0 + (r + 1 + PAD) / iy
        middle = y0 + (r + 0.5) / iy
        entries = 0
        cover[:], only[:], stamp[:], count[:] = -1, -1, -1, 0
        for s in range(of_row[r], of_row[r + 1]):
            start, end = first_listed[s], first_listed[s + 1]
            least, most = columns, -1
            for k in range(start, end):
                e = listed[k]
                first, last = _columns(
                    edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3], bottom, top, x0, ix, columns
                )
                least, most = min(least, first), max(most, last)
                entry_column = _grown(entry_column, entries + columns)
                entry_stripe = _grown(entry_stripe, entries + columns)
                for c in range(first, last + 1):
                    if only[c] == -1:
                        only[c] = e
                    elif only[c] != e:
                        only[c] = -2
                    if stamp[c] != s:
                        stamp[c] = s
                        entry_column[entries], entry_stripe[entries] = c, s
                        entries += 1
                        count[c + 1] += 1
            c = least
            while c <= most:
                if stamp[c] == s:
                    c += 1
                    continue
                where = enclosed(x0 + (c + 0.5) / ix, middle, edges, listed, start, end, 0)
                if where not in (1, -1):
                    return fine, mixed_first[:0], items[:0]
                while c <= most and stamp[c] != s:
                    if where == 1 and cover[c] < 0:
                        cover[c] = stripe_rank[s]
                    c += 1
        for c in range(columns):
            count[c + 1] += count[c]
        ordered = np.empty(entries, np.int32)
        for k in range(entries):  # stable, so that ranks rise within a cell
            c = entry_column[k]
            ordered[count[c]] = entry_stripe[k]
            count[c] += 1
        start = 0
        for c in range(columns):
            end = count[c]  # after the sort, where the next cell's entries start
            whole = cover[c]
            last = end
            while last > start and whole >= 0 and stripe_rank[ordered[last - 1]] > whole:
                last -= 1
            if last == start:
                value = whole
            elif only[c] >= 0 and whole < 0:
                value = -2 - 2 * only[c]
            else:
                left, right = x0 + (c - PAD) / ix, x0 + (c + 1 + PAD) / ix
                for k in range(start, last):
                    s = ordered[k]
                    items = _grown(items, used + first_listed[s + 1] - first_listed[s] + 4)
                    head, crossed = used, 0
                    used += 2
                    for q in range(first_listed[s], first_listed[s + 1]):
                        e = listed[q]
                        if edges[e, 2] < left:
                            break
                        low, high = min(edges[e, 1], edges[e, 3]), max(edges[e, 1], edges[e, 3])
                        if edges[e, 0] > right and low < bottom and high > top:
                            crossed ^= 1  # every ray from this cell crosses it
                            continue
                        items[used] = e
                        used += 1
                    items[head] = label[stripe_rank[s]]
                    items[head + 1] = 2 * (used - head - 2) + crossed
                if whole >= 0:
                    items[used], items[used + 1] = label[whole], -1
                    used += 2
                mixed += 1
                mixed_first = _grown(mixed_first, mixed + 1)
                mixed_first[mixed] = used
                value = -3 - 2 * (mixed - 1)
            band[r % size, c] = value
            start = end
        if r % size == size - 1:
            fine = _grown(fine, (blocks + columns // size) * size * size)
            for cc in range(columns // size):
                at = (r >> zoom) * (columns >> zoom) + cc
                value = band[0, cc * size]
                same = value >= NOWHERE
                for a in range(size):
                    for b in range(size):
                        same &= band[a, cc * size + b] == value
                coarse[at] = value if same else FINER
                block[at] = -1 if same else blocks
                if not same:
                    for a in range(size):
                        for b in range(size):
                            fine[(blocks * size + a) * size + b] = band[a, cc * size + b]
                    blocks += 1
    return fine[: blocks * size * size].copy(), mixed_first[: mixed + 1].copy(), items[:used].copy()
