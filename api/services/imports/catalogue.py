"""The catalogue of what can be reported: 部件 and 事项 by code, with the departments that deal with them and limits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from api.services.imports.result import Imported, Noted, Options, source_name
from api.services.imports.sheet import Sheet, open_sheet
from data.intake import Reason, State
from data.readers.catalogue import TARGETS, BadLimitError, item_kind, limit_hours
from data.readers.columns import present_columns
from data.readers.ledger_cells import Cells
from data.readers.vector import split_spec
from data.store import catalogue
from data.store.catalogue import DepartmentRow
from geo.errors import ColumnMissing

NOUN = "catalogue"


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Add or update items by code, and the departments that they name; items that the file lacks stay.

    The kind is told by a column, else by the sheet or file as a whole (``目录.xlsx:部件``). A department goes by code,
    else by the name that the store or the file knows it by, else by its name alone. Columns that the file lacks keep
    what the store has. ColumnMissing without codes, names or anything that tells kinds.
    """
    sheet = open_sheet(spec, options, TARGETS)
    kind = _kind_of_all(spec)
    for column in ("item_code", "item_name", *(() if kind else ("item_kind",))):
        if not sheet.cells.has(column):
            present = present_columns(sheet.table.frame)
            raise ColumnMissing(
                "column-missing", file=sheet.table.file, column=column, present=present
            )
    desks = _Desks.of(connection, sheet)
    seen: dict[str, int] = {}
    rows: list[Noted] = []
    items: list[dict[str, Any]] = []
    for index, number in enumerate(sheet.table.rows):
        values, reasons = _read(sheet, index, kind, desks, hours="limit_h" in options.mapping)
        first = seen.setdefault(str(values["code"]), number)
        if values["code"] is not None and first != number:
            told = {"first_row": first, "key": values["code"]}
            reasons.append(Reason("repeated", State.REFUSED, told))
        rows.append(Noted(number, values["code"], tuple(reasons)))
        if State.REFUSED not in rows[-1].states:
            items.append(values)
            rows[-1] = replace(rows[-1], reasons=(*reasons, *desks.use(values["department_code"])))
    source = source_name(spec)
    catalogue.merge_departments(connection, desks.frame().assign(source=source))
    optional = {"category": "category", "department_code": "department", "limit_h": "limit_h"}
    columns = ["code", "kind", "name"] + [
        ours
        for ours, theirs in optional.items()
        if any(sheet.cells.has(name) for name in (ours, theirs))
    ]
    frame = pd.DataFrame(items, columns=columns, dtype=object).assign(source=source)
    done = catalogue.merge_items(connection, frame)
    return sheet.result(NOUN, rows, options, added=done.added, updated=done.updated)


def _kind_of_all(spec: str) -> str | None:
    """What a sheet's name, else the file's, says of all rows."""
    path, name = split_spec(spec)
    return item_kind(name) or item_kind(Path(path).stem)


def _read(
    sheet: Sheet, index: int, kind: str | None, desks: _Desks, *, hours: bool
) -> tuple[dict[str, Any], list[Reason]]:
    """One item in the columns of the store, and what is wrong with it."""
    cells = sheet.cells
    told = {name: cells.text(name, index) for name in TARGETS}
    values: dict[str, Any] = {
        "code": told["item_code"],
        "name": told["item_name"],
        "kind": kind if told["item_kind"] is None else item_kind(told["item_kind"]),
        "category": told["category"],
    }
    reasons = []
    if values["code"] is None:
        reasons.append(Reason("item-code-missing", State.REFUSED))
    if values["name"] is None:
        reasons.append(Reason("item-name-missing", State.REFUSED))
    if values["kind"] is None:
        value = {"value": told["item_kind"] or "-"}
        reasons.append(Reason("item-kind-unknown", State.REFUSED, value))
    values["department_code"], unknown = desks.find(cells, index)
    values["limit_h"], unread = _limit(sheet, told["limit_h"], hours=hours)
    return values, [*reasons, *unknown, *unread]


def _limit(sheet: Sheet, told: str | None, *, hours: bool) -> tuple[float | None, list[Reason]]:
    if told is None:
        return None, []
    heading = sheet.understood["limit_h"]
    try:
        return limit_hours(told, heading=heading, hours=hours or heading == "limit_h"), []
    except BadLimitError as bad:
        state = State.NOTE if bad.code == "limit-working" else State.REFUSED
        return None, [Reason(bad.code, state, {"value": told, "column": heading})]


@dataclass(slots=True)
class _Desks:
    """The departments that the store and a file know, by code; ``new``, ``used``: those that the file adds, and names
    in rows that go in."""

    known: dict[str, DepartmentRow]
    names: dict[str, str]
    clashing: set[str]
    stored: frozenset[str]
    used: dict[str, None] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, sheet: Sheet) -> _Desks:
        """The store's, and over them what the file says of those that it gives a code and a name."""
        known = catalogue.departments(connection)
        stored = frozenset(known)
        told: dict[str, DepartmentRow] = {}
        clashing: set[str] = set()
        for index in range(len(sheet.table.rows)):
            code, name, phone = _told(sheet.cells, index)
            if code is None or name is None:
                continue
            before = told.get(code)
            if before is not None and before.name != name:
                clashing.add(code)
            kept = before or known.get(code)
            told[code] = DepartmentRow(code, name, phone or (kept.phone if kept else None))
        known |= told
        return cls(known, {one.name: one.code for one in known.values()}, clashing, stored)

    def find(self, cells: Cells, index: int) -> tuple[str | None, list[Reason]]:
        """The code of a row's department; one that only a name tells goes by that."""
        code, name, phone = _told(cells, index)
        if code in self.clashing:
            return code, [Reason("department-two-names", State.REFUSED, {"value": code})]
        if code is not None:
            lost = code not in self.known
            reason = Reason("department-unknown", State.REFUSED, {"value": code})
            return code, [reason] if lost else []
        if name is None:
            return None, []
        found = self.names.get(name) or (name if name in self.known else None)
        if found is None:
            found = self.names[name] = name
            self.known[name] = DepartmentRow(name, name, phone)
        elif phone is not None:
            self.known[found] = self.known[found]._replace(phone=phone)
        return found, []

    def use(self, code: str | None) -> list[Reason]:
        """A department goes in with the first row that does; one that the store did not know is told."""
        if code is None or code in self.used:
            return []
        self.used[code] = None
        told = {"code": code, "name": self.known[code].name}
        return [] if code in self.stored else [Reason("department-new", State.NOTE, told)]

    def frame(self) -> pd.DataFrame:
        """What goes into the store."""
        rows = [self.known[code] for code in self.used]
        return pd.DataFrame(rows, columns=["code", "name", "phone"], dtype=object)


def _told(cells: Cells, index: int) -> tuple[str | None, str | None, str | None]:
    code, name, phone = (
        cells.text(column, index)
        for column in ("department_code", "department", "department_phone")
    )
    return code, name, phone
