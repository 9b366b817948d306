"""Rows of points -> CSV: from a CSV each record as its bytes are, from other tables as UTF-8 that Excel opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.arrow import positions, without_null
from data.readers.csv_cells import cells_of
from data.readers.point_batch import Batch, Dialect, Points, RawRows
from data.writers._csv_join import join_records
from data.writers.cell_texts import column_texts, quoted, wkt_texts
from data.writers.point_rows import Rows

Ints = NDArray[np.int64]
Cells = tuple[NDArray[np.uint8], Ints, NDArray[np.int32]]
"""The cells of a column: bytes, offsets of each distinct cell in them, and which one each row has."""

PIECE_BYTES = 1 << 19
_EXCEL = Dialect("utf-8", ",", "\r\n", b"\xef\xbb\xbf", 0)


def write_records(path: Path, dialect: Dialect, rows: Rows) -> None:
    """CSV from CSV: each record as it was, then the added cells."""
    texts = _Texts(dialect)
    with path.open("wb") as stream:
        for number, (batch, added) in enumerate(rows):
            if number == 0:
                extra = dialect.delimiter.encode() + texts.record(list(added.columns))
                stream.write(dialect.header + extra + dialect.line_end.encode())
            if batch.raw is None:
                raise TypeError("a CSV's batches are raw records")
            data, starts, ends = _mended(batch.raw, texts)
            cells = [texts.of(name, column) for name, column in added.columns.items()]
            pad = np.maximum(dialect.columns - batch.raw.cells, 0)
            stream.writelines(_joined(data, starts, ends, pad, cells, dialect))


def write_cells(path: Path, source: Points, rows: Rows) -> None:
    """CSV from any other table: UTF-8 with a byte order mark, shapes as WKT, no text that a spreadsheet would run."""
    texts = _Texts(_EXCEL)
    with path.open("wb") as stream:
        for number, (batch, added) in enumerate(rows):
            if number == 0:
                header = texts.record([*batch.table.column_names, *added.columns])
                stream.write(_EXCEL.header + header + _EXCEL.line_end.encode())
            first, *others = [_row_cells(column) for column in _own_texts(batch, source.geometry)]
            others += [texts.of(name, column) for name, column in added.columns.items()]
            data, at, _ = first
            pad = np.zeros(len(at) - 1, dtype=np.int64)
            stream.writelines(_joined(data, at[:-1], at[1:], pad, others, _EXCEL))


class _Texts:
    """Added cells in a file's encoding; the texts of a dictionary are encoded once."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[str, tuple[NDArray[np.uint8], Ints]] = {}

    def of(self, name: str, column: pa.Array) -> Cells:
        """The cells of an added column."""
        if pa.types.is_floating(column.type):
            return _row_cells(column.cast(pa.decimal128(24, 2)).cast(pa.string()))
        if name not in self._known:
            self._known[name] = self._pool(column.dictionary.to_pylist())
        return *self._known[name], positions(column) + np.int32(1)

    def record(self, cells: Sequence[str]) -> bytes:
        """Cells as one record, quoted where they must be."""
        special = (self._dialect.delimiter, '"', "\n", "\r")
        ready = [
            '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in special) else cell
            for cell in cells
        ]
        return self._dialect.delimiter.join(ready).encode(self._dialect.encoding, "replace")

    def _pool(self, texts: Iterable[str]) -> tuple[NDArray[np.uint8], Ints]:
        ready = [b"", *(self.record([text]) for text in texts)]
        offsets = np.concatenate([[0], np.cumsum([len(text) for text in ready])]).astype(np.int64)
        return np.frombuffer(b"".join(ready) or b"\0", dtype=np.uint8), offsets


def _mended(raw: RawRows, texts: _Texts) -> tuple[NDArray[np.uint8], Ints, Ints]:
    """The records, those with too many cells with the surplus quoted as one."""
    surplus = np.flatnonzero(raw.cells > raw.dialect.columns)
    if not surplus.size:
        return raw.data, raw.starts, raw.ends
    starts, ends = raw.starts.copy(), raw.ends.copy()
    mended = [texts.record(cells_of(raw, row)) for row in surplus]
    lengths = np.array([len(record) for record in mended])
    starts[surplus] = len(raw.data) + np.cumsum(lengths) - lengths
    ends[surplus] = starts[surplus] + lengths
    data = np.concatenate([raw.data, np.frombuffer(b"".join(mended), dtype=np.uint8)])
    return data, starts, ends


def _own_texts(batch: Batch, geometry: str | None) -> list[pa.Array]:
    """A table's columns as the texts of their cells, ready to be joined."""
    return [
        quoted(wkt_texts(column) if name == geometry else column_texts(column))
        for name, column in zip(batch.table.column_names, batch.table.columns, strict=True)
    ]


def _row_cells(texts: pa.StringArray) -> Cells:
    """The cells of a column of texts: each row its own, all at once; null is empty."""
    texts = without_null(texts)
    _, offsets, data = texts.buffers()
    pool = np.frombuffer(data if data is not None and data.size else b"\0", dtype=np.uint8)
    wide = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    at = np.frombuffer(offsets, dtype=wide)[texts.offset : texts.offset + len(texts) + 1]
    return pool, at.astype(np.int64), np.arange(len(texts), dtype=np.int32)


def _joined(  # noqa: PLR0917
    data: NDArray[np.uint8],
    starts: Ints,
    ends: Ints,
    pad: Ints,
    cells: list[Cells],
    dialect: Dialect,
) -> Iterator[memoryview]:
    """Records, each followed by its cells of several columns; in pieces that stay in the processor's cache, each gone
    when the next one is asked for."""
    pool = np.concatenate([text for text, _, _ in cells])
    shifts = np.cumsum([0, *(len(text) for text, _, _ in cells[:-1])])
    firsts = np.cumsum([0, *(len(offsets) for _, offsets, _ in cells[:-1])])
    offsets = np.concatenate([o + shift for (_, o, _), shift in zip(cells, shifts, strict=True)])
    which = np.column_stack([w + first for (_, _, w), first in zip(cells, firsts, strict=True)])
    which = which.astype(np.int32)
    end = np.frombuffer(dialect.line_end.encode("ascii"), dtype=np.uint8)
    rest = data, starts, ends, pad, pool, offsets, which, ord(dialect.delimiter), end
    out, row = np.empty(PIECE_BYTES, dtype=np.uint8), 0
    while row < len(starts):
        row, used = join_records(*rest, row, out)
        yield out[:used].data
        if not used:
            out = np.empty(2 * len(out), dtype=np.uint8)
