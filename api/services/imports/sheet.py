"""A table file as an importer reads it row by row: cells by our names, and the file as it stands to give back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from api.services.imports.result import Imported, Noted, Options, result
from data.readers.columns import recognise
from data.readers.ledger_cells import Cells, Reason, State
from data.readers.table import Table, read_table

ROW_COLUMNS = ("row_key", "row_state", "row_reason")
"""What a table that was given back says of its rows beside what it said before."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table and its cells. ``understood``: ours -> the file's headings."""

    table: Table
    cells: Cells
    understood: dict[str, str]

    def sorted(
        self, read: Callable[[Cells, int], tuple[str | None, dict[str, Any], Iterable[Reason]]]
    ) -> tuple[list[Noted], pd.DataFrame]:
        """Every row by ``read(cells, index)`` -> key, values, reasons; and the values of those not refused."""
        rows, taken = [], []
        for index, number in enumerate(self.table.rows):
            key, values, reasons = read(self.cells, index)
            rows.append(Noted(number, key, tuple(reasons)))
            if State.REFUSED not in rows[-1].states:
                taken.append(values)
        return rows, pd.DataFrame(taken, dtype=object)

    def result(self, noun: str, rows: list[Noted], options: Options, **done: Any) -> Imported:
        """What came of importing it."""
        return result(
            noun, rows, options, table=self.table.frame, understood=self.understood, **done
        )


def open_sheet(spec: str, options: Options, targets: Collection[str]) -> Sheet:
    """Read a table and understand its headings. ``targets``: our columns, in the order in which they claim them."""
    table = read_table(spec, encoding=options.encoding)
    frame, understood = recognise(
        table.frame, (*ROW_COLUMNS, *targets), options.mapping, file=table.file
    )
    return Sheet(table, Cells(frame, understood), understood)
