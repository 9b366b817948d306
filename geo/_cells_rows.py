"""A strip of rows of cells -> the tables that a lookup reads (compiled)."""

from __future__ import annotations

import numpy as np

from geo._cells_edges import Ints, Plane, Strip
from geo._cells_few import tell
from geo._cells_fill import (
    CORNER,
    EDGE,
    FEW,
    MIXED,
    NOWHERE,
    corner,
    grown,
    list_items,
    runs_through,
    touch_row,
)
from geo._cells_pack import CELLS, LINE, SIDE, ZOOM, list_all, pack
from geo._jit import kernel


@kernel
def fill(strip: Strip, label: Ints, plane: Plane) -> tuple[Ints, Ints, Ints, Ints]:
    """The blocks of a strip, the words of their records, the first item of each mixed cell (and the end), the items."""
    columns, across = plane.columns, plane.columns >> ZOOM
    cover, one, two = (
        np.empty(columns, np.int32),
        np.empty(columns, np.int32),
        np.empty(columns, np.int32),
    )
    count = np.empty(columns + 1, np.int32)
    column_of, stripe_of = np.empty(1024, np.int32), np.empty(1024, np.int32)
    blocks = np.empty((strip.rows >> ZOOM) * across, np.int32)
    words, at = np.empty(1 << 12, np.int32), 0
    first, mixed = np.zeros(1024, np.int32), 0
    items, used = np.empty(1024, np.int32), 0
    told, n_told = np.empty(1024, np.int32), 0
    cell, other = np.empty((across, CELLS), np.int32), np.empty((across, CELLS), np.int32)
    for row in range(strip.rows):
        pairs, column_of, stripe_of = touch_row(
            strip, plane, row, cover, one, two, count, column_of, stripe_of
        )
        stripes = _by_column(count, column_of, stripe_of, pairs)
        shared = np.full(strip.of_row[row + 1] - strip.of_row[row], -1, np.int32)
        start = 0
        for c in range(columns):
            end = count[c]
            last, whole = end, cover[c]
            while last > start and whole >= 0 and strip.stripe_rank[stripes[last - 1]] > whole:
                last -= 1
            value, more = whole, 0
            if last > start:
                value, more = _simple(strip, plane, row, c, whole, one[c], two[c])
            if value < NOWHERE and (-2 - value) & 3 == MIXED:
                items, used = list_items(
                    strip, row, c, stripes[start:last], whole, label, plane, shared, items, used
                )
                value, more = -2 - 4 * mixed - MIXED, n_told
                told, n_told = tell(
                    strip,
                    plane,
                    row,
                    c,
                    stripes[start:last],
                    items,
                    first[mixed],
                    used,
                    told,
                    n_told,
                )
                value -= (FEW - MIXED) * (n_told > more)
                mixed += 1
                first = grown(first, mixed + 1)
                first[mixed] = used
            inner = (row % SIDE) * SIDE + c % SIDE
            cell[c >> ZOOM, inner], other[c >> ZOOM, inner] = value, more
            start = end
        if row % SIDE != SIDE - 1:
            continue
        for b in range(across):
            block = (row >> ZOOM) * across + b
            if _uniform(cell[b]):
                blocks[block] = label[cell[b, 0]]
                continue
            place = b * SIDE, strip.first_row + row + 1 - SIDE
            blocks[block] = -2 - at // LINE
            words, after, items, used, first, mixed = _pack_at_all(
                cell[b],
                other[b],
                told,
                strip,
                label,
                plane,
                place,
                words,
                at,
                items,
                used,
                first,
                mixed,
            )
            at = -(-after // LINE) * LINE
        n_told = 0
    return blocks, words[:at].copy(), first[: mixed + 1].copy(), items[:used].copy()


@kernel
def _pack_at_all(  # noqa: PLR0917
    cell: Ints,
    other: Ints,
    told: Ints,
    strip: Strip,
    label: Ints,
    plane: Plane,
    place: tuple[int, int],
    words: Ints,
    at: int,
    items: Ints,
    used: int,
    first: Ints,
    mixed: int,
) -> tuple[Ints, int, Ints, int, Ints, int]:
    """Write a block's record, with simpler cells if it would be too long; the tables that grew, and where they end."""
    words, after = pack(cell, other, told, strip, label, plane, *place, words, at)
    if after < 0:
        _forget_few(cell)
        words, after = pack(cell, other, told, strip, label, plane, *place, words, at)
    if after < 0:
        items, used, first, mixed = list_all(
            cell, other, strip.sides, label, items, used, first, mixed
        )
        words, after = pack(cell, other, told, strip, label, plane, *place, words, at)
    return words, after, items, used, first, mixed


@kernel
def _by_column(count: Ints, column_of: Ints, stripe_of: Ints, pairs: int) -> Ints:
    """The stripes that touch each cell of a row, ranks rising; ``count[c]`` becomes where those of cell c end."""
    for c in range(len(count) - 1):
        count[c + 1] += count[c]
    stripes = np.empty(pairs, np.int32)
    for k in range(pairs):
        c = column_of[k]
        stripes[count[c]] = stripe_of[k]
        count[c] += 1
    return stripes


@kernel
def _simple(  # noqa: PLR0917
    strip: Strip, plane: Plane, row: int, column: int, whole: int, one: int, two: int
) -> tuple[int, int]:
    """What a cell is that edges touch (its two numbers); as `MIXED`, it is still without its list."""
    at = strip.first_row + row
    if whole < 0 and two == -1 and runs_through(strip.edges, one, column, at, plane):
        return -2 - 4 * one - EDGE, 0
    if whole < 0 and two >= 0:
        hands = corner(strip, one, two, column, at, plane)
        if hands >= 0:
            return -2 - 4 * one - CORNER, 4 * two + hands
    return -2 - MIXED, 0


@kernel
def _uniform(cell: Ints) -> bool:
    """Whether one polygon, or none, covers a whole block."""
    if cell[0] < NOWHERE:
        return False
    return bool(np.all(cell == cell[0]))


@kernel
def _forget_few(cell: Ints) -> None:
    """Make the cells of a block that few edges touch mixed ones: their record would be too long."""
    for i in range(CELLS):
        if cell[i] < NOWHERE and (-2 - cell[i]) & 3 == FEW:
            cell[i] += FEW - MIXED
