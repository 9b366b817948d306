"""A register of posts (岗位台账) in a table file -> POST_COLUMNS, with the row that each post stands in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from data.readers.columns import understand
from data.readers.ledger_cells import Cells
from data.readers.table import read_table
from geo.errors import ColumnMissing, FileUnreadable
from geo.model import POST_COLUMNS

TARGETS = ("post_kind", *POST_COLUMNS[1:])
"""Our names of the columns that are understood; the kind of a post has one of its own beside a building's."""


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

    ``since`` and ``until`` become aware times: days are those of ``zone``, and a last day counts whole. Raises what
    `read_table` raises, ColumnMissing without a column for grids, FileUnreadable for a kind or date that can't be read.
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
        for name in ("since", "until"):
            post[name] = _moment(cells.text(name, index), name, spec=spec, row=row, zone=zone)
        rows.append({**post, "row": row})
    posts = pd.DataFrame(rows, columns=[*POST_COLUMNS, "row"])
    return posts.astype({"since": "datetime64[us, UTC]", "until": "datetime64[us, UTC]"})


def _moment(
    text: str | None, name: str, *, spec: str | Path, row: int, zone: ZoneInfo
) -> pd.Timestamp | None:
    if text is None:
        return None
    plain = text.replace("年", "-").replace("月", "-").replace("日", "").replace(".", "-")
    try:
        moment = pd.Timestamp(plain.replace("/", "-"))
    except ValueError as error:
        raise FileUnreadable("date-unreadable", file=str(spec), row=row, value=text) from error
    whole_day = name == "until" and moment == moment.normalize()
    aware = moment.tz_localize(zone) if moment.tzinfo is None else moment
    return aware + pd.Timedelta(days=1) if whole_day else aware
