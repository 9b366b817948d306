"""One place -> its grid and whether it lies on the edge, by the tables and tests that many places go through."""

from __future__ import annotations

from typing import Any

import numpy as np

from geo._cells_build import Index
from geo._cells_exact import decide, special_word
from geo._cells_pack import LABELS, LINE, SIDE, SPECIAL, ZOOM
from geo._jit import quick

_I64: Any = np.int64


@quick
def place(x: float, y: float, index: Index) -> tuple[int, int]:
    """The label of a point, and 0 on its polygon's boundary, 1 inside; -1 and 1 for none, for NaN and infinity.

    `FOR_GEOS` and `UNDECIDED` where double arithmetic does not tell.
    """
    plane = index.plane
    fx, fy = (x - plane.x0) * plane.ix, (y - plane.y0) * plane.iy
    if not (0.0 <= fx < plane.columns and 0.0 <= fy < plane.rows):
        return -1, 1
    c, r = _I64(fx), _I64(fy)
    block = _I64(index.blocks[(r >> ZOOM) * (plane.columns >> ZOOM) + (c >> ZOOM)])
    if block >= -1:
        return block, 1
    record, row, column = (-2 - block) * LINE, r & (SIDE - 1), c & (SIDE - 1)
    half = (index.words[record + row] >> (4 * column)) & SPECIAL
    if half != SPECIAL:
        return _I64(index.words[record + LABELS + half]), 1
    word = special_word(index.words, index.bytes, record, row, column)
    return decide(index, x, y, r >> ZOOM, record, word)
