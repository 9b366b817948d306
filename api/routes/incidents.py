"""``/incidents``: reports in, each answered with its grid and people; and the list of them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response, status
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from api.errors import language, language_of
from api.express import Answered, header
from api.moments import Moment
from api.routes.answers import place_fields
from api.schemas import IncidentIn, IncidentOut, IncidentPage, Key, Recorded, Text
from api.services import incidents
from api.shown import incident_fields
from api.state import State, state
from data.tables import IncidentStatus
from geo.crs import parse_datum
from geo.errors import WanggeError
from geo.model import How

router = APIRouter(tags=["incidents"])

Service = Annotated[State, Depends(state)]
_JSON = ("application/json", "application/json; charset=utf-8")

Filter = Annotated[Key | None, Query()]
OrNone = Annotated[Text | None, Query()]
"""A filter that takes "" for what is not recorded."""
_DEGREES = r"-?\d{1,3}(\.\d{1,15})?"
_BOX = rf"^{_DEGREES}(,{_DEGREES}){{3}}$"


@router.post(
    "/incidents",
    status_code=status.HTTP_201_CREATED,
    response_model=Recorded,
    responses={status.HTTP_200_OK: {"model": Recorded}, status.HTTP_409_CONFLICT: {}},
)
async def report(request: Request, service: Service, said: IncidentIn) -> Response:
    """Record a matter: on disk before it is answered, once for each number of a source (200 when it comes again)."""
    done = await service.intake.report_soon(service.actor, _taken(said, service))
    await _learnt(said, done, service)
    code, content = _recorded(done, language(request))
    return Response(content, status_code=code, media_type="application/json")


async def express(service: State, scope: Scope, body: bytes) -> Answered | None:
    """The same for a report that is plainly right."""
    if header(scope, b"content-type") not in _JSON:
        return None
    try:
        said = IncidentIn.model_validate(json.loads(body))
        recording = service.intake.report_soon(service.actor, _taken(said, service))
    except (ValueError, RecursionError, WanggeError):
        return None
    done = await recording
    await _learnt(said, done, service)
    return _recorded(done, language_of(header(scope, b"accept-language")))


async def _learnt(said: IncidentIn, done: incidents.Recorded, service: State) -> None:
    """Remember what was chosen for the words that were said."""
    if said.said and said.chosen and not done.repeated:
        chosen = said.chosen
        await run_in_threadpool(
            service.searcher.chosen, said.said, kind=chosen.kind, key=chosen.key
        )


def _taken(said: IncidentIn, service: State) -> incidents.Report:
    return incidents.Report(
        source=said.source,
        source_id=said.source_id,
        lng=said.lng,
        lat=said.lat,
        datum=parse_datum(said.datum),
        place=said.address,
        catalogue_code=said.catalogue_code,
        category=said.category,
        note=said.note,
        reported_at=zoned(said.reported_at, service),
    )


def _recorded(done: incidents.Recorded, lang: str) -> Answered:
    """What is said of a recorded incident: a `Recorded` as JSON."""
    said = {
        "incident": incident_fields(done.incident),
        "place": None if done.answer is None else place_fields(done.answer, lang),
        "repeated": done.repeated,
    }
    code = status.HTTP_200_OK if done.repeated else status.HTTP_201_CREATED
    return code, to_json(said)


@router.get("/incidents")
def listing(
    *,
    service: Service,
    after: Annotated[Key | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    number: Annotated[list[UUID] | None, Query(alias="id", max_length=100)] = None,
    source: Filter = None,
    kind: OrNone = None,
    category: OrNone = None,
    box: Annotated[str | None, Query(pattern=_BOX, examples=["116.9,31.0,117.0,31.1"])] = None,
    grid_code: Filter = None,
    under: Annotated[Key | None, Query()] = None,
    how: Annotated[How | None, Query()] = None,
    state_: Annotated[IncidentStatus | None, Query(alias="status")] = None,
    placed: Annotated[bool | None, Query()] = None,
    taken: Annotated[bool | None, Query()] = None,
    taken_by: Filter = None,
    since: Annotated[Moment | None, Query()] = None,
    until: Annotated[Moment | None, Query()] = None,
) -> IncidentPage:
    """Incidents, the newest first."""
    filters = {
        "ids": number, "source": source, "kind": kind, "category": category, "grid_code": grid_code, "under": under,
        "box": None if box is None else tuple(map(float, box.split(","))),
        "how": how, "status": state_, "placed": placed, "taken": taken, "taken_by": taken_by,
        "since": zoned(since, service), "until": zoned(until, service),
    }  # fmt: skip
    page = incidents.listing(service.engine, filters=filters, cursor=after, limit=limit)
    return IncidentPage(
        items=[IncidentOut(**incident_fields(dict(row))) for row in page.items], next=page.next
    )


def zoned(moment: datetime | None, service: State) -> datetime | None:
    """A time without zone is the city's."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=service.zone)
