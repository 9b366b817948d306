"""Points in a CSV, in pieces: the records stay the bytes that they are, only two cells are read as numbers."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.readers._csv_scan import parse_numbers, scan
from data.readers.csv_cells import split, table_of
from data.readers.encoding import StrictText, text_encoding
from data.readers.place_columns import Asked
from data.readers.placing import number, places
from data.readers.point_batch import (
    BATCH_ROWS,
    Batch,
    Dialect,
    Fault,
    Points,
    RawRows,
    position_of,
)
from geo.errors import FileUnreadable

BLOCK_BYTES = 1 << 23
JUDGED_BYTES = 1 << 22
"""By so much of a file (and by more while it is plain ASCII) its encoding is judged; the rest is held to it."""
MAX_RECORD_BYTES = 1 << 24
_DELIMITERS = ",\t;"
_SAFE_AS_BYTES = ("utf-8", "gb18030", "gbk", "gb2312", "big5", "latin-1", "iso8859-1", "cp1252")


class CsvPoints(Points):
    """An open CSV, some of whose columns place its rows.

    Raises FileUnreadable for no rows, no text or an endless cell, ColumnMissing where a column is not there.
    """

    def __init__(self, path: Path, asked: Asked, *, encoding: str | None = None) -> None:
        self._path = path
        self._asked = encoding
        self._encoding = text_encoding(path, encoding, within=JUDGED_BYTES)
        header, self._delimiter, line_end = self._header()
        self.names = tuple(header)
        self._placed_by = asked.among(header, file=str(path), shapes=False)
        self.placing = self._placed_by.names
        columns = [position_of(header, name, file=str(path)) for name in self.placing]
        self._columns = np.array(columns, dtype=np.int64)
        self.total = path.stat().st_size
        marked = self._encoding in ("utf-8-sig", "utf-16")
        self.dialect = self._dialect = Dialect(
            encoding=self._bytes_encoding,
            delimiter=self._delimiter,
            line_end=line_end,
            header=(codecs.BOM_UTF8 if marked else b"") + self._header_bytes,
            columns=len(self.names),
        )

    def batches(self) -> Iterator[Batch]:
        """The records in order, each batch from one block of the file."""
        rest, seen, first, row = b"", 0, True, 1
        blocks = self._blocks()
        block = next(blocks, b"")
        while True:
            following = next(blocks, None)
            final = following is None
            data = np.frombuffer(rest + block, dtype=np.uint8)
            seen += len(block)
            offset = 0
            while True:
                piece = data[offset:]
                *found, used, rows, left_open = scan(
                    piece, ord(self._delimiter), self._columns, final, BATCH_ROWS
                )
                found[-1] += row
                row += rows
                if final and left_open:
                    raise FileUnreadable("csv-quote-open", file=str(self._path), row=row - 1)
                if first and len(found[0]):
                    found, first = [part[1:] for part in found], False
                if len(found[0]):
                    done = seen if final else max(seen - len(data) + offset, 0)
                    yield self._batch(piece, *found, done=min(done, self.total))
                offset += used
                if not used or offset >= len(data):
                    break
            rest = data[offset:].tobytes()
            if len(rest) > MAX_RECORD_BYTES:
                raise FileUnreadable("csv-quote-open", file=str(self._path), row=row)
            if following is None:
                return
            block = following

    def _batch(  # noqa: PLR0917
        self,
        data: NDArray[np.uint8],
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        cells: NDArray[np.int64],
        spans: NDArray[np.int64],
        rows: NDArray[np.int64],
        *,
        done: int,
    ) -> Batch:
        raw = RawRows(data, starts, ends, cells, rows, self._dialect)
        if len(self.placing) == 1:
            cells_said = [self._text(data, span) for span in spans[:, 0]]
            x, y, faults = places(cells_said, self._placed_by)
        else:
            x, x_faults = self._numbers(data, spans[:, 0])
            y, y_faults = self._numbers(data, spans[:, 1])
            faults = np.maximum(x_faults, y_faults)
        faults[cells > len(self.names)] = Fault.ROW_TOO_LONG
        x[faults > 0] = y[faults > 0] = np.nan
        return Batch(x, y, faults, done, lambda: table_of(raw, self.names), raw)

    def _numbers(
        self, data: NDArray[np.uint8], spans: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        values, plain = parse_numbers(data, spans)
        faults = np.zeros(len(values), dtype=np.uint8)
        for row in np.flatnonzero(~plain):
            values[row], faults[row] = number(self._text(data, spans[row]))
        return values, faults

    def _text(self, data: NDArray[np.uint8], span: NDArray[np.int64]) -> str:
        """A cell, unquoted."""
        start, end = span
        cell = data[start:end].tobytes() if start >= 0 else b""
        text = cell.decode(self._bytes_encoding, "replace").strip()
        if text.startswith('"'):
            text = text[1:].removesuffix('"').replace('""', '"')
        return text.strip()

    def _blocks(self) -> Iterator[bytes]:
        """The file in pieces of bytes that can be scanned, without a byte order mark, each found to be text."""
        text = StrictText(self._encoding, file=str(self._path), asked=self._asked)
        as_it_is = self._encoding in (self._bytes_encoding, "utf-8-sig")
        try:
            with self._path.open("rb") as stream:
                stream.seek(3 if self._encoding == "utf-8-sig" else 0)
                while block := stream.read(BLOCK_BYTES):
                    if as_it_is:
                        text.check(block)
                        yield block
                    else:
                        yield text.decode(block).encode(self._bytes_encoding)
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileUnreadable("file-broken", file=str(self._path), reason=reason) from error
        text.finish()

    @property
    def _bytes_encoding(self) -> str:
        return self._encoding if self._encoding in _SAFE_AS_BYTES else "utf-8"

    def _header(self) -> tuple[list[str], str, str]:
        """Column names, delimiter and line end, from the first record."""
        head = next(self._blocks(), b"").lstrip(b"\r\n")
        best: tuple[list[str], str] = ([], ",")
        for delimiter in _DELIMITERS:
            none = np.zeros(0, dtype=np.int64)
            data = np.frombuffer(head, dtype=np.uint8)
            starts, ends, *_ = scan(data, ord(delimiter), none, True, 1)
            record = head[starts[0] : ends[0]] if len(starts) else b""
            names = split(record.decode(self._bytes_encoding), delimiter)
            if len(names) > len(best[0]):
                best, self._header_bytes = (names, delimiter), record
        if not any(best[0]):
            raise FileUnreadable("file-empty", file=str(self._path))
        after = head[len(self._header_bytes) :][:2]
        line_end = "\r\n" if after == b"\r\n" else "\r" if after[:1] == b"\r" else "\n"
        return *best, line_end
