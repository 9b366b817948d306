"""Incidents from a temporary table into the table: once each by (source, source_id), whoever brings them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

from data.store import bulk, locking

_LEARNT = (
    "point", "raw_x", "raw_y", "raw_datum", "grid_code", "plan_id", "how", "nearest_code", "nearest_m",
)  # fmt: skip
"""What an open incident without place learns from one that comes again with it."""

_OPEN = "i.point IS NULL AND i.closed_at IS NULL"


def merge(connection: Connection, stage: str, columns: Iterable[str]) -> bulk.Merged:
    """Insert the rows of ``stage``. One that is there already stays as it is, but for an open one whose place was
    unknown and is known now: it gets the place."""
    names = list(columns)
    updated = _learn(connection, stage, [name for name in _LEARNT if name in names])
    listed = bulk.quoted(names)
    added = connection.execute(
        text(
            f'INSERT INTO incidents ({listed}) SELECT {listed} FROM "{stage}"'
            " ON CONFLICT (source, source_id) DO NOTHING"
        )
    ).rowcount
    return bulk.Merged(added=added, updated=updated)


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


def _learn(connection: Connection, stage: str, names: Sequence[str]) -> int:
    """Give places to those that wait for one; how many. No other row is locked."""
    if "point" not in names:
        return 0
    theirs = "i.source = s.source AND i.source_id = s.source_id"
    which = f"{theirs} AND {_OPEN} AND s.point IS NOT NULL"
    waiting = f'SELECT i.id FROM incidents i JOIN "{stage}" s ON {which}'
    if not locking.lock(connection, waiting):
        return 0
    changes = ", ".join(f"{name} = s.{name}" for name in names)
    learn = (
        f'UPDATE incidents i SET {changes}, version = i.version + 1 FROM "{stage}" s WHERE {which}'
    )
    return connection.execute(text(learn)).rowcount
