"""Arrow arrays straight from memory: Arrow's own way there first loads pandas, to see whether it was given its kind."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def numbers(
    values: NDArray[np.float64] | NDArray[np.int32] | NDArray[np.int64],
    *,
    known: NDArray[np.bool_],
) -> pa.Array:
    """An array of numbers without a copy, null where they are not ``known``."""
    kind = pa.from_numpy_dtype(values.dtype)
    bits = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(values)])


def texts(values: Sequence[str]) -> pa.StringArray:
    """An array of texts, none of them null."""
    encoded = [value.encode() for value in values]
    ends = np.array([0, *accumulate(map(len, encoded))], dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(encoded), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))
    )


def chosen(values: pa.Array, which: NDArray[np.int32]) -> pa.DictionaryArray:
    """One of a few values for each row, by its position; null where that is negative."""
    known = numbers(which, known=which >= 0)
    return pa.DictionaryArray.from_arrays(known, values, safe=False)


def positions(column: pa.DictionaryArray) -> NDArray[np.int32]:
    """Which of its texts each row has; -1 for none."""
    none = numbers(np.array([-1], dtype=np.int32), known=np.array([True]))[0]
    which = pc.fill_null(column.indices, none)
    found = np.frombuffer(which.buffers()[1], dtype=np.int32)
    return found[which.offset : which.offset + len(which)]


def without_null(column: pa.Array) -> pa.Array:
    """Texts (string or large string), empty in place of null."""
    return pc.fill_null(column, texts([""]).cast(column.type)[0]) if column.null_count else column
