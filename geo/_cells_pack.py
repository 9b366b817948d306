"""Cells -> the words that a lookup reads: one record a block of 8 x 8 cells, small and in one place (compiled).

A record starts at a line of the cache (`LINE` words). Its parts, by words from its start:

0: half a byte a cell, a word a row of cells: the number of a label, or `SPECIAL`. 8: a byte a row: how many special
cells stand in the rows before it (in the first: the word where part 3 starts). 10: labels (-1: nowhere), so that most
points need this line alone. Then a byte for each special cell: the word of this record that tells more. Then these: a
word is ``-2 - 4 p - kind``.

`EDGE`: p is twice the edge, plus 1 where its right side wins on the edge itself. Two words follow: a and b as 16 bits
each; c as 16 bits, then the words with the labels to its left and right. ``a u + b v + c`` is how far
left of the edge a point (u, v) of the block lies (cells): rounded, but where it exceeds `TOLERANCE`, so does the truth.
`CORNER`: p is two bits as `geo._cells_fill.corner` gives them, then two words of kind `EDGE`.
`MIXED`: p is the number of a list of items.
`FEW`: the same; three words follow: those of `FEW_EDGES` edges, a byte each; for each face half a byte as in the first
part, `SPECIAL` where only the list tells.

How exact that is, in cells. A cell is at least 4096 ulps of its coordinates, so a point's and an end's place are each
rounded by at most 1.3e-4 both ways, 1.9e-4 in all. The direction of a line comes from differences of its ends'
coordinates, exact to the last digits however short the edge is. The 16 bits of a, b and c add 1.3e-4 (twice) and
1.9e-4. Together less than 9e-4; `TOLERANCE` is 3.9e-3.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from geo._cells_edges import PAD, Floats, Ints, Plane, Strip
from geo._cells_few import FACES, FEW_EDGES, TOLD
from geo._cells_fill import BY_CORNER, BY_EDGE, CORNER, EDGE, FEW, MIXED, NOWHERE, WHOLE, grown
from geo._cells_items import FOR_GEOS
from geo._jit import kernel

ZOOM = 3
SIDE = 1 << ZOOM
CELLS = SIDE * SIDE
LINE = 16
COUNTS, LABELS = 8, 10  # where these parts of a record start
SPECIAL = 15
UNIT = 32767.0
FARTHEST = 12.0  # cells; more than a block's diagonal: no line that meets a block is farther from its origin
TOLERANCE = PAD * UNIT

_MOST_WORDS = 255
_WORDS_AN_EDGE = 3
_WORDS_OF_FACES = 1 + FACES // 8


@kernel
def _number(seen: Ints, count: int, value: int) -> int:
    """Where ``value`` stands in ``seen[:count]``; ``count`` if it does not, and then it does."""
    for k in range(count - 1, -1, -1):
        if seen[k] == value:
            return k
    seen[count] = value
    return count


@kernel
def _survey(  # noqa: PLR0917
    cell: Ints, other: Ints, told: Ints, sides: Ints, label: Ints, labels: Ints, listed: Ints
) -> tuple[int, int, int, int]:
    """Gather the labels and edges that a block needs.

    Answers how many labels, those that half a byte may name first, and edges, how many other words, and special cells;
    -1 labels where whole cells have too many.
    """
    n_labels, n_edges, n_others, n_special = 0, 0, 0, 0
    for i in range(CELLS):
        if cell[i] >= NOWHERE:
            n_labels = max(n_labels, _number(labels, n_labels, label[cell[i]]) + 1)
    if n_labels > SPECIAL:
        return -1, 0, 0, 0
    for i in range(CELLS):
        if cell[i] >= NOWHERE:
            continue
        n_special += 1
        kind, k = (-2 - cell[i]) & 3, (-2 - cell[i]) >> 2
        n_others += kind != EDGE
        if kind == FEW:
            n_others += _WORDS_OF_FACES
            tells = told[other[i] : other[i] + TOLD]
            n_labels, n_edges = _survey_few(tells, labels, n_labels, listed, n_edges)
        elif kind != MIXED:
            n_edges = max(n_edges, _number(listed, n_edges, k) + 1)
            if kind == CORNER:
                n_edges = max(n_edges, _number(listed, n_edges, other[i] >> 2) + 1)
    for k in range(n_edges):
        for hand in range(2):
            n_labels = max(n_labels, _number(labels, n_labels, label[sides[listed[k], hand]]) + 1)
    return n_labels, n_edges, n_others, n_special


@kernel
def _survey_few(
    tells: Ints, labels: Ints, n_labels: int, listed: Ints, n_edges: int
) -> tuple[int, int]:
    """The same for what there is to tell of a cell: how many labels and edges there are then."""
    for k in range(FEW_EDGES):
        n_edges = max(n_edges, _number(listed, n_edges, tells[k]) + 1)
    for k in range(FEW_EDGES, TOLD):
        if tells[k] != FOR_GEOS and n_labels < SPECIAL:
            n_labels = max(n_labels, _number(labels, n_labels, tells[k]) + 1)
    return n_labels, n_edges


@kernel
def _signed(value: int) -> int:
    """32 bits as a signed number."""
    return value - (1 << 32) if value >= 1 << 31 else value


@kernel
def _wins_right(left: int, right: int) -> int:
    """1 where the polygon to the right comes before the one to the left (-1: none)."""
    return int(right >= 0 and (left < 0 or right < left))


@kernel
def _line(
    edges: Floats, e: int, left_column: int, bottom_row: int, plane: Plane
) -> tuple[int, int, int]:
    """a, b and c of an edge in a block, in their units."""
    x1 = (edges[e, 0] - plane.x0) * plane.ix - left_column
    y1 = (edges[e, 1] - plane.y0) * plane.iy - bottom_row
    dx = (edges[e, 2] - edges[e, 0]) * plane.ix
    dy = (edges[e, 3] - edges[e, 1]) * plane.iy
    length = math.hypot(dx, dy)
    a, b = -dy / length, dx / length
    c = -(a * x1 + b * y1) / FARTHEST
    return round(a * UNIT), round(b * UNIT), round(c * UNIT)


@kernel
def pack(  # noqa: PLR0917
    cell: Ints,
    other: Ints,
    told: Ints,
    strip: Strip,
    label: Ints,
    plane: Plane,
    left_column: int,
    bottom_row: int,
    words: Ints,
    at: int,
) -> tuple[Ints, int]:
    """Write the record of a block at word ``at``; answers where it ends, -1 where it does not fit.

    ``told``: see `geo._cells_few`.
    """
    labels, listed = np.empty(9 * CELLS, np.int32), np.empty(4 * CELLS, np.int32)
    n_labels, n_edges, n_others, n_special = _survey(
        cell, other, told, strip.sides, label, labels, listed
    )
    codes = LABELS + n_labels
    free = codes + (n_special + 3) // 4
    first_edge = free + n_others
    total = first_edge + _WORDS_AN_EDGE * n_edges
    if n_labels < 0 or total > _MOST_WORDS:
        return words, -1
    words = grown(words, at + total + LINE)
    record = words[at : at + total]
    record[:] = 0
    record[LABELS:codes] = labels[:n_labels]
    byte = record.view(np.uint8)
    special = 0
    for i in range(CELLS):
        if i % SIDE == 0:
            byte[4 * COUNTS + i // SIDE] = special if i else codes
        number = SPECIAL
        if cell[i] >= NOWHERE:
            number = _number(labels, n_labels, label[cell[i]])
        record[i // SIDE] |= np.int32(_signed(number << 4 * (i % SIDE)))
        if number != SPECIAL:
            continue
        kind, k = (-2 - cell[i]) & 3, (-2 - cell[i]) >> 2
        if kind == EDGE:
            byte[4 * codes + special] = first_edge + _WORDS_AN_EDGE * _number(listed, n_edges, k)
        else:
            record[free] = cell[i]
            if kind == CORNER:
                e = first_edge + _WORDS_AN_EDGE * _number(listed, n_edges, k)
                f = first_edge + _WORDS_AN_EDGE * _number(listed, n_edges, other[i] >> 2)
                record[free] = -2 - 4 * ((other[i] & 3) | e << 2 | f << 10) - CORNER
            byte[4 * codes + special] = free
            free += 1
            if kind == FEW:
                tells = told[other[i] : other[i] + TOLD]
                ends = listed[:n_edges], labels[:n_labels]
                _pack_faces(tells, *ends, first_edge, record[free:], byte[4 * free :])
                free += _WORDS_OF_FACES
        special += 1
    for k in range(n_edges):
        e, p = listed[k], first_edge + _WORDS_AN_EDGE * k
        left, right = strip.sides[e, 0], strip.sides[e, 1]
        a, b, c = _line(strip.edges, e, left_column, bottom_row, plane)
        at_left = LABELS + _number(labels, n_labels, label[left])
        at_right = LABELS + _number(labels, n_labels, label[right])
        record[p] = -2 - 4 * (2 * e + _wins_right(left, right)) - EDGE
        record[p + 1] = _signed((a & 0xFFFF) | (b & 0xFFFF) << 16)
        record[p + 2] = _signed((c & 0xFFFF) | at_left << 16 | at_right << 24)
    return words, at + total


@kernel
def _pack_faces(  # noqa: PLR0917
    tells: Ints, listed: Ints, labels: Ints, first_edge: int, words: Ints, byte: NDArray[np.uint8]
) -> None:
    """Write the words of edges and the faces of a cell."""
    for k in range(FEW_EDGES):
        byte[k] = first_edge + _WORDS_AN_EDGE * _number(listed, len(listed), tells[k])
    for face in range(FACES):
        number = SPECIAL
        for k in range(min(len(labels), SPECIAL)):
            if labels[k] == tells[FEW_EDGES + face]:
                number = k
        words[1 + face // 8] |= np.int32(_signed(number << 4 * (face % 8)))


@kernel
def list_all(  # noqa: PLR0917
    cell: Ints,
    other: Ints,
    sides: Ints,
    label: Ints,
    items: Ints,
    used: int,
    first: Ints,
    mixed: int,
) -> tuple[Ints, int, Ints, int]:
    """Turn the edges, corners and some whole cells of a block too full for a record into lists of items.

    `BY_EDGE`: the label to the left of an edge; `BY_EDGE`; the edge; the labels to its right and on it.
    `BY_CORNER`: the label in the sector; `BY_CORNER`; two edges; their bits; the labels outside and on them.
    """
    for i in range(CELLS):
        if (cell[i] >= NOWHERE and i < SPECIAL) or (
            cell[i] < NOWHERE and (-2 - cell[i]) & 3 >= MIXED
        ):
            continue
        if cell[i] >= NOWHERE:
            items, first = grown(items, used + 7), grown(first, mixed + 2)
            items[used], items[used + 1] = label[cell[i]], WHOLE
            used += 2
            cell[i] = -2 - 4 * mixed - MIXED
            mixed += 1
            first[mixed] = used
            continue
        kind, e = (-2 - cell[i]) & 3, (-2 - cell[i]) >> 2
        hand = other[i] & 1 if kind == CORNER else 0
        on = _wins_right(sides[e, 0], sides[e, 1])
        items, first = grown(items, used + 7), grown(first, mixed + 2)
        items[used] = label[sides[e, hand]]
        if kind == EDGE:
            items[used + 1], items[used + 2] = BY_EDGE, e
            used += 3
        else:
            items[used + 1], items[used + 2] = BY_CORNER, e
            items[used + 3], items[used + 4] = other[i] >> 2, other[i] & 3
            used += 5
        items[used], items[used + 1] = label[sides[e, 1 - hand]], label[sides[e, on]]
        used += 2
        cell[i] = -2 - 4 * mixed - MIXED
        mixed += 1
        first[mixed] = used
    return items, used, first, mixed
