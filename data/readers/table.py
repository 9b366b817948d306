"""Spreadsheets and text tables -> cells as they stand, with the row numbers that a person sees in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from numbers import Number
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from data.readers.broken import PARQUET, refused
from data.readers.columns import apply_mapping, require
from data.readers.formats import TABLE_ENDINGS, check_file
from data.readers.parquet_times import names_of_times, refuse_timeless
from data.readers.records import open_text
from data.readers.sheets import MOST_COLUMNS, open_book
from data.readers.vector import split_spec
from geo.errors import FileUnreadable, LayerMissing

MAX_TEXT_CELLS = 10_000_000
"""A register is read whole; a million rows of ten columns are no register of anything."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in a file.

    ``frame``: one row a record, index 0, 1, 2 …; cells are str (text tables; empty is "") or what the spreadsheet
    holds: str, int, float, bool, datetime, None. ``rows``: each record's row number in the file, the heading's
    included, as a spreadsheet shows it.
    """

    file: str
    frame: pd.DataFrame
    rows: tuple[int, ...]
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None

    def renamed(self, mapping: Mapping[str, str]) -> Table:
        """With columns called by our names (ours -> theirs). ColumnMissing names what is not there."""
        return replace(self, frame=apply_mapping(self.frame, mapping, file=self.file))

    def requires(self, *columns: str) -> Table:
        """Itself, or ColumnMissing."""
        require(self.frame, columns, file=self.file)
        return self


def read_table(
    spec: str | Path,
    *,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    required: Sequence[str] = (),
) -> Table:
    """A CSV (delimiter and encoding found out), XLSX, XLS or Parquet table; ``F:sheet`` for one of several sheets.

    Rows in which every cell is empty are left out, as are columns without heading and cells. Raises FileUnreadable
    (with the row), LayerMissing for a sheet, ColumnMissing, OptionError for an unknown encoding.
    """
    path, sheet = split_spec(spec)
    check_file(path, TABLE_ENDINGS)
    ending = path.suffix.lower()
    if ending in (".xlsx", ".xls"):
        table = _read_sheet(path, sheet)
    elif ending == ".parquet":
        table = _read_parquet(path)
    else:
        table = _read_text(path, encoding)
    return table.renamed(columns or {}).requires(*required)


def cell_text(value: Any) -> str:
    """A cell as a person reads it: 1337.0 is ``1337``, a date without time is a date, blank is ``""``.

    The apostrophe that guards a formula in a CSV (data.writers.table) is taken off again; so is a zero byte, which
    nobody reads and no store takes.
    """
    if value is None or value is pd.NaT or value is pd.NA or _no_number(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    text = (
        str(value).replace("\0", "").strip().replace("\u00a0", " ").replace("\u3000", " ").strip()
    )
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@\t\r") and text[1:2] else text


def _no_number(value: Any) -> bool:
    """Whether a cell is a NaN of whatever kind; of a list, as Parquet may hold, nobody may ask."""
    return isinstance(value, Number) and value != value  # noqa: PLR0124


def refuse_wide(columns: int, *, file: str) -> None:
    """FileUnreadable "table-too-many-columns" for more than any spreadsheet has."""
    if columns > MOST_COLUMNS:
        raise FileUnreadable("table-too-many-columns", file=file, count=columns, most=MOST_COLUMNS)


def refuse_twice(titles: Sequence[str], *, file: str) -> None:
    """FileUnreadable "column-twice" for the first title that comes again."""
    counts = Counter(titles)
    for title in titles:
        if counts[title] > 1:
            raise FileUnreadable("column-twice", file=file, column=title)


def _read_text(path: Path, asked: str | None) -> Table:
    text = open_text(path, asked)
    records, rows, cells = [], [], 0
    for number, record in text.records():
        records.append(record)
        rows.append(number)
        cells += len(record)
        if cells > MAX_TEXT_CELLS:
            raise FileUnreadable("table-too-long", file=str(path), row=number, limit=MAX_TEXT_CELLS)
    return _table(
        path,
        text.heading,
        records,
        rows,
        dtype="str",
        encoding=text.encoding,
        delimiter=text.delimiter,
    )


def _read_parquet(path: Path) -> Table:
    with refused(path, PARQUET):
        times = pq.read_table(path, columns=names_of_times(pq.read_schema(path)))
    refuse_timeless(times, file=str(path))
    with refused(path, PARQUET):
        frame = pd.read_parquet(path)
    if frame.empty:
        raise FileUnreadable("table-empty", file=str(path))
    return Table(str(path), frame.reset_index(drop=True), tuple(range(1, len(frame) + 1)))


def _read_sheet(path: Path, sheet: str | None) -> Table:
    with open_book(path) as book:
        name = _sheet_name(path, book.sheet_names, sheet)
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    first = next((n for n, row in enumerate(cells) if _filled(row)), None)
    if first is None:
        raise FileUnreadable("table-empty", file=str(path))
    first = _heading_row(cells, first)
    filled = [(n, row) for n, row in enumerate(cells) if n > first and _filled(row)]
    records = [[None if cell == "" else cell for cell in row] for _, row in filled]
    rows = [n + 1 for n, _ in filled]
    heading = [cell_text(cell) for cell in cells[first]]
    return _table(path, heading, records, rows, dtype="object", sheet=name)


def _heading_row(cells: list[list[Any]], first: int) -> int:
    """The first of ten rows with half as many texts as the widest has cells: a ledger often has a title above."""
    head = cells[first : first + 10]
    widest = max(sum(cell != "" for cell in row) for row in head)
    for offset, row in enumerate(head):
        if 2 * sum(isinstance(cell, str) and cell.strip() != "" for cell in row) >= widest:
            return first + offset
    return first


def _filled(row: Sequence[Any]) -> bool:
    return any(not isinstance(cell, str) or cell.strip() for cell in row)


def _sheet_name(path: Path, names: list[str], asked: str | None) -> str:
    if asked is not None and asked not in names:
        raise LayerMissing("sheet-missing", file=str(path), sheet=asked, present=", ".join(names))
    if asked is None and not names:
        raise FileUnreadable("table-empty", file=str(path))
    return names[0] if asked is None else asked


def _table(
    path: Path,
    heading: list[str],
    records: list[list[Any]],
    rows: list[int],
    *,
    dtype: str,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Table:
    names = [name.strip() for name in heading]
    if not any(names) or not records:
        raise FileUnreadable("table-empty", file=str(path))
    refuse_wide(len(names), file=str(path))
    kept = [n for n, name in enumerate(names) if name or any(_filled([r[n]]) for r in records)]
    titles = [names[n] or f"column_{n + 1}" for n in kept]
    refuse_twice(titles, file=str(path))
    frame = pd.DataFrame([[r[n] for n in kept] for r in records], columns=titles, dtype=dtype)
    return Table(str(path), frame, tuple(rows), sheet, encoding, delimiter)
