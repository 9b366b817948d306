"""``/incidents/{id}``: one incident, and what dispatchers do with it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request

from api.errors import language
from api.handling_schemas import (
    ChangeIn,
    DeliveredPlace,
    EventOut,
    Handled,
    JoinIn,
    PartIn,
    PlaceIn,
    SplitIn,
    TakeIn,
)
from api.routes.answers import place
from api.schemas import IncidentOut
from api.services import joining
from api.services.actor import Actor
from api.services.handling import Spot, Told
from api.services.joining import Part
from api.shown import incident_fields
from api.state import State, state
from geo.crs import parse_datum

router = APIRouter(tags=["incidents"])

Service = Annotated[State, Depends(state)]
Number = Annotated[UUID, Path(alias="id", examples=["019abcde-0000-7000-8000-000000000001"])]
_ABSENT: dict[int | str, dict[str, Any]] = {404: {}}
_MOVED: dict[int | str, dict[str, Any]] = {404: {}, 409: {}}


@router.get("/incidents/{id}", responses=_ABSENT)
def one(request: Request, service: Service, number: Number) -> Handled:
    """An incident with its place, its history, its calls and its parts."""
    return _handled(service.desk.get(number), request)


@router.post("/incidents/{id}/take", responses=_MOVED)
def take(service: Service, number: Number, said: TakeIn) -> IncidentOut:
    """Take an incident that nobody has; of two who try, one does."""
    return _out(service.desk.take(_actor(service, said.by), number, version=said.version))


@router.post("/incidents/{id}/release", responses=_MOVED)
def release(service: Service, number: Number, said: TakeIn) -> IncidentOut:
    """Give an incident back."""
    return _out(service.desk.release(_actor(service, said.by), number, version=said.version))


@router.post("/incidents/{id}/place", responses=_MOVED)
def set_place(request: Request, service: Service, number: Number, said: PlaceIn) -> Handled:
    """Tell where an incident is, or correct it."""
    spot = Spot(
        lng=said.lng,
        lat=said.lat,
        datum=parse_datum(said.datum),
        place=said.address,
        said=said.said,
        kind=said.kind,
        key=said.key,
    )
    actor = _actor(service, said.by)
    told = service.desk.place(actor, number, spot, version=said.version)
    if said.said and said.kind and said.key:  # what these words meant
        service.searcher.chosen(said.said, kind=said.kind, key=said.key)
    return _handled(told, request)


@router.post("/incidents/{id}/join", responses=_MOVED)
def join(request: Request, service: Service, number: Number, said: JoinIn) -> Handled:
    """Make an incident a call about another; answers with that one."""
    actor = _actor(service, said.by)
    told = joining.join(service.desk, actor, number, to=said.to, version=said.version)
    return _handled(told, request)


@router.post("/incidents/{id}/unjoin", responses=_MOVED)
def unjoin(request: Request, service: Service, number: Number, said: ChangeIn) -> Handled:
    """Undo a join: the call is an incident of its own again."""
    actor = _actor(service, said.by)
    return _handled(joining.unjoin(service.desk, actor, number, version=said.version), request)


@router.post("/incidents/{id}/split", responses=_MOVED)
def split(request: Request, service: Service, number: Number, said: SplitIn) -> Handled:
    """Make further incidents of what else the caller told."""
    actor, parts = _actor(service, said.by), [_part(part) for part in said.parts]
    told = joining.split(service.desk, actor, number, parts=parts, version=said.version)
    return _handled(told, request)


@router.post("/incidents/{id}/unsplit", responses=_MOVED)
def unsplit(request: Request, service: Service, number: Number, said: ChangeIn) -> Handled:
    """Undo the latest split: its parts are withdrawn."""
    actor = _actor(service, said.by)
    return _handled(joining.unsplit(service.desk, actor, number, version=said.version), request)


def _actor(service: State, by: str | None) -> Actor:
    """Who does it: until there are accounts, whoever the request names."""
    return service.actor if by is None else Actor(who=by, role=service.actor.role)


def _part(said: PartIn) -> Part:
    return Part(
        category=said.category,
        catalogue_code=said.catalogue_code,
        note=said.note,
        place=said.address,
        lng=said.lng,
        lat=said.lat,
        datum=parse_datum(said.datum),
    )


def _out(row: Any) -> IncidentOut:
    return IncidentOut.model_validate(incident_fields(row))


def _handled(told: Told, request: Request) -> Handled:
    answer = told.answer
    return Handled(
        incident=_out(told.incident),
        place=None if answer is None else place(answer, language(request)),
        delivered=_delivered(told.incident),
        events=[_event(event) for event in told.events],
        calls=[_out(row) for row in told.calls],
        parts=[_out(row) for row in told.parts],
    )


def _delivered(row: Any) -> DeliveredPlace | None:
    x, y = row["raw_x"], row["raw_y"]
    return None if x is None or y is None else DeliveredPlace(x=x, y=y, datum=row["raw_datum"])


def _event(row: Any) -> EventOut:
    said = {name: row[name] for name in ("at", "actor", "what", "detail")}
    other = row["other_id"]
    return EventOut(
        incident_id=str(row["incident_id"]), other_id=None if other is None else str(other), **said
    )
