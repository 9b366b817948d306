"""``/buildings/waiting`` and ``/buildings/placed``: ledger rows without a place are put on the map."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from api.errors import language
from api.routes import answers
from api.routes.plans import MOVED, Service, planner
from api.schemas import Key
from api.services.placing import LIMIT, Placed
from api.services.waiting_rows import Waiting
from api.tracing_schemas import (
    DraftGridOut,
    Number,
    PlacedOut,
    PlacementOut,
    PlacementsOut,
    PutIn,
    UndoIn,
    WaitingPage,
    WaitingRow,
)
from geo.crs import parse_datum

router = APIRouter(tags=["tracing"])

Communities = Annotated[list[Key] | None, Query(alias="community", max_length=1000)]
Words = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]


@router.get("/buildings/waiting")
def waiting(
    *,
    service: Service,
    communities: Communities = None,
    named: Words = None,
    after: Words = None,
    limit: Annotated[int, Query(ge=1, le=500)] = LIMIT,
) -> WaitingPage:
    """The rows of ledgers that wait for their place; those that name no community come last."""
    found = service.placer.waiting(communities=communities, words=named, after=after, limit=limit)
    return WaitingPage(rows=[_row(one) for one in found.rows], total=found.total, next=found.after)


@router.get("/buildings/placed")
def placed(service: Service, communities: Communities = None) -> PlacementsOut:
    """What was put on the map by hand, the latest first."""
    rows = service.placer.placed(communities)
    return PlacementsOut(placements=[PlacementOut(**row) for row in rows])


@router.post("/buildings/placed", responses=MOVED)
def place(request: Request, service: Service, said: PutIn) -> PlacedOut:
    """Put a row on the map: it is a building from now on, in its grid, and counted in every draft of its community."""
    done = service.placer.place(
        planner(service, said.by),
        said.key,
        said.lng,
        said.lat,
        datum=parse_datum(said.datum),
        anyway=said.anyway,
    )
    return _placed(done, language(request))


@router.post("/buildings/placed/{id}/undo", responses=MOVED)
def take_off(
    request: Request,
    service: Service,
    number: Annotated[Number, Path(alias="id", examples=[3])],
    said: UndoIn,
) -> PlacedOut:
    """Take it off the map again: its row waits as before."""
    return _placed(service.placer.undo(planner(service, said.by), number), language(request))


def _row(one: Waiting) -> WaitingRow:
    own = {name: getattr(one.ledger, name) for name in _OF_LEDGER}
    return WaitingRow(
        key=one.key,
        told=one.told,
        community_code=one.community_code,
        reasons=list(one.reasons),
        source=one.source,
        kept_at=one.kept_at,
        **own,
    )


_OF_LEDGER = ("name", "estate", "address", "kind", "households", "residents")


def _placed(done: Placed, lang: str) -> PlacedOut:
    return PlacedOut(
        placement=PlacementOut(**done.placement),
        place=None if done.answer is None else answers.place(done.answer, lang),
        drafts=[
            DraftGridOut(plan=one.plan_id, version=one.version, grid_code=one.grid_code)
            for one in done.drafts
        ],
    )
