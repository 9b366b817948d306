"""Incidents from a temporary table into the table: once each by (source, source_id), whoever brings them again."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

from data.store import bulk

_LEARNT = (
    "point", "raw_x", "raw_y", "raw_datum", "grid_code", "plan_id", "how", "nearest_code", "nearest_m",
)  # fmt: skip
"""What an open incident without place learns from one that comes again with it."""

_OPEN = "i.point IS NULL AND i.closed_at IS NULL"


def merge(connection: Connection, stage: str, columns: Iterable[str]) -> bulk.Merged:
    """Insert the rows of ``stage``. One that is there already stays as it is, but for an open one whose place was
    unknown and is known now: it gets the place."""
    names = list(columns)
    listed = bulk.quoted(names)
    changes = ", ".join(f"{name} = excluded.{name}" for name in _LEARNT if name in names)
    row = connection.execute(
        text(
            f'WITH done AS (INSERT INTO incidents AS i ({listed}) SELECT {listed} FROM "{stage}"'
            f" ON CONFLICT (source, source_id) DO UPDATE SET {changes}, version = i.version + 1"
            f" WHERE {_OPEN} AND excluded.point IS NOT NULL"
            " RETURNING xmax = 0 AS added) SELECT count(*) FILTER (WHERE added),"
            " count(*) FILTER (WHERE NOT added) FROM done"
        )
    ).one()
    return bulk.Merged(added=row[0], updated=row[1])


def count(connection: Connection, stage: str, _columns: Iterable[str]) -> bulk.Merged:
    """What `merge` would do, without doing it."""
    row = connection.execute(
        text(
            "SELECT count(*) FILTER (WHERE i.id IS NULL), count(*) FILTER (WHERE i.id IS NOT NULL"
            f' AND {_OPEN} AND s.point IS NOT NULL) FROM "{stage}" s'
            " LEFT JOIN incidents i USING (source, source_id)"
        )
    ).one()
    return bulk.Merged(added=row[0], updated=row[1])
