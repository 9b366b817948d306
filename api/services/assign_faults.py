"""The list of rows that could not be placed, each with its reason: a CSV beside the output."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.readers.point_batch import Batch, Fault
from data.writers.points import Added
from maps.texts import text


class FaultsFile:
    """Made at the first row that is added. ``first_row``: the number of the file's first data row."""

    def __init__(self, path: Path, *, lang: str, first_row: int) -> None:
        self._path, self._lang = path, lang
        self._row = first_row
        self._listed = 0

    def add(self, batch: Batch, rows: NDArray[np.intp], added: Added) -> None:
        """List ``rows`` of a batch (each batch once, in order, also with none)."""
        if len(rows):
            with self._path.open(
                "a", encoding="utf-8" if self._listed else "utf-8-sig", newline=""
            ) as stream:
                lines = csv.writer(stream)
                if not self._listed:
                    lines.writerow(
                        [text("fault.row", self._lang), text("fault.reason", self._lang)]
                    )
                lines.writerows((self._row + int(row), self._reason(batch, row)) for row in rows)
        self._listed += len(rows)
        self._row += len(added.lng)

    def close(self) -> int:
        """How many rows were listed."""
        return self._listed

    def _reason(self, batch: Batch, row: np.intp) -> str:
        fault = Fault(int(batch.faults[row])) or Fault.NOT_ON_EARTH
        name = fault.name.lower().replace("_", "-")
        return text(f"fault.{name}", self._lang, x=batch.x[row], y=batch.y[row])
