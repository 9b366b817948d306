"""Records of a CSV -> the bytes of its columns (compiled), unquoted and otherwise untouched.

The rules for quotes are those of `_csv_scan`. Missing cells are empty; surplus ones are joined to the last column.
"""

# The kernels read like the automaton they are; numba has no types for mypy.
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo._jit import inlined, kernel

_QUOTE = 34

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]


@kernel
def split_columns(
    data: Bytes, starts: Ints, ends: Ints, delimiter: int, columns: int
) -> tuple[Bytes, Ints, Shorts]:
    """The cells of the records ``data[starts:ends]``, column after column in one pool.

    Answers the pool, where each column begins in it (and the end), and (columns, records + 1) offsets from there.
    """
    rows = len(starts)
    begin = np.zeros(
        (columns, rows), np.int32
    )  # of each cell's text; of the cell, negative, if it is no plain one
    stop = np.zeros((columns, rows), np.int32)
    for r in range(rows):
        _spans(data, starts[r], ends[r], delimiter, begin, stop, r)
    nowhere = np.empty(0, np.uint8)
    offsets = np.zeros((columns, rows + 1), np.int32)
    begins = np.zeros(columns + 1, np.int64)
    for c in range(columns):
        for r in range(rows):
            length = stop[c, r] - begin[c, r]
            if begin[c, r] < 0:
                length = _unquote(data, -begin[c, r] - 1, stop[c, r], delimiter, nowhere, 0)
            offsets[c, r + 1] = offsets[c, r] + length
        begins[c + 1] = begins[c] + offsets[c, rows]
    pool = np.empty(begins[columns], np.uint8)
    for c in range(columns):
        at = begins[c]
        for r in range(rows):
            if begin[c, r] < 0:
                at = _unquote(data, -begin[c, r] - 1, stop[c, r], delimiter, pool, at)
            else:
                for i in range(begin[c, r], stop[c, r]):
                    pool[at] = data[i]
                    at += 1
    return pool, begins, offsets


@kernel
def _spans(  # noqa: PLR0917
    data: Bytes, i: int, end: int, delimiter: int, begin: Shorts, stop: Shorts, row: int
) -> None:
    """Where the cells of one record lie. A cell is plain if its text is one stretch of the record."""
    last = len(begin) - 1
    cell = 0
    while True:
        first, plain, quoted = i, True, False
        if i < end and data[i] == _QUOTE:
            quoted = True
            i += 1
            while i < end:
                if data[i] == _QUOTE:
                    if i + 1 >= end or data[i + 1] != _QUOTE:
                        break
                    plain = False
                    i += 1
                i += 1
            closed = i
            i += 1
            plain = plain and (i >= end or data[i] == delimiter) and closed < end
            i = min(i, end)
        while i < end and data[i] != delimiter:
            i += 1
        if cell == last and i < end:
            plain, i = False, end  # surplus cells
        if not plain:
            begin[cell, row], stop[cell, row] = -first - 1, i
        elif quoted:
            begin[cell, row], stop[cell, row] = first + 1, i - 1
        else:
            begin[cell, row], stop[cell, row] = first, i
        if i >= end:
            return
        i += 1
        cell += 1


@kernel
def _unquote(  # noqa: PLR0917
    data: Bytes, i: int, end: int, delimiter: int, pool: Bytes, at: int
) -> int:
    """Put the text of cells and the delimiters between them at ``pool[at]`` (an empty pool: nowhere); where it ends."""
    while True:
        if i < end and data[i] == _QUOTE:
            i += 1
            while i < end:
                if data[i] == _QUOTE:
                    i += 1
                    if i >= end or data[i] != _QUOTE:
                        break
                _put(data[i], pool, at)
                at += 1
                i += 1
        while i < end and data[i] != delimiter:
            _put(data[i], pool, at)
            at += 1
            i += 1
        if i >= end:
            return at
        _put(delimiter, pool, at)
        at += 1
        i += 1


@inlined
def _put(byte: int, pool: Bytes, at: int) -> None:
    if len(pool):
        pool[at] = byte
