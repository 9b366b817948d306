"""Records of a CSV and the cells to add to them -> bytes (compiled)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo._jit import copy_bytes, kernel


@kernel
def join_records(  # noqa: PLR0917
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    pad: NDArray[np.int64],
    pool: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    which: NDArray[np.int32],
    delimiter: int,
    line_end: NDArray[np.uint8],
    first: int,
    out: NDArray[np.uint8],
) -> tuple[int, int]:
    """Put into ``out`` each record ``data[starts:ends]``, ``pad`` empty cells, its added cells and the line end.

    From the record ``first`` on, as many as fit whole: the next one, and how many bytes were put. The cell of row r
    and column c is ``pool[offsets[k]:offsets[k + 1]]`` with ``k = which[r, c]``.
    """
    rows, columns = which.shape
    at = 0
    for r in range(first, rows):
        size = ends[r] - starts[r] + pad[r] + columns + len(line_end)
        for c in range(columns):
            size += offsets[which[r, c] + 1] - offsets[which[r, c]]
        if at + size > len(out):
            return r, at
        copy_bytes(out, at, data, starts[r], ends[r] - starts[r])
        at += ends[r] - starts[r]
        for _ in range(pad[r]):
            out[at] = delimiter
            at += 1
        for c in range(columns):
            out[at] = delimiter
            at += 1
            begin, end = offsets[which[r, c]], offsets[which[r, c] + 1]
            for i in range(begin, end):
                out[at] = pool[i]
                at += 1
        for i in range(len(line_end)):
            out[at] = line_end[i]
            at += 1
    return rows, at
