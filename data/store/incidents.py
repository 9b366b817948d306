"""Incidents in, one by one or in bulk, always under the epoch contract; and pages of them out.

The contract (docs/architecture.md): a place is located in the grids of one epoch, and the row goes in only while that
epoch still stands. FOR SHARE holds the epoch's row until the insert commits, so that no publication slips between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pandas as pd
from sqlalchemy import Connection, func, select, text, tuple_
from sqlalchemy.engine import RowMapping

from data.store import bulk, incident_merge, locking, news, recording
from data.store.recording import FIELDS
from data.tables import SRID, Incident


def insert(connection: Connection, row: Mapping[str, Any], *, epoch: int) -> bool:
    """Put one incident in (``recording.insert``).

    False if nothing went in: the epoch has passed, or (source, source_id) is there already.
    """
    return bool(recording.insert(connection, [row], epoch=epoch))


def insert_many(connection: Connection, rows: pd.DataFrame, *, epoch: int) -> bulk.Merged | None:
    """Put many incidents in by COPY: FIELDS and ``point`` (shapely or None), unique by (source, source_id).

    Other columns are left out. What is there already: `incident_merge.merge`. None if the epoch has passed: nothing
    went in.
    """
    locking.together(connection)
    held = text("SELECT n FROM plan_epoch WHERE n = :epoch FOR SHARE")
    if connection.execute(held, {"epoch": epoch}).first() is None:
        return None
    rows = rows[[name for name in (*FIELDS, "point") if name in rows]]
    with bulk.staged(connection, Incident, rows) as stage:
        merged = incident_merge.merge(connection, stage, rows.columns)
    news.tell(connection, None)
    return merged


def find(connection: Connection, source: str, source_id: str) -> RowMapping | None:
    """The incident that a source knows under this id."""
    query = shown().where(Incident.source == source, Incident.source_id == source_id)
    return connection.execute(query).mappings().first()


def placed(connection: Connection, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (source, source_id) are there and have a place."""
    query = text(
        "SELECT source, source_id FROM incidents WHERE point IS NOT NULL AND (source, source_id) IN"
        " (SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:ids AS text[])))"
    )
    wanted = {"sources": [key[0] for key in keys], "ids": [key[1] for key in keys]}
    return {(source, number) for source, number in connection.execute(query, wanted)}


def get(connection: Connection, number: UUID) -> RowMapping | None:
    """One incident by id."""
    return connection.execute(shown().where(Incident.id == number)).mappings().first()


def page(
    connection: Connection,
    *,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 100,
    filters: Mapping[str, Any] | None = None,
) -> Sequence[RowMapping]:
    """The newest first, after the row ``before`` (its reported_at and id), which no row that comes or goes shifts.

    ``filters``: source, kind, category, catalogue_code, grid_code, how, status, taken_by (equal; "" is not recorded);
    ``ids`` (these alone); ``under`` (grid codes that begin so); ``box`` (west, south, east, north in degrees);
    ``since``, ``until`` (reported_at, half open); ``placed``, ``taken`` (True, False). None filters nothing.
    """
    query = shown().order_by(Incident.reported_at.desc(), Incident.id.desc()).limit(limit)
    if before is not None:
        query = query.where(tuple_(Incident.reported_at, Incident.id) < tuple_(*before))
    for name, value in (filters or {}).items():
        if value is not None:
            query = query.where(_condition(name, value))
    return connection.execute(query).mappings().all()


def close(connection: Connection, number: UUID) -> bool:
    """Close an open incident now; whether there was one."""
    statement = text(
        "UPDATE incidents SET status = 'closed', closed_at = clock_timestamp(), version = version + 1"
        " WHERE id = :id AND closed_at IS NULL RETURNING id"
    )
    if connection.execute(statement, {"id": number}).first() is None:
        return False
    news.tell(connection, [number])
    return True


_UNTOLD = ("point", "extra")
_KNOWN: Mapping[str, Any] = {"placed": Incident.point, "taken": Incident.taken_by}
"""Filters that ask whether there is anything."""


def _condition(name: str, value: Any) -> Any:
    if name == "under":
        return Incident.grid_code.startswith(value, autoescape=True)
    if name == "ids":
        return Incident.id.in_(value)
    if name == "box":
        return Incident.point.op("&&")(func.ST_MakeEnvelope(*value, SRID))
    if name in ("since", "until"):
        return Incident.reported_at >= value if name == "since" else Incident.reported_at < value
    if name in _KNOWN:
        column = _KNOWN[name]
        return column.is_not(None) if value else column.is_(None)
    column = getattr(Incident, name)
    return column.is_(None) if value == "" else column == value


def shown() -> Any:
    """What is told of an incident: its columns, ``lng`` and ``lat``."""
    columns = [column for column in Incident.__table__.c if column.name not in _UNTOLD]
    return select(
        *columns,
        func.ST_X(Incident.point).label("lng"),
        func.ST_Y(Incident.point).label("lat"),
    )


def told(alias: str) -> str:
    """The same as a list of SQL for the rows ``alias`` of incidents."""
    names = [column.name for column in Incident.__table__.c if column.name not in _UNTOLD]
    listed = ", ".join(f"{alias}.{name}" for name in names)
    return f"{listed}, ST_X({alias}.point) AS lng, ST_Y({alias}.point) AS lat"
