"""Arrow columns -> PostgreSQL's binary COPY format, row by row in compiled code.

The format: https://www.postgresql.org/docs/15/sql-copy.html ("Binary Format"). Each row is its number of fields, then
each field's length (-1: null) and bytes in network order. What a column becomes is told by its Arrow type: string ->
text, float64 -> double precision, int64 -> bigint, timestamp(us, UTC) -> timestamptz, binary of one size -> those
bytes (a uuid, a shape's EWKB).
"""

# Kernels read like the machine code that they become; numba has no types for mypy.
from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.tables import SRID
from geo._jit import kernel

Bytes: TypeAlias = NDArray[np.uint8]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
_EPOCH_US = 946_684_800_000_000
"""PostgreSQL counts microseconds from the year 2000."""
_WKB_HEAD = np.array([1, *(0x2000_0001).to_bytes(4, "little"), *SRID.to_bytes(4, "little")])


def rows(table: pa.Table) -> bytes:
    """All rows of a table, without header and trailer. TypeError for a column of a type that is not listed above."""
    columns = [_Column(column) for column in table.columns]
    sizes = np.full(table.num_rows, 2 + 4 * len(columns), dtype=np.int64)
    for column in columns:
        sizes += column.sizes
    ends = np.cumsum(sizes)
    out = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    at = ends - sizes
    out[at], out[at + 1] = divmod(len(columns), 256)
    at += 2
    for column in columns:
        column.write(out, at)
    return out.tobytes()


def points(x: NDArray[np.float64], y: NDArray[np.float64]) -> pa.Array:
    """Points (EPSG:4490 degrees) as EWKB; null where NaN."""
    written = np.empty((len(x), 25), dtype=np.uint8)
    written[:, :9] = _WKB_HEAD
    written[:, 9:17] = np.ascontiguousarray(x, dtype="<f8").view(np.uint8).reshape(-1, 8)
    written[:, 17:] = np.ascontiguousarray(y, dtype="<f8").view(np.uint8).reshape(-1, 8)
    return fixed(written, known=np.isfinite(x) & np.isfinite(y))


def fixed(values: Bytes, *, known: Flags | None = None) -> pa.Array:
    """Rows of bytes (n, width) as an Arrow array of binaries of one size; null where not ``known``."""
    valid = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    buffers = [valid, pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.binary(values.shape[1]), len(values), buffers)


class _Column:
    """One column, ready to be written: bytes of one width, or of many between ``offsets``."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        array = column.combine_chunks()
        self.known: Flags = np.ascontiguousarray(array.is_valid().to_numpy(zero_copy_only=False))
        self.offsets, self.data = _of_text(array) if _is_text(array) else _of_width(array)
        self.sizes: Ints = np.where(self.known, np.diff(self.offsets), 0)

    def write(self, out: Bytes, at: Ints) -> None:
        """Put each row's field at ``at``, and move that on behind it."""
        _put(out, at, self.known, self.offsets, self.data)


def _is_text(array: pa.Array) -> bool:
    return bool(pa.types.is_string(array.type))


def _of_text(array: pa.Array) -> tuple[Ints, Bytes]:
    _, offsets, data = array.buffers()
    numbers = np.frombuffer(offsets, dtype=np.int32)[array.offset : array.offset + len(array) + 1]
    letters = np.frombuffer(data, dtype=np.uint8) if data else np.zeros(0, dtype=np.uint8)
    return numbers.astype(np.int64), letters


def _of_width(array: pa.Array) -> tuple[Ints, Bytes]:
    if pa.types.is_fixed_size_binary(array.type):
        width = array.type.byte_width
        data = np.frombuffer(array.buffers()[1], dtype=np.uint8)[array.offset * width :]
    else:
        width, data = 8, _network_order(array).view(np.uint8)
    return np.arange(len(array) + 1, dtype=np.int64) * width, data


def _network_order(array: pa.Array) -> NDArray[np.generic]:
    """Numbers and moments of 8 bytes, the highest first; what stands for null is never written."""
    if pa.types.is_float64(array.type):
        return np.asarray(pc.fill_null(array, 0.0)).astype(">f8")
    if pa.types.is_timestamp(array.type) and array.type.unit == "us" and array.type.tz:
        since = np.asarray(pc.fill_null(array.view(pa.int64()), 0)) - _EPOCH_US
        return since.astype(">i8")
    if pa.types.is_int64(array.type):
        return np.asarray(pc.fill_null(array, 0)).astype(">i8")
    raise TypeError(f"no binary COPY for {array.type}")


@kernel
def _put(out: Bytes, at: Ints, known: Flags, offsets: Ints, data: Bytes) -> None:
    for row in range(len(known)):
        here = at[row]
        start = offsets[row]
        size = offsets[row + 1] - start if known[row] else -1
        out[here] = (size >> 24) & 255
        out[here + 1] = (size >> 16) & 255
        out[here + 2] = (size >> 8) & 255
        out[here + 3] = size & 255
        here += 4
        for k in range(size):
            out[here + k] = data[start + k]
        at[row] = here + max(size, 0)
