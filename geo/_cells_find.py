"""Points -> what their cell says: the part of the index that runs for every point (compiled)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo._cells_build import Index
from geo._cells_edges import Floats, Ints
from geo._cells_fill import BY_CORNER, BY_EDGE, CORNER, EDGE, MIXED, SHARED, WHOLE
from geo._cells_pack import COUNTS, FARTHEST, LABELS, LINE, SIDE, SPECIAL, TOLERANCE, ZOOM
from geo._jit import inlined, kernel, prefetch
from geo._orient import UNDECIDED, enclosed, side

Places = NDArray[np.uint32]

FOR_GEOS = -2

# Types, called without the checker: kernels mix signed and unsigned numbers on purpose.
_U64: Any = np.uint64
_I64: Any = np.int64
_U32: Any = np.uint32

_BATCH = 1024  # points: what they wait for stays in the processor's own cache
_MASK = _U64(SIDE - 1)
_ZOOM = _U64(ZOOM)
_LINE = _U64(LINE)
_TWO = _U64(2)


@kernel
def _by_edge(  # noqa: PLR0917
    x: float, y: float, edges: Floats, e: int, left: int, right: int, on: int
) -> tuple[int, int]:
    where = side(edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3], x, y)
    if where == UNDECIDED:
        return FOR_GEOS, UNDECIDED
    if where == 0:
        return on, 0
    return (left if where > 0 else right), 1


@kernel
def _by_corner(  # noqa: PLR0917
    x: float, y: float, edges: Floats, e: int, f: int, hands: int, within: int, beyond: int, on: int
) -> tuple[int, int]:
    at_e = side(edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3], x, y)
    at_f = side(edges[f, 0], edges[f, 1], edges[f, 2], edges[f, 3], x, y)
    if UNDECIDED in (at_e, at_f):
        return FOR_GEOS, UNDECIDED
    at_e = -at_e if hands & 1 else at_e
    at_f = -at_f if hands & 2 else at_f
    if at_e < 0 or at_f < 0:
        return beyond, 1
    return (on, 0) if at_e == 0 or at_f == 0 else (within, 1)


@kernel
def _by_items(  # noqa: PLR0917
    x: float, y: float, edges: Floats, items: Ints, t: int, end: int
) -> tuple[int, int]:
    """The first polygon of a mixed cell that has a point, and how."""
    while t < end:
        label, head = items[t], items[t + 1]
        if head == WHOLE:
            return label, 1
        if head == BY_EDGE:
            return _by_edge(x, y, edges, items[t + 2], label, items[t + 3], items[t + 4])
        if head == BY_CORNER:
            return _by_corner(
                x,
                y,
                edges,
                items[t + 2],
                items[t + 3],
                items[t + 4],
                label,
                items[t + 5],
                items[t + 6],
            )
        if head == SHARED:
            first, last, crossed = items[t + 2], items[t + 3], 0
            t += 4
            if first == t:
                t = last
        else:
            first, last, crossed = t + 2, t + 2 + (head >> 1), head & 1
            t = last
        where = enclosed(x, y, edges, items, first, last, crossed)
        if where == UNDECIDED:
            return FOR_GEOS, UNDECIDED
        if where >= 0:
            return label, where
    return -1, 1


@kernel
def decide(  # noqa: PLR0917
    index: Index, x: float, y: float, row: int, record: int, word: int
) -> tuple[int, int]:
    """The label of a point in a special cell, exactly; and 0 on its polygon's boundary, 1 inside.

    `FOR_GEOS` and `UNDECIDED` where double arithmetic does not tell. ``row``: of blocks. ``record``: where the block's
    starts, ``word``: that of the cell in it.
    """
    words, strip = index.words, index.strip_of[row]
    edges = index.edges[index.bases[strip, 0] :]
    value = -2 - words[record + word]
    kind, p = value & 3, value >> 2
    if kind == MIXED:
        m, base = index.bases[strip, 1] + p, index.bases[strip, 2]
        items = index.items[base:]
        return _by_items(x, y, edges, items, index.first_item[m], index.first_item[m + 1])
    hands, f = 0, 0
    if kind == CORNER:
        hands = p & 3
        word, other = record + (p >> 2 & 255), record + (p >> 10)
        f = (-2 - words[other]) >> 3
    else:
        word = record + word
    p = (-2 - words[word]) >> 2
    left, right = (
        words[record + (words[word + 2] >> 16 & 255)],
        words[record + (words[word + 2] >> 24 & 255)],
    )
    on = right if p & 1 else left
    if kind == EDGE:
        return _by_edge(x, y, edges, p >> 1, left, right, on)
    within, beyond = (right, left) if hands & 1 else (left, right)
    return _by_corner(x, y, edges, p >> 1, f, hands, within, beyond, on)


@kernel
def special_word(words: Ints, cells: NDArray[np.uint8], record: int, row: int, column: int) -> Any:
    """The word of a record that tells more about a special cell (``row`` and ``column`` in the block)."""
    halves = _U32(words[record + row])
    special = halves & (halves >> _U32(1))
    special &= special >> _U32(2)
    special &= _U32(0x11111111) & _U32((1 << (4 * column)) - 1)
    before = _U32(special * _U32(0x11111111)) >> _U32(28)
    at = 4 * record + 4 * COUNTS
    counted = _I64(cells[at + row]) if row else 0
    return _I64(cells[4 * (record + _I64(cells[at])) + counted + _I64(before)])


@inlined
def _left_of(words: Ints, at: int, u: float, v: float) -> Any:
    """How far left of an edge a place in a block is, in units of `TOLERANCE`."""
    slopes, offset = words[at + _U64(1)], words[at + _U64(2)]
    return np.int16(slopes & 0xFFFF) * u + (slopes >> 16) * v + np.int16(offset & 0xFFFF) * FARTHEST


@kernel
def _ask_ahead(index: Index, y: Floats, waiting: Places, line: Places, number: Places) -> None:
    """Start to bring what `decide` will read for the points that wait, all at once instead of one by one."""
    edges = index.edges.reshape(-1)
    list_at, strip_at = np.empty(len(waiting), np.int64), np.empty(len(waiting), np.int32)
    for j in range(len(waiting)):
        row = _I64((y[waiting[j]] - index.plane.y0) * index.plane.iy) >> ZOOM
        strip_at[j] = index.strip_of[row]
        value = -2 - index.words[_I64(line[j]) * LINE + _I64(number[j])]
        list_at[j] = -1
        if value & 3 == MIXED:
            list_at[j] = index.bases[strip_at[j], 1] + (value >> 2)
            prefetch(index.first_item, list_at[j])
        elif value & 3 == EDGE:
            prefetch(edges, 4 * (index.bases[strip_at[j], 0] + (value >> 3)))
    for j in range(len(waiting)):
        if list_at[j] >= 0:
            list_at[j] = index.bases[strip_at[j], 2] + index.first_item[list_at[j]]
            prefetch(index.items, list_at[j] + 2)
    for j in range(len(waiting)):
        if list_at[j] >= 0:
            e = index.bases[strip_at[j], 0] + index.items[list_at[j] + 2]
            prefetch(edges, 4 * e)
            prefetch(edges, 4 * e + 8)


@kernel
def find(x: Floats, y: Floats, out: Ints, index: Index) -> None:  # noqa: PLR0915
    """The label of each point, or `FOR_GEOS`.

    Four passes over a batch of points: blocks, then cells for those that need it, then lines for the few that are
    left, then the exact test for the very few that lie in a mixed cell or too close to a line. The first two have no
    branches, and memory is asked for a pass ahead. Positions are unsigned, or each would be tested for its sign.
    """
    plane, blocks, words, cells = index.plane, index.blocks, index.words, index.bytes
    x0, y0, ix, iy = plane.x0, plane.y0, plane.ix, plane.iy
    across = _U64(plane.columns >> ZOOM)
    wide, high = float(plane.columns), float(plane.rows)
    waiting, number = np.empty(_BATCH, np.uint32), np.empty(_BATCH, np.uint32)
    line = np.empty(_BATCH, np.uint32)
    zero = _U64(0)
    for start in range(zero, _U64(len(x)), _U64(_BATCH)):
        end = min(start + _U64(_BATCH), _U64(len(x)))
        n = zero
        for i in range(start, end):
            fx, fy = (x[i] - x0) * ix, (y[i] - y0) * iy
            within = (fx >= 0.0) & (fx < wide) & (fy >= 0.0) & (fy < high)
            c = _U64(np.int32(fx if within else 0.0))
            r = _U64(np.int32(fy if within else 0.0))
            found = np.int32(blocks[(r >> _ZOOM) * across + (c >> _ZOOM)])
            found = found if within else np.int32(-1)
            out[i] = found
            waiting[n] = _U32(i - start)
            line[n] = _U32(-2 - found)
            n += _U64(found < -1)
        for j in range(zero, n):
            prefetch(words, _U64(line[j]) * _LINE)
        left = zero
        for j in range(zero, n):
            i = start + _U64(waiting[j])
            c, r = _U64(np.int32((x[i] - x0) * ix)), _U64(np.int32((y[i] - y0) * iy))
            record = _U64(line[j]) * _LINE
            row = _U32(words[record + (r & _MASK)])
            half = _U64((row >> _U32((c & _MASK) << _TWO)) & _U32(SPECIAL))
            out[i] = words[record + _U64(LABELS) + half]
            waiting[left], line[left] = waiting[j], line[j]
            left += _U64(half == _U64(SPECIAL))
        n, left = left, zero
        for j in range(zero, n):
            prefetch(words, _U64(line[j]) * _LINE + _LINE)
            prefetch(words, _U64(line[j]) * _LINE + _TWO * _LINE)
        for j in range(zero, n):
            i = start + _U64(waiting[j])
            fx, fy = (x[i] - x0) * ix, (y[i] - y0) * iy
            record = _U64(line[j]) * _LINE
            word = special_word(
                words, cells, _I64(record), _I64(fy) & (SIDE - 1), _I64(fx) & (SIDE - 1)
            )
            number[left], waiting[left], line[left] = word, waiting[j], line[j]
            value = _I64(-2 - words[record + _U64(word)])
            kind = value & 3
            if kind == MIXED:
                left += _U64(1)
                continue
            u = fx - np.float64(np.int32(fx) & ~(SIDE - 1))
            v = fy - np.float64(np.int32(fy) & ~(SIDE - 1))
            if kind == EDGE:
                at = record + _U64(word)
                s = _left_of(words, at, u, v)
                hand = s < 0.0
                sure = abs(s) > TOLERANCE
            else:
                at = record + _U64(value >> 4 & 255)
                s = _left_of(words, at, u, v)
                t = _left_of(words, record + _U64(value >> 12), u, v)
                s = -s if value & 4 else s
                t = -t if value & 8 else t
                least = min(s, t)
                sure = abs(least) > TOLERANCE
                hand = (least < 0.0) != (value & 4 != 0)
            sides = _U32(words[at + _U64(2)])
            code = _U64((sides >> _U32(24 if hand else 16)) & _U32(255))
            out[i] = words[record + code]
            left += _U64(not sure)
        _ask_ahead(index, y[start:end], waiting[:left], line, number)
        for j in range(zero, left):
            i = start + _U64(waiting[j])
            row = _I64((y[i] - y0) * iy) >> ZOOM
            record = _I64(line[j]) * LINE
            out[i] = decide(index, x[i], y[i], row, record, _I64(number[j]))[0]


@kernel
def touch(x: Floats, y: Floats, out: Ints, index: Index) -> None:
    """``out``: the label of each point; becomes 1 on that polygon's boundary, 0 off it, or `UNDECIDED`."""
    plane = index.plane
    across = plane.columns >> ZOOM
    for i in range(len(x)):
        label = out[i]
        out[i] = 0
        if label < 0:
            continue
        fx, fy = (x[i] - plane.x0) * plane.ix, (y[i] - plane.y0) * plane.iy
        c, r = _I64(fx), _I64(fy)
        block = _I64(index.blocks[(r >> ZOOM) * across + (c >> ZOOM)])
        if block >= -1:
            continue
        record, row, column = (-2 - block) * LINE, r & (SIDE - 1), c & (SIDE - 1)
        if (index.words[record + row] >> (4 * column)) & SPECIAL != SPECIAL:
            continue
        word = special_word(index.words, index.bytes, record, row, column)
        where = decide(index, x[i], y[i], r >> ZOOM, record, word)[1]
        out[i] = UNDECIDED if where == UNDECIDED else where == 0
