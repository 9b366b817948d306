"""``/incidents``: reports in, each answered with its grid and people; and the list of them."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response, status

from api.errors import language
from api.routes.answers import place
from api.schemas import IncidentIn, IncidentOut, IncidentPage, Key, Recorded
from api.services import incidents
from api.state import State, state
from geo.crs import parse_datum
from geo.model import How

router = APIRouter(tags=["incidents"])

Service = Annotated[State, Depends(state)]
Filter = Annotated[Key | None, Query()]


@router.post(
    "/incidents",
    status_code=status.HTTP_201_CREATED,
    responses={status.HTTP_200_OK: {"model": Recorded}},
)
async def report(
    request: Request, response: Response, service: Service, said: IncidentIn
) -> Recorded:
    """Record a matter: on disk before it is answered, once for each number of a source (200 when it comes again)."""
    taken = incidents.Report(
        source=said.source,
        source_id=said.source_id,
        lng=said.lng,
        lat=said.lat,
        datum=parse_datum(said.datum),
        place=said.address,
        category=said.category,
        note=said.note,
        reported_at=_zoned(said.reported_at, service),
    )
    done = await asyncio.wrap_future(service.intake.report(service.actor, taken))
    if done.repeated:
        response.status_code = status.HTTP_200_OK
    answer = None if done.answer is None else place(done.answer, language(request))
    return Recorded(incident=_shown(done.incident), place=answer, repeated=done.repeated)


@router.get("/incidents")
def listing(
    *,
    service: Service,
    after: Annotated[Key | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    source: Filter = None,
    category: Filter = None,
    grid_code: Filter = None,
    under: Annotated[Key | None, Query()] = None,
    how: Annotated[How | None, Query()] = None,
    state_: Annotated[Literal["open", "closed"] | None, Query(alias="status")] = None,
    placed: Annotated[bool | None, Query()] = None,
    since: Annotated[datetime | None, Query()] = None,
    until: Annotated[datetime | None, Query()] = None,
) -> IncidentPage:
    """Incidents, the newest first."""
    filters = {
        "source": source, "category": category, "grid_code": grid_code, "under": under,
        "how": how, "status": state_, "placed": placed,
        "since": _zoned(since, service), "until": _zoned(until, service),
    }  # fmt: skip
    page = incidents.listing(service.engine, filters=filters, cursor=after, limit=limit)
    return IncidentPage(items=[_shown(row) for row in page.items], next=page.next)


def _zoned(moment: datetime | None, service: State) -> datetime | None:
    """A time without zone is the city's."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=service.zone)


def _shown(row: Any) -> IncidentOut:
    return IncidentOut(
        id=str(row["id"]),
        source=row["source"],
        source_id=row["source_id"],
        category=row["category"],
        note=row["note"],
        address=row["place"],
        lng=row["lng"],
        lat=row["lat"],
        how=row["how"],
        grid_code=row["grid_code"],
        status=row["status"],
        reported_at=row["reported_at"],
        recorded_at=row["recorded_at"],
        closed_at=row["closed_at"],
    )
