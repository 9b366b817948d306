"""Points in special cells -> what the edges themselves say: exact, or left to GEOS (compiled)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo._cells_build import Index
from geo._cells_edges import Floats, Ints
from geo._cells_fill import CORNER, EDGE, MIXED
from geo._cells_items import FOR_GEOS, by_corner, by_edge, by_items
from geo._cells_pack import COUNTS, LINE, SIDE, SPECIAL, ZOOM
from geo._jit import kernel, prefetch
from geo._orient import UNDECIDED

Places = NDArray[np.uint32]

# Types, called without the checker: kernels mix signed and unsigned numbers on purpose.
_U32: Any = np.uint32
_I64: Any = np.int64


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
    if kind >= MIXED:
        m, base = index.bases[strip, 1] + p, index.bases[strip, 2]
        items = index.items[base:]
        return by_items(x, y, edges, items, index.first_item[m], index.first_item[m + 1])
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
        return by_edge(x, y, edges, p >> 1, left, right, on)
    within, beyond = (right, left) if hands & 1 else (left, right)
    return by_corner(x, y, edges, p >> 1, f, hands, within, beyond, on)


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
        if value & 3 >= MIXED:
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
def ask_exactly(  # noqa: PLR0917
    x: Floats, y: Floats, answer: Ints, index: Index, waiting: Places, line: Places, number: Places
) -> int:
    """Answer exactly for points that wait (`geo._cells_find`). How many are for GEOS."""
    _ask_ahead(index, y, waiting, line, number)
    undecided = 0
    for j in range(len(waiting)):
        i = waiting[j]
        row = _I64((y[i] - index.plane.y0) * index.plane.iy) >> ZOOM
        record = _I64(line[j]) * LINE
        answer[i] = decide(index, x[i], y[i], row, record, _I64(number[j]))[0]
        undecided += answer[i] == FOR_GEOS
    return undecided


@kernel
def touch(x: Floats, y: Floats, out: Ints, index: Index) -> int:
    """``out``: the label of each point; becomes 1 on that polygon's boundary, 0 off it, or `UNDECIDED`. Answers how
    many are undecided."""
    plane = index.plane
    across = plane.columns >> ZOOM
    undecided = 0
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
        undecided += where == UNDECIDED
    return undecided
