"""The list of rows that could not be placed, each with its reason: a CSV beside the output."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.readers.point_batch import Batch, Fault
from maps.texts import text


class FaultsFile:
    """Made at the first row that is listed. ``file``: the name that the list gives; ``first_row``: the number of the
    file's first data row."""

    def __init__(self, path: Path, *, file: str, lang: str, first_row: int) -> None:
        self._path, self._file, self._lang = path, file, lang
        self._row = first_row
        self.listed = 0

    def add(self, batch: Batch, rows: NDArray[np.intp]) -> None:
        """List ``rows`` of a batch (each batch once, in order, also with none)."""
        if len(rows):
            self._append((self._number(batch, row), self._reason(batch, row)) for row in rows)
        self.listed += len(rows)
        self._row += len(batch.x)

    def _append(self, lines: Iterable[tuple[int, str]]) -> None:
        encoding = "utf-8" if self.listed else "utf-8-sig"
        with self._path.open("a", encoding=encoding, newline="") as stream:
            table = csv.writer(stream)
            if not self.listed:
                table.writerow(
                    text(f"fault.{name}", self._lang) for name in ("file", "row", "reason")
                )
            table.writerows((self._file, *line) for line in lines)

    def _number(self, batch: Batch, row: np.intp) -> int:
        return self._row + int(row) if batch.raw is None else int(batch.raw.rows[row])

    def _reason(self, batch: Batch, row: np.intp) -> str:
        fault = Fault(int(batch.faults[row])) or Fault.NOT_ON_EARTH
        name = fault.name.lower().replace("_", "-")
        return text(f"fault.{name}", self._lang, x=batch.x[row], y=batch.y[row])
