"""Tables of any length -> batches of rows with their numbers in the file, in constant memory (workbooks apart).

The same files, rows and numbers as `read_table`, and vector files besides: their shapes place the rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyproj import CRS

from data.readers.broken import PARQUET, each, refused
from data.readers.formats import TABLE_ENDINGS, VECTOR_ENDINGS, check_file
from data.readers.parquet_times import refuse_timeless
from data.readers.points import open_points
from data.readers.records import TextTable, open_text
from data.readers.table import cell_text, read_table, refuse_twice, refuse_wide
from data.readers.vector import split_spec
from geo.errors import FileUnreadable

BATCH_ROWS = 1 << 16
_BLOCK_BYTES = 1 << 23
_PEEK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class TableBatch:
    """Consecutive rows: ``numbers`` in the file, ``cells`` under the file's headings, texts or as the file types them.

    ``x``, ``y``: of the rows' shapes, NaN without one; None for a table.
    """

    numbers: NDArray[np.int64]
    cells: pa.Table
    x: NDArray[np.float64] | None = None
    y: NDArray[np.float64] | None = None


class TableSource(ABC):
    """A file, open. ``names``: its headings. ``rows``: how many there are, about. ``crs``: what its shapes refer to."""

    file: str
    names: list[str]
    rows: int
    crs: CRS | None = None

    @abstractmethod
    def batches(self) -> Iterator[TableBatch]:
        """The rows in order; rows without any text are left out of text tables."""


def open_batches(spec: str | Path, *, encoding: str | None = None) -> TableSource:
    """Open ``F[:layer or sheet]``. Raises what `read_table` and `open_points` raise."""
    path, _ = split_spec(spec)
    check_file(path, tuple(dict.fromkeys((*TABLE_ENDINGS, *VECTOR_ENDINGS))))
    ending = path.suffix.lower()
    if ending == ".parquet":
        schema = _parquet(path).schema_arrow
        placed = b"geo" in (schema.metadata or {})
        return _Shapes(spec, encoding) if placed else _Parquet(path)
    if ending in (".xlsx", ".xls"):
        return _Sheet(spec)
    return _Text(path, encoding) if ending in TABLE_ENDINGS else _Shapes(spec, encoding)


class _Text(TableSource):
    """A CSV: by Arrow as far as every record has the heading's width, and from the first odd one on by ``csv``."""

    def __init__(self, path: Path, encoding: str | None) -> None:
        self._text = open_text(path, encoding)
        self.file = str(path)
        self.names = titles(self._text.heading, file=self.file)
        with path.open("rb") as stream:
            head = stream.read(_PEEK_BYTES)
        self.rows = path.stat().st_size * max(head.count(b"\n"), 1) // max(len(head), 1)

    def batches(self) -> Iterator[TableBatch]:
        told = False
        for batch in self._all():
            told = told or len(batch.numbers) > 0
            yield batch
        if not told:
            raise FileUnreadable("table-empty", file=self.file)

    def _all(self) -> Iterator[TableBatch]:
        read = 0
        try:
            for cells in self._by_arrow():
                yield _numbered(cells, read + 2)
                read += cells.num_rows
        except pa.ArrowInvalid:
            yield from _by_record(self._text, self.names, after=read + 1)

    def _by_arrow(self) -> Iterator[pa.Table]:
        text, width = self._text, len(self.names)
        types = {f"f{n}": pa.string() for n in range(width)}
        reader = pyarrow.csv.open_csv(
            text.path,
            pyarrow.csv.ReadOptions(
                block_size=_BLOCK_BYTES, autogenerate_column_names=True, encoding=text.encoding
            ),
            pyarrow.csv.ParseOptions(
                delimiter=text.delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=False),
        )
        skip = 1
        for batch in reader:
            cells = pa.Table.from_batches([batch.slice(skip)]).rename_columns(self.names)
            skip = 0
            yield from _evenly(cells)


def _evenly(cells: pa.Table) -> Iterator[pa.Table]:
    """Parts of much the same size: whoever makes one while another is used waits for the larger of the two."""
    parts = -(-cells.num_rows // BATCH_ROWS)
    cuts = [cells.num_rows * n // parts for n in range(parts + 1)] if parts else []
    for start, end in pairwise(cuts):
        yield cells.slice(start, end - start)


def _numbered(cells: pa.Table, first: int) -> TableBatch:
    """Rows numbered from ``first`` on, without those that hold no text."""
    numbers = np.arange(first, first + cells.num_rows, dtype=np.int64)
    filled = np.zeros(cells.num_rows, dtype=bool)
    for column in cells.columns:
        told = pc.greater(pc.binary_length(pc.utf8_trim_whitespace(column)), 0)
        filled |= np.asarray(told.to_numpy())
        if filled.all():
            return TableBatch(numbers, cells)
    return TableBatch(numbers[filled], cells.filter(pa.array(filled)))


def _by_record(text: TextTable, names: list[str], *, after: int) -> Iterator[TableBatch]:
    """The records with a number above ``after``."""
    records = (pair for pair in text.records() if pair[0] > after)
    while some := list(islice(records, BATCH_ROWS)):
        columns = zip(*(cells for _, cells in some), strict=True)
        table = pa.Table.from_arrays([pa.array(c, pa.string()) for c in columns], names)
        yield TableBatch(np.array([number for number, _ in some], dtype=np.int64), table)


def titles(heading: list[str], *, file: str) -> list[str]:
    """Headings without blanks around them; one that is missing is called by its place. None may come twice."""
    refuse_wide(len(heading), file=file)
    names = [name.strip() or f"column_{n}" for n, name in enumerate(heading, start=1)]
    if not any(name.strip() for name in heading):
        raise FileUnreadable("table-empty", file=file)
    refuse_twice(names, file=file)
    return names


class _Parquet(TableSource):
    def __init__(self, path: Path) -> None:
        self._file = _parquet(path)
        self.file = str(path)
        self.names = list(self._file.schema_arrow.names)
        self.rows = self._file.metadata.num_rows
        if self.rows == 0:
            raise FileUnreadable("table-empty", file=self.file)

    def batches(self) -> Iterator[TableBatch]:
        done = 0
        for batch in each(self._file.iter_batches(batch_size=BATCH_ROWS), self.file, PARQUET):
            with refused(self.file):
                batch.validate(full=True)
            cells = pa.Table.from_batches([batch])
            refuse_timeless(cells, file=self.file, before=done)
            numbers = np.arange(done + 1, done + batch.num_rows + 1, dtype=np.int64)
            done += batch.num_rows
            yield TableBatch(numbers, cells)


class _Sheet(TableSource):
    """A workbook's sheet, read whole."""

    def __init__(self, spec: str | Path) -> None:
        self._table = read_table(spec)
        self.file = self._table.file
        self.names = [str(name) for name in self._table.frame.columns]
        self.rows = len(self._table.rows)

    def batches(self) -> Iterator[TableBatch]:
        numbers = np.array(self._table.rows, dtype=np.int64)
        for start in range(0, self.rows, BATCH_ROWS):
            part = self._table.frame.iloc[start : start + BATCH_ROWS]
            columns = [pa.array(map(cell_text, part[name]), pa.string()) for name in part]
            cells = pa.Table.from_arrays(columns, self.names)
            yield TableBatch(numbers[start : start + BATCH_ROWS], cells)


class _Shapes(TableSource):
    """A layer of points; rows are numbered from 1, as a GIS shows them."""

    def __init__(self, spec: str | Path, encoding: str | None) -> None:
        self._points = open_points(spec, encoding=encoding)
        self.file = str(split_spec(spec)[0])
        self.names = [name for name in self._points.names if name != self._points.geometry]
        self.rows = self._points.total
        self.crs = self._points.crs

    def batches(self) -> Iterator[TableBatch]:
        done = 0
        for batch in self._points.batches():
            cells = batch.table.select(self.names)
            for start in range(0, cells.num_rows, BATCH_ROWS):
                part = slice(start, start + BATCH_ROWS)
                x, y = batch.x[part], batch.y[part]
                numbers = np.arange(done + 1, done + len(x) + 1, dtype=np.int64)
                yield TableBatch(numbers, cells.slice(start, BATCH_ROWS), x, y)
                done += len(x)
        if done == 0:
            raise FileUnreadable("table-empty", file=self.file)


def _parquet(path: Path) -> pq.ParquetFile:
    with refused(path, PARQUET):
        return pq.ParquetFile(path)
