"""A table read whole, as texts: what of a sheet is handed on by whoever opened it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.readers.table_batches import BATCH_ROWS, TableBatch, TableSource, open_batches


@dataclass(frozen=True, slots=True)
class Rows:
    """file: what it is called. numbers: of each row in the file. cells: texts under the file's headings."""

    file: str
    numbers: NDArray[np.int64]
    cells: pa.Table


def read_rows(path: Path, *, file: str, encoding: str | None = None) -> Rows:
    """All of a table. Raises what `open_batches` and its batches raise."""
    found = list(open_batches(path, encoding=encoding).batches())
    cells = pa.concat_tables([one.cells for one in found])
    return Rows(file, np.concatenate([one.numbers for one in found]), cells)


class RowsSource(TableSource):
    """Rows as the file that they were read from."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.file, self.names = rows.file, list(rows.cells.column_names)
        self.rows = len(rows.numbers)

    def batches(self) -> Iterator[TableBatch]:
        """The rows in order."""
        for start in range(0, self.rows, BATCH_ROWS):
            numbers = self._rows.numbers[start : start + BATCH_ROWS]
            yield TableBatch(numbers, self._rows.cells.slice(start, BATCH_ROWS).combine_chunks())
