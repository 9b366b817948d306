"""A register of posts (岗位台账) in a table file -> POST_COLUMNS, with the row that each post stands in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from data.readers.columns import understand
from data.readers.dates import days
from data.readers.ledger_cells import Cells
from data.readers.moments import leave, moment
from data.readers.table import read_table
from geo.errors import ColumnMissing, FileUnreadable
from geo.model import POST_COLUMNS

TARGETS = ("post_kind", *POST_COLUMNS[1:], "leave")
"""Our names of the columns that are understood; the kind of a post has one of its own beside a building's. ``leave``
tells in one cell what ``leave_since`` and ``leave_until`` tell in two."""


MOMENTS = ("since", "until", "leave_since", "leave_until")


class BadMomentError(Exception):
    """A cell that should tell days and does not. ``code``: date-unreadable, leave-unreadable or dates-crossed."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(code, value)
        self.code = code
        self.value = value


def post_kind(told: str | None, *, has_grid: bool) -> str | None:
    """A or B: as told, else by whether the row names a grid. None where what is told is neither."""
    if told is None:
        return "A" if has_grid else "B"
    letter = told.strip().upper()[:1]
    return letter if letter in ("A", "B") else None


def read_posts(
    spec: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    zone: ZoneInfo,
) -> pd.DataFrame:
    """The posts of a file, columns POST_COLUMNS and ``row`` (the number that a spreadsheet shows).

    ``since``, ``until`` and the bounds of a leave become aware times: days are those of ``zone``, and a last day counts
    whole. Raises what `read_table` raises, ColumnMissing without a column for grids, FileUnreadable for a kind, a date
    or a leave that can't be read.
    """
    table = read_table(spec, encoding=encoding).renamed(mapping or {})
    named = set(mapping or ())
    frame, found = understand(table.frame, [name for name in TARGETS if name not in named])
    if "grid_code" not in frame.columns:
        present = ", ".join(str(name) for name in table.frame.columns)
        raise ColumnMissing("column-missing", file=str(spec), column="grid_code", present=present)
    known = {name: name for name in TARGETS if name in frame.columns}
    cells = Cells(frame, {**known, **found, **(mapping or {})})
    rows = []
    for index, row in enumerate(table.rows):
        post: dict[str, object] = {name: cells.text(name, index) for name in TARGETS}
        told = cells.text("post_kind", index)
        post["kind"] = post_kind(told, has_grid=post["grid_code"] is not None)
        if post["kind"] is None:
            raise FileUnreadable("post-kind-unreadable", file=str(spec), row=row, value=told)
        post |= _moments(cells, index, spec=spec, row=row, zone=zone)
        rows.append({**post, "row": row})
    posts = pd.DataFrame(rows, columns=[*POST_COLUMNS, "row"])
    posts["as_of"] = days(posts["as_of"], zone)
    return posts.astype(dict.fromkeys(MOMENTS, "datetime64[us, UTC]"))


def _moments(
    cells: Cells, index: int, *, spec: str | Path, row: int, zone: ZoneInfo
) -> dict[str, pd.Timestamp | None]:
    try:
        return post_moments(cells, index, zone=zone)
    except BadMomentError as bad:
        raise FileUnreadable(bad.code, file=str(spec), row=row, value=bad.value) from bad


def post_moments(cells: Cells, index: int, *, zone: ZoneInfo) -> dict[str, pd.Timestamp | None]:
    """MOMENTS of one row. BadMomentError for a cell that tells none."""
    found: dict[str, pd.Timestamp | None] = {}
    for name in MOMENTS:
        if (text := cells.text(name, index)) is not None:
            try:
                found[name] = moment(text, zone=zone, last=name.endswith("until"))
            except ValueError as error:
                raise BadMomentError("date-unreadable", text) from error
    told = cells.text("leave", index)
    if told is not None and not {"leave_since", "leave_until"} & set(found):
        try:
            found["leave_since"], found["leave_until"] = leave(told, zone=zone)
        except ValueError as error:
            raise BadMomentError("leave-unreadable", told) from error
    for begin, end in (("since", "until"), ("leave_since", "leave_until")):
        first, last = found.get(begin), found.get(end)
        if first is not None and last is not None and last <= first:
            raise BadMomentError("dates-crossed", f"{first:%Y-%m-%d} – {last:%Y-%m-%d}")
    return {name: found.get(name) for name in MOMENTS}
