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


@kernel
def split_columns(
    data: Bytes, starts: Ints, ends: Ints, delimiter: int, columns: int
) -> tuple[Bytes, Ints, NDArray[np.int32]]:
    """The cells of the records ``data[starts:ends]``, column after column in one pool.

    Answers the pool, where each column begins in it (and the end), and (columns, records + 1) offsets from there.
    """
    rows = len(starts)
    offsets = np.zeros((columns, rows + 1), np.int32)
    nowhere = np.empty(0, np.uint8)
    for r in range(rows):
        _split(data, starts[r], ends[r], delimiter, columns, nowhere, offsets[:, r + 1])
    begins = np.zeros(columns + 1, np.int64)
    for c in range(columns):
        for r in range(rows):
            offsets[c, r + 1] += offsets[c, r]
        begins[c + 1] = begins[c] + offsets[c, rows]
    pool = np.empty(begins[columns], np.uint8)
    at = np.empty(columns, np.int32)
    for r in range(rows):
        for c in range(columns):
            at[c] = begins[c] + offsets[c, r]
        _split(data, starts[r], ends[r], delimiter, columns, pool, at)
    return pool, begins, offsets


@kernel
def _split(  # noqa: PLR0917
    data: Bytes,
    i: int,
    end: int,
    delimiter: int,
    columns: int,
    pool: Bytes,
    at: NDArray[np.int32],
) -> None:
    """Put each cell of one record at ``pool[at[c]]`` and move ``at[c]`` past it; with an empty pool, only move."""
    cell = 0
    while True:
        column = min(cell, columns - 1)
        if cell >= columns:
            _put(delimiter, pool, at, column)
        if i < end and data[i] == _QUOTE:
            i += 1
            while i < end:
                if data[i] == _QUOTE:
                    i += 1
                    if i >= end or data[i] != _QUOTE:
                        break
                _put(data[i], pool, at, column)
                i += 1
        while i < end and data[i] != delimiter:
            _put(data[i], pool, at, column)
            i += 1
        if i >= end:
            return
        i += 1
        cell += 1


@inlined
def _put(byte: int, pool: Bytes, at: NDArray[np.int32], column: int) -> None:
    if len(pool):
        pool[at[column]] = byte
    at[column] += 1
