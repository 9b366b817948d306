"""Many calls about one matter, and one call about many: joined and split, and both undone.

Nothing is deleted. A call that is joined is over as an incident of its own until that is undone; calls that were joined
to it before come along and stay its own. A part that is split off is an incident like any other; when the split is
undone, it is withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import DataError, IntegrityError

from api.services.actor import Actor
from api.services.handling import Desk, Told, expected, require_open
from api.services.incidents import WGS84, degrees, refused
from data.ids import uuid7
from data.store import grids, handling, recording
from data.tables import Happening, IncidentStatus
from geo.crs import Datum
from geo.errors import Conflict, InputError

MOST_PARTS = 20

_SPOT = ("raw_x", "raw_y", "raw_datum", "lng", "lat")


@dataclass(frozen=True, slots=True)
class Part:
    """One of the matters that a call was about. What is None is the call's own, but for the matter itself."""

    category: str | None = None
    catalogue_code: str | None = None
    note: str | None = None
    place: str | None = None
    lng: float | None = None
    lat: float | None = None
    datum: Datum = WGS84


def join(desk: Desk, actor: Actor, number: UUID, *, to: UUID, version: int) -> Told:
    """Make an open incident a call about another open one. Answers with that one.

    Conflict "incident-stale", "incident-over", "incident-joined" (whichever of the two); InputError for itself.
    """
    if number == to:
        raise InputError("join-itself", id=number)
    with desk.changing(actor, number, to) as (connection, rows):
        require_open(expected(rows[number], version))
        require_open(rows[to])
        over = {"status": IncidentStatus.JOINED.value, "closed_at": datetime.now(UTC)}
        handling.change(connection, number, joined_to=to, **over)
        handling.change(connection, to)
        handling.note(connection, number, Happening.JOINED, by=actor.who, other=to)
    return desk.get(to)


def unjoin(desk: Desk, actor: Actor, number: UUID, *, version: int) -> Told:
    """Make a joined call an open incident of its own again, in the grid that is in force now. Answers with it.

    Conflict "incident-stale", or "incident-unjoined" where it is not joined.
    """
    to = desk.get(number).incident["joined_to"]
    concerned = (number,) if to is None else (number, to)
    with desk.changing(actor, *concerned, locating=True) as (connection, rows):
        row = expected(rows[number], version)
        if row["joined_to"] is None or row["joined_to"] != to:
            raise Conflict("incident-unjoined", id=number).at(dict(row))
        found = desk.located(connection, row["lng"], row["lat"])
        again = {"status": IncidentStatus.OPEN.value, "closed_at": None, "joined_to": None}
        handling.change(connection, number, **again, **found)
        handling.change(connection, to)
        handling.note(connection, number, Happening.UNJOINED, by=actor.who, other=to)
    return desk.get(number)


def split(desk: Desk, actor: Actor, number: UUID, *, parts: Sequence[Part], version: int) -> Told:
    """Make further incidents of what else the caller of an open one told; it stays open with its own matter.

    Answers with it. DatumError, InputError for half a place or an unknown catalogue code, Conflict as `join`.
    """
    spots = [_spot(part) for part in parts]
    with desk.changing(actor, number, locating=True) as (connection, rows):
        call = expected(rows[number], version)
        require_open(call)
        made = [
            _made(desk, connection, call, part, spot)
            for part, spot in zip(parts, spots, strict=True)
        ]
        _insert(connection, made)
        handling.change(connection, number)
        ids = [row["id"] for row in made]
        handling.note(connection, number, Happening.SPLIT, by=actor.who, parts=ids)
    return desk.get(number)


def unsplit(desk: Desk, actor: Actor, number: UUID, *, version: int) -> Told:
    """Withdraw the parts of an incident's latest split that stands. Answers with the incident.

    Conflict "incident-whole" where there is none; "part-moved-on" where somebody has a part already, it is over, or
    calls were joined to it.
    """
    ids = _standing(desk.get(number))
    with desk.changing(actor, number, *ids) as (connection, rows):
        call = expected(rows[number], version)
        if not ids:
            raise Conflict("incident-whole", id=number).at(dict(call))
        for part in (rows[one] for one in ids):
            taken = part["taken_by"] is not None
            if (
                taken
                or part["status"] != IncidentStatus.OPEN
                or handling.has_calls(connection, part["id"])
            ):
                raise Conflict("part-moved-on", id=part["id"], note=part["note"] or "").at(
                    dict(part)
                )
            over = {"status": IncidentStatus.WITHDRAWN.value, "closed_at": datetime.now(UTC)}
            handling.change(connection, part["id"], **over)
        handling.change(connection, number)
        handling.note(connection, number, Happening.UNSPLIT, by=actor.who, parts=ids)
    return desk.get(number)


def _spot(part: Part) -> Mapping[str, Any] | None:
    """Where a part is, by the store's names; None where the call is."""
    if part.lng is None and part.lat is None:
        return None
    if part.lng is None or part.lat is None:
        raise InputError("place-half", lng=part.lng, lat=part.lat)
    lng, lat = degrees(part.lng, part.lat, datum=part.datum)
    raw = {"raw_x": part.lng, "raw_y": part.lat, "raw_datum": part.datum.name}
    return {**raw, "lng": lng, "lat": lat}


def _made(
    desk: Desk, connection: Connection, call: RowMapping, part: Part, spot: Mapping[str, Any] | None
) -> dict[str, Any]:
    number = uuid7()
    where = {name: call[name] for name in _SPOT} if spot is None else spot
    return {
        "id": number,
        "call_id": call["id"],
        "source": call["source"],
        "source_id": str(number),
        "reported_at": call["reported_at"],
        "catalogue_code": part.catalogue_code,
        "category": part.category,
        "note": part.note,
        "place": part.place or (call["place"] if spot is None else None),
        **where,
        **desk.located(connection, where["lng"], where["lat"]),
    }


def _insert(connection: Connection, made: Sequence[Mapping[str, Any]]) -> None:
    """Put parts in while publications wait. InputError for a code that the catalogue has not."""
    try:
        added = recording.insert(connection, made, epoch=grids.epoch(connection))
    except (IntegrityError, DataError) as error:
        unknown = next((row for row in made if row["catalogue_code"] is not None), made[0])
        raise refused(error, unknown) from error
    assert added is not None and len(added) == len(made), "the epoch is held, the ids are new"


def _standing(told: Told) -> list[UUID]:
    """The parts of the latest split that was not undone."""
    undone: set[str] = set()
    for event in reversed(told.events):
        parts = event["detail"].get("parts", [])
        if event["what"] == Happening.UNSPLIT:
            undone.update(parts)
        elif event["what"] == Happening.SPLIT and not undone.issuperset(parts):
            return [UUID(one) for one in parts]
    return []
