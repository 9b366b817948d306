"""The cells of raw CSV records: one record as Python texts, or all of them as Arrow columns."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from data.readers._csv_columns import split_columns
from data.readers._csv_scan import scan
from data.readers.point_batch import RawRows


def split(record: str, delimiter: str) -> list[str]:
    """The cells of one record, unquoted."""
    if '"' not in record:
        return record.split(delimiter)
    return next(csv.reader([record], delimiter=delimiter), [])


def cells_of(raw: RawRows, row: int | np.signedinteger) -> list[str]:
    """The cells of one record as text, as many as the header has: missing ones empty, surplus ones joined."""
    dialect = raw.dialect
    record = raw.data[raw.starts[row] : raw.ends[row]].tobytes().decode(dialect.encoding, "replace")
    cells = split(record, dialect.delimiter)
    surplus = cells[dialect.columns - 1 :]
    if len(surplus) > 1:
        cells[dialect.columns - 1 :] = [dialect.delimiter.join(surplus)]
    return cells + [""] * (dialect.columns - len(cells))


def table_of(raw: RawRows, names: Sequence[str]) -> pa.Table:
    """Records as a table: every cell as text, unquoted and otherwise untouched."""
    text = _in_utf8(raw)
    pool, begins, offsets = split_columns(
        text.data, text.starts, text.ends, ord(text.dialect.delimiter), len(names)
    )
    rows = len(text.starts)
    columns = [
        pa.StringArray.from_buffers(rows, pa.py_buffer(offsets[c]), pa.py_buffer(pool[begin:end]))
        for c, (begin, end) in enumerate(pairwise(begins))
    ]
    return pa.Table.from_arrays(columns, list(names))


def _in_utf8(raw: RawRows) -> RawRows:
    """The same records in the encoding that Arrow has for texts. They lie one after another, only line ends between."""
    if raw.dialect.encoding == "utf-8" or not len(raw.starts):
        return raw
    stretch = raw.data[raw.starts[0] : raw.ends[-1]].tobytes().decode(raw.dialect.encoding)
    data = np.frombuffer(stretch.encode(), dtype=np.uint8)
    none = np.zeros(0, dtype=np.int64)
    starts, ends, cells, *_ = scan(data, ord(raw.dialect.delimiter), none, True, len(raw.starts))
    return RawRows(data, starts, ends, cells, raw.rows, raw.dialect)
