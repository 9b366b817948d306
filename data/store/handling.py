"""What is done to an incident once it is recorded: the row changes, an event that is never rewritten says how.

Whoever changes incidents locks their rows first, in the order of their ids; after plan_epoch, where a place is located
(locking.py says in which order everything is held).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, or_, select, text, update
from sqlalchemy.engine import RowMapping

from data.ids import uuid7
from data.store.incidents import shown
from data.tables import SRID, Happening, Incident, IncidentEvent

LONGEST = 500
"""Events, calls or parts of one incident that are told."""


def lock(connection: Connection, *numbers: UUID) -> dict[UUID, RowMapping]:
    """These incidents, as they are and stay until the transaction ends; one that is not there is left out."""
    query = shown().where(Incident.id.in_(numbers)).order_by(Incident.id).with_for_update()
    return {row["id"]: row for row in connection.execute(query).mappings()}


def change(connection: Connection, number: UUID, **values: Any) -> None:
    """Set columns of a locked incident (``lng`` and ``lat`` for its point); its version grows."""
    if "lng" in values:
        point = {"lng": values.pop("lng"), "lat": values.pop("lat"), "srid": SRID}
        values["point"] = text("ST_SetSRID(ST_Point(:lng, :lat), :srid)").bindparams(**point)
    statement = update(Incident).where(Incident.id == number)
    connection.execute(statement.values(version=Incident.version + 1, **values))


def note(
    connection: Connection,
    number: UUID,
    what: Happening,
    *,
    by: str,
    other: UUID | None = None,
    **detail: object,
) -> None:
    """Keep that something was done. ``detail``: old and new values, as JSON."""
    connection.execute(
        text(
            "INSERT INTO incident_events (id, incident_id, other_id, actor, what, detail)"
            " VALUES (:id, :incident, :other, :by, :what, CAST(:detail AS jsonb))"
        ),
        {
            "id": uuid7(),
            "incident": number,
            "other": other,
            "by": by,
            "what": what.value,
            "detail": json.dumps(detail, ensure_ascii=False, default=str),
        },
    )


def last(connection: Connection, number: UUID, *whats: Happening) -> RowMapping | None:
    """The latest event of one of these kinds."""
    query = _told().where(IncidentEvent.incident_id == number, IncidentEvent.what.in_(whats))
    newest = query.order_by(IncidentEvent.at.desc(), IncidentEvent.id.desc()).limit(1)
    return connection.execute(newest).mappings().first()


def events(connection: Connection, number: UUID) -> Sequence[RowMapping]:
    """What was done to an incident, or to another about it, the earliest first; the latest LONGEST of them."""
    concerned = or_(IncidentEvent.incident_id == number, IncidentEvent.other_id == number)
    newest = _told().where(concerned).order_by(IncidentEvent.at.desc(), IncidentEvent.id.desc())
    return list(reversed(connection.execute(newest.limit(LONGEST)).mappings().all()))


def calls(connection: Connection, number: UUID) -> Sequence[RowMapping]:
    """The calls that were joined to an incident, directly or by way of others, the earliest first."""
    first = select(Incident.id).where(Incident.joined_to == number).cte("joined", recursive=True)
    further = select(Incident.id).join(first, Incident.joined_to == first.c.id)
    query = shown().where(Incident.id.in_(select(first.union(further).c.id)))
    return _earliest(connection, query)


def parts(connection: Connection, number: UUID) -> Sequence[RowMapping]:
    """The incidents that were split from this one's call, those withdrawn since included."""
    return _earliest(connection, shown().where(Incident.call_id == number))


def has_calls(connection: Connection, number: UUID) -> bool:
    """Whether a call is joined to this incident."""
    query = select(Incident.id).where(Incident.joined_to == number).limit(1)
    return connection.execute(query).first() is not None


def _earliest(connection: Connection, query: Any) -> Sequence[RowMapping]:
    ordered = query.order_by(Incident.reported_at, Incident.id).limit(LONGEST)
    rows: Sequence[RowMapping] = connection.execute(ordered).mappings().all()
    return rows


def _told() -> Any:
    return select(*IncidentEvent.__table__.c)


def detail_of(event: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """What an event keeps; nothing where there is none."""
    return {} if event is None else event["detail"]
