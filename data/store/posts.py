"""Posts: who answers for a grid (A) or for a line of business in a community (B)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

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


@dataclass(frozen=True, slots=True)
class Answering:
    """Somebody at a post now. kind: A (a grid), stand-in (for an officer on leave) or B (a line of a community)."""

    kind: str
    line: str | None
    title: str | None
    person: str
    phone: str | None


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


_DUTIES = """
    SELECT grid_code, kind, person, phone, extract(epoch FROM lower(span))::float8 AS since_s,
        extract(epoch FROM upper(span))::float8 AS until_s
    FROM (
        SELECT p.grid_code, p.kind, p.person, p.phone, unnest(
            tstzmultirange(p.valid) - CASE WHEN p.stand_in IS NULL THEN '{}'::tstzmultirange
                ELSE tstzmultirange(COALESCE(p.leave, 'empty')) END) AS span
        FROM posts p WHERE p.kind = 'A' AND p.person IS NOT NULL
        UNION ALL
        SELECT p.grid_code, 'stand-in', p.stand_in, p.stand_in_phone, p.valid * p.leave
        FROM posts p WHERE p.kind = 'A' AND p.stand_in IS NOT NULL AND NOT isempty(p.valid * p.leave)
    ) spans
    WHERE upper_inf(span) OR upper(span) > clock_timestamp()
    ORDER BY grid_code, person, since_s NULLS FIRST"""


def duties(connection: Connection) -> Sequence[RowMapping]:
    """Who answers for grids (A posts that have a person) and has not ended, those to come included: ``grid_code``,
    ``person``, ``phone``, ``kind``, ``since_s``, ``until_s`` (seconds since 1970; None: no bound), by grid and person.

    ``kind``: A, or stand-in for who answers instead while the officer is on leave. An officer on leave whom nobody
    stands in for goes on being named: somebody must be called.
    """
    return connection.execute(text(_DUTIES)).mappings().all()


_ANSWERING = """
    SELECT CASE WHEN away THEN 'stand-in' ELSE kind END AS kind, line, title,
        CASE WHEN away THEN stand_in ELSE person END AS person,
        CASE WHEN away THEN stand_in_phone ELSE phone END AS phone
    FROM (SELECT coalesce(CAST(:at AS timestamptz), clock_timestamp()) AS moment) clock, posts,
        LATERAL (SELECT stand_in IS NOT NULL AND leave @> moment IS TRUE AS away) stood
    WHERE person IS NOT NULL AND valid @> moment
        AND (kind = 'A' AND grid_code = :grid OR kind = 'B' AND community_code = :community)
    ORDER BY posts.kind, line, person"""


def answering(
    connection: Connection, *, grid: str | None, community: str | None, at: datetime | None = None
) -> list[Answering]:
    """Who answers at the A posts of a grid and the B posts of a community, by kind, line and name: now, or ``at``
    another moment."""
    places = {"grid": grid, "community": community, "at": at}
    return [Answering(**row) for row in connection.execute(text(_ANSWERING), places).mappings()]
