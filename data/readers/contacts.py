"""A register of estates' contacts (物业、业委会联系人) in a table file -> CONTACT_COLUMNS, with the row of each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from data.readers.columns import understand
from data.readers.dates import days
from data.readers.ledger_cells import Cells
from data.readers.posts import BadMomentError, post_moments
from data.readers.table import read_table
from data.readers.words import contact_kind
from geo.errors import ColumnMissing, FileUnreadable
from geo.model import CONTACT_COLUMNS

WIDE = {"物业": ("property_person", "property_phone"), "业委会": ("owners_person", "owners_phone")}
"""A register may have a row an estate, with columns for each kind of contact."""
TARGETS = (
    "estate", "contact_kind", *CONTACT_COLUMNS[2:], *(name for pair in WIDE.values() for name in pair),
)  # fmt: skip
"""Our names of the columns that are understood; the kind of a contact has a name of its own beside a building's."""


def read_contacts(
    spec: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    zone: ZoneInfo,
) -> pd.DataFrame:
    """The contacts of a file, columns CONTACT_COLUMNS and ``row`` (the number that a spreadsheet shows).

    One row a contact, or one an estate (物业负责人, 业委会主任 …). ``since`` and ``until`` become aware times, as those
    of a post. Raises what `read_table` raises, ColumnMissing without estate or kind, FileUnreadable for a row without
    either or with a date that can't be read.
    """
    table = read_table(spec, encoding=encoding).renamed(mapping or {})
    frame, found = understand(
        table.frame, [name for name in TARGETS if name not in (mapping or {})]
    )
    kinds = {kind: pair for kind, pair in WIDE.items() if set(pair) & set(frame.columns)}
    for column in ("estate", *(() if kinds else ("contact_kind",))):
        if column not in frame.columns:
            present = ", ".join(str(name) for name in table.frame.columns)
            raise ColumnMissing("column-missing", file=str(spec), column=column, present=present)
    known = {name: name for name in TARGETS if name in frame.columns}
    cells = Cells(frame, {**known, **found, **(mapping or {})})
    rows = []
    for index, row in enumerate(table.rows):
        try:
            rows += [{**one, "row": row} for one in contact_rows(cells, index, zone=zone)]
        except BadMomentError as bad:
            raise FileUnreadable(bad.code, file=str(spec), row=row, value=bad.value) from bad
        if rows and rows[-1]["row"] == row and None in (rows[-1]["kind"], rows[-1]["estate"]):
            raise FileUnreadable("contact-incomplete", file=str(spec), row=row)
    contacts = pd.DataFrame(rows, columns=[*CONTACT_COLUMNS, "row"])
    contacts["as_of"] = days(contacts["as_of"], zone)
    return contacts.astype(dict.fromkeys(("since", "until"), "datetime64[us, UTC]"))


def contact_rows(cells: Cells, index: int, *, zone: ZoneInfo) -> list[dict[str, object]]:
    """The contacts of one row, CONTACT_COLUMNS; kind or estate None where it tells none. BadMomentError for a date."""
    common: dict[str, object] = {name: cells.text(name, index) for name in CONTACT_COLUMNS[1:]}
    common |= {name: post_moments(cells, index, zone=zone)[name] for name in ("since", "until")}
    told = cells.text("contact_kind", index)
    if told is not None or not any(cells.has(name) for pair in WIDE.values() for name in pair):
        return [{**common, "kind": None if told is None else contact_kind(told)}]
    found = []
    for kind, (name, phone) in WIDE.items():
        person, number = cells.text(name, index), cells.text(phone, index)
        if person is not None or number is not None:
            own = {"kind": kind, "person": person, "phone": number}
            rest = {} if kind == "物业" else {"organisation": None}
            found.append({**common, **own, **rest})
    return found
