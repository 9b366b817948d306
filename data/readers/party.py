"""A register of the party's units (党组织台账) in a table file -> PARTY_COLUMNS, with the row that each stands in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from data.readers.columns import understand
from data.readers.dates import days
from data.readers.ledger_cells import Cells
from data.readers.table import read_table
from data.readers.words import PARTY_WORDS, plain
from geo.errors import ColumnMissing, FileUnreadable
from geo.model import PARTY_COLUMNS

TARGETS = ("party_code", "party_kind", "party_name", *PARTY_COLUMNS[3:])
"""Our names of the columns that are understood; code, kind and name have names of their own beside a building's."""
NEEDED = ("party_code", "party_kind")


def read_party(
    spec: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    zone: ZoneInfo,
) -> pd.DataFrame:
    """The units of a file, columns PARTY_COLUMNS and ``row`` (the number that a spreadsheet shows); ``as_of`` becomes
    days of ``zone``.

    Raises what `read_table` raises, ColumnMissing without code or kind, FileUnreadable for a row without a code or
    with a kind that is neither branch, group nor household.
    """
    table = read_table(spec, encoding=encoding).renamed(mapping or {})
    named = set(mapping or ())
    frame, found = understand(table.frame, [name for name in TARGETS if name not in named])
    for column in NEEDED:
        if column not in frame.columns:
            present = ", ".join(str(name) for name in table.frame.columns)
            raise ColumnMissing("column-missing", file=str(spec), column=column, present=present)
    known = {name: name for name in TARGETS if name in frame.columns}
    cells = Cells(frame, {**known, **found, **(mapping or {})})
    rows = []
    for index, row in enumerate(table.rows):
        unit = party_row(cells, index)
        if unit["code"] is None or unit["kind"] is None:
            code = "party-code-missing" if unit["code"] is None else "party-kind-unreadable"
            value = cells.text("party_kind", index) or ""
            raise FileUnreadable(code, file=str(spec), row=row, value=value)
        rows.append([*unit.values(), row])
    units = pd.DataFrame(rows, columns=[*PARTY_COLUMNS, "row"]).astype({"row": int})
    return units.assign(as_of=days(units["as_of"], zone))


def party_row(cells: Cells, index: int) -> dict[str, str | None]:
    """The unit of one row, PARTY_COLUMNS; code or kind None where it tells none that we know."""
    told = [cells.text(name, index) for name in TARGETS]
    told[1] = PARTY_WORDS.get(plain(told[1] or ""))
    return dict(zip(PARTY_COLUMNS, told, strict=True))
