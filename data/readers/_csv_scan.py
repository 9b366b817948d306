"""Where the records and cells of a CSV lie in a block of bytes (compiled), so that no text needs to be rebuilt.

The rules are those of RFC 4180 as spreadsheets read it: a quote counts only at the start of a cell, is doubled
inside it, and what follows the closing quote up to the delimiter belongs to the cell. Works on the bytes of any
encoding in which the comma, tab, semicolon, quote and line ends never are part of another character: UTF-8, GB18030,
Big5, Latin ones.
"""

# The kernel reads like the automaton it is; numba has no types for mypy.
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo._jit import kernel

_QUOTE, _CR, _LF = 34, 13, 10

Ints = NDArray[np.int64]


@kernel
def scan(  # noqa: PLR0912, PLR0915
    data: NDArray[np.uint8], delimiter: int, columns: Ints, final: bool, most: int
) -> tuple[Ints, Ints, Ints, Ints, Ints, int, int, bool]:
    """The records in ``data`` up to the last complete one (``final``: to the end), at most ``most``.

    Answers starts, ends (without the line end), number of cells; spans (n, len(columns), 2) of the wanted cells
    (-1 where a record is too short); which row each is, from 0; how many bytes and rows were used; whether the last
    cell used was left open by its quote. Blank lines are rows, as spreadsheets number them, but no records.
    """
    starts = np.empty(most, np.int64)
    ends = np.empty(most, np.int64)
    cells = np.empty(most, np.int64)
    spans = np.empty((most, len(columns), 2), np.int64)
    row_of = np.empty(most, np.int64)
    size, n, i, used, rows = len(data), 0, 0, 0, 0
    open_quote = False
    while i < size and n < most:
        start, cell, complete = i, 0, False
        spans[n, :, :] = -1
        while True:
            begin = i
            if i < size and data[i] == _QUOTE:
                i += 1
                open_quote = True
                while i < size:
                    if data[i] == _QUOTE:
                        if i + 1 < size and data[i + 1] == _QUOTE:
                            i += 2
                            continue
                        open_quote = False
                        i += 1
                        break
                    i += 1
            while i < size and data[i] != delimiter and data[i] != _LF and data[i] != _CR:
                i += 1
            for k in range(len(columns)):
                if columns[k] == cell:
                    spans[n, k, 0] = begin
                    spans[n, k, 1] = i
            cell += 1
            if i < size and data[i] == delimiter:
                i += 1
                continue
            break
        end = i
        if i >= size:
            complete = final
        elif data[i] == _LF:
            i += 1
            complete = True
        elif i + 1 < size:  # CR, and perhaps LF after it
            i += 2 if data[i + 1] == _LF else 1
            complete = True
        else:
            i += 1
            complete = final
        if not complete:
            break
        used = i
        if end > start:
            starts[n], ends[n], cells[n], row_of[n] = start, end, cell, rows
            n += 1
        rows += 1
    return starts[:n], ends[:n], cells[:n], spans[:n], row_of[:n], used, rows, open_quote


@kernel
def parse_numbers(
    data: NDArray[np.uint8], spans: Ints
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Plain decimals ("-77.0234", quoted or not) as the nearest double, and which cells are plain.

    Exact by Clinger's rule: up to 15 significant digits and a power of ten of at most 22 take one rounding.
    Whatever else is there (exponents, more digits, words) is left to `float`.
    """
    values = np.full(len(spans), np.nan)
    plain = np.zeros(len(spans), np.bool_)
    for row in range(len(spans)):
        i, end = spans[row, 0], spans[row, 1]
        if i < 0:
            continue
        if end - i >= 2 and data[i] == _QUOTE and data[end - 1] == _QUOTE:
            i, end = i + 1, end - 1
        negative = i < end and data[i] == 45
        if i < end and (data[i] == 45 or data[i] == 43):
            i += 1
        mantissa, digits, after, point, ok = 0, 0, 0, False, True
        while i < end:
            byte = data[i]
            if 48 <= byte <= 57:
                mantissa = mantissa * 10 + (byte - 48)
                digits += 1
                after += 1 if point else 0
                if digits > 15:
                    ok = False
                    break
            elif byte == 46 and not point:
                point = True
            else:
                ok = False
                break
            i += 1
        if ok and digits > 0:
            value = float(mantissa) / 10.0**after
            values[row] = -value if negative else value
            plain[row] = True
    return values, plain
