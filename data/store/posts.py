"""Posts: who answers for a grid (A) or for a line of business in a community (B)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, Float, func, select, text
from sqlalchemy.engine import RowMapping

from data.store import bulk
from data.tables import Post

FIELDS = ("kind", "title", "person", "person_no", "phone", "grid_code", "community_code", "line")
_SAME = (
    " AND ".join(
        f"p.{name} IS NOT DISTINCT FROM s.{name}" for name in ("kind", "grid_code", "line")
    )
    + " AND (p.kind = 'A' OR p.community_code = s.community_code)"
)
_SAME_PERSON = "COALESCE(p.person_no, p.person, '') = COALESCE(s.person_no, s.person, '')"


@dataclass(frozen=True, slots=True)
class Register:
    """What a register of posts changed: people new at a post, the same with new particulars, and those it ended."""

    added: int
    updated: int
    ended: int


def add(connection: Connection, posts: pd.DataFrame) -> int:
    """Append posts as they are: FIELDS, ``source``, ``since`` and ``until`` (aware times; null is now, and no end)."""
    columns = [*FIELDS, "source", "since", "until"]
    rows = posts.reindex(columns=columns).astype(object)
    bounds = zip(rows.pop("since"), rows.pop("until"), strict=True)
    now = connection.execute(select(func.clock_timestamp())).scalar_one()
    rows["valid"] = [
        f"[{now if pd.isna(since) else since},{'' if pd.isna(until) else until})"
        for since, until in bounds
    ]
    return bulk.copy_in(connection, Post, rows)


def merge(connection: Connection, posts: pd.DataFrame, *, source: str | None = None) -> Register:
    """Take a register as it stands now (columns FIELDS). For each post named in it, its people are the people.

    Whoever held such a post and is not in the register ends now; posts that it does not name stay.
    """
    rows = posts.reindex(columns=list(FIELDS)).astype(object).assign(source=source)
    with bulk.staged(connection, Post, rows) as stage:
        ended = connection.execute(
            text(
                "UPDATE posts p SET valid = tstzrange(lower(valid), clock_timestamp()),"
                " updated_at = clock_timestamp() WHERE p.valid @> clock_timestamp()"
                f' AND EXISTS (SELECT FROM "{stage}" s WHERE {_SAME})'
                f' AND NOT EXISTS (SELECT FROM "{stage}" s WHERE {_SAME} AND {_SAME_PERSON})'
            )
        ).rowcount
        updated = connection.execute(
            text(
                "UPDATE posts p SET title = s.title, person = s.person, phone = s.phone,"
                " community_code = s.community_code, source = s.source,"
                f' updated_at = clock_timestamp() FROM "{stage}" s'
                f" WHERE {_SAME} AND {_SAME_PERSON} AND p.valid @> clock_timestamp()"
            )
        ).rowcount
        names = bulk.quoted(rows.columns)
        added = connection.execute(
            text(
                f'INSERT INTO posts ({names}) SELECT DISTINCT {names} FROM "{stage}" s'
                f" WHERE NOT EXISTS (SELECT FROM posts p WHERE {_SAME} AND {_SAME_PERSON}"
                " AND p.valid @> clock_timestamp())"
            )
        ).rowcount
    return Register(added, updated, ended)


def duties(connection: Connection) -> Sequence[RowMapping]:
    """The A posts that have a person and have not ended, those to come included: ``grid_code``, ``person``, ``phone``,
    ``kind``, ``since_s``, ``until_s`` (seconds since 1970; None is no bound), by grid and person."""
    query = (
        select(
            Post.grid_code, Post.person, Post.phone, Post.kind,
            func.extract("epoch", func.lower(Post.valid)).cast(Float).label("since_s"),
            func.extract("epoch", func.upper(Post.valid)).cast(Float).label("until_s"),
        )
        .where(
            Post.kind == "A",
            Post.person.is_not(None),
            func.upper_inf(Post.valid) | (func.upper(Post.valid) > func.clock_timestamp()),
        )
        .order_by(Post.grid_code, Post.person)
    )  # fmt: skip
    return connection.execute(query).mappings().all()
