"""Posts: who answers for a grid (A) or for a line of business in a community (B)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from sqlalchemy import Connection, text
from sqlalchemy.engine import RowMapping

from data.store import bulk, terms
from data.store.terms import Duty, Register, clock, ranges
from data.tables import Post

FIELDS = ("kind", "title", "person", "person_no", "phone", "grid_code", "community_code", "line")
STAND_IN = ("stand_in", "stand_in_no", "stand_in_phone")
_SAME = (
    " AND ".join(
        f"p.{name} IS NOT DISTINCT FROM s.{name}" for name in ("kind", "grid_code", "line")
    )
    + " AND (p.kind = 'A' OR p.community_code = s.community_code)"
)
_DUTY = Duty(
    Post,
    same=_SAME,
    person="COALESCE({0}.person_no, {0}.person, '')",
    particulars=("title", "person", "phone", "community_code", "source"),
)
_DUTY_AND_LEAVE = replace(_DUTY, particulars=(*_DUTY.particulars, "leave", *STAND_IN))


def add(connection: Connection, posts: pd.DataFrame) -> int:
    """Append posts as they are: FIELDS, STAND_IN, ``as_of``, ``source``, and ``since``, ``until``, ``leave_since``,
    ``leave_until`` (aware times; a null ``since`` is now, a null ``until`` no end, two nulls no leave)."""
    bounds = ("since", "until", "leave_since", "leave_until")
    rows = posts.reindex(columns=[*FIELDS, *STAND_IN, "as_of", "source", *bounds]).astype(object)
    since, until, begin, end = (rows.pop(name) for name in bounds)
    rows["valid"] = ranges(since.where(since.notna(), clock(connection)), until)
    rows["leave"] = leaves(begin, end)
    return bulk.copy_in(connection, Post, rows)


def leaves(begin: pd.Series, end: pd.Series) -> list[str | None]:
    """Leaves as ranges; None where neither bound is told."""
    told = begin.notna() | end.notna()
    return [one if known else None for one, known in zip(ranges(begin, end), told, strict=True)]


def merge(
    connection: Connection,
    posts: pd.DataFrame,
    *,
    source: str | None = None,
    with_leave: bool = False,
) -> Register:
    """Take a register as it stands now (columns FIELDS, ``as_of``; ``since`` and ``until`` as in data.store.terms).

    ``with_leave``: it tells who is on leave (``leave_since``, ``leave_until``, STAND_IN), and who is not; else what is
    known of leaves stays.
    """
    bounds = ("since", "until", "leave_since", "leave_until")
    rows = posts.reindex(columns=[*FIELDS, *STAND_IN, "as_of", *bounds]).astype(object)
    since, until, begin, end = (rows.pop(name) for name in bounds)
    rows = rows.assign(source=source, valid=ranges(since, until))
    rows["leave"] = leaves(begin, end)
    return terms.merge(connection, _DUTY_AND_LEAVE if with_leave else _DUTY, rows)


ROW = """kind, title, person, person_no, phone, grid_code, community_code, line, lower(valid) AS since,
    upper(valid) AS until, CASE WHEN leave IS NOT NULL THEN COALESCE(lower(leave), 'epoch') END AS leave_since,
    upper(leave) AS leave_until, stand_in, stand_in_no, stand_in_phone"""
"""A post as a row of POST_COLUMNS. A leave without a beginning is as old as time, which is not the same as none."""
_NOT_OVER = f"""
    SELECT {ROW} FROM posts
    WHERE (upper_inf(valid) OR upper(valid) > clock_timestamp()) AND (kind = 'A' OR EXISTS (
        SELECT FROM posts WHERE kind = 'A' AND stand_in IS NOT NULL AND leave IS NOT NULL
            AND (upper_inf(leave) OR upper(leave) > clock_timestamp())))
    ORDER BY grid_code, person, lower(valid) NULLS FIRST, id"""


def not_over(connection: Connection) -> Sequence[RowMapping]:
    """Those at the A posts that have not ended, those to come included, by grid and person; where any of them is stood
    in for, the B posts as well, which tell who is away."""
    return connection.execute(text(_NOT_OVER)).mappings().all()
