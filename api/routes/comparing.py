"""``/plans/{id}/diff``, ``/plans/{id}/replay`` and ``/whose``: plans beside each other, and those of another moment."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from api.plan_life_schemas import DiffOut, ReplayOut, WhoseOut, WhoseQuery
from api.plan_schemas import PlanId
from api.plan_shown import compared, head, replayed
from api.routes.incidents import zoned
from api.routes.plans import ABSENT, Number, Service
from api.schemas import AnsweringOut
from api.services import back_then
from api.services.incidents import degrees
from geo.crs import parse_datum
from geo.model import How, Located

router = APIRouter(tags=["plans"])

Against = Annotated[Literal["published"] | PlanId, Query(examples=["published"])]


@router.get("/plans/{id}/diff", responses=ABSENT)
def diff(
    service: Service,
    number: Number,
    against: Against = "published",
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1000,
) -> DiffOut:
    """What a plan does otherwise than another; ``limit``: of buildings, those with most households first."""
    found = service.comparing.diff(number, against=_other(against))
    return compared(found, most_buildings=limit)


@router.get("/plans/{id}/replay", responses=ABSENT)
def replay(service: Service, number: Number, against: Against = "published") -> ReplayOut:
    """Last year's incidents under a plan and another: how many each grid has, and how evenly they are shared."""
    found = service.comparing.replay(number, against=_other(against))
    return replayed(found)


@router.get("/whose")
def whose(service: Service, asked: Annotated[WhoseQuery, Query()]) -> WhoseOut:
    """Whose a place was at a moment, or will be."""
    at = zoned(asked.at, service)
    assert at is not None
    lng, lat = degrees(asked.lng, asked.lat, datum=parse_datum(asked.datum))
    then = back_then.whose(service.engine, lng=lng, lat=lat, at=at)
    found = then.found
    located = isinstance(found, Located)
    return WhoseOut(
        at=at,
        how=found.how if isinstance(found, Located) else How.OUTSIDE,
        grid_code=found.code if isinstance(found, Located) else None,
        grid_name=then.grid_name,
        edge_m=found.edge_m if isinstance(found, Located) else None,
        nearest_code=None if isinstance(found, Located) else found.nearest_code,
        nearest_m=None
        if isinstance(found, Located) or found.nearest_code is None
        else found.nearest_m,
        plan=head(then.plan) if located and then.plan is not None else None,
        people=[AnsweringOut.model_validate(one, from_attributes=True) for one in then.people],
    )


def _other(against: str | int) -> int | None:
    return against if isinstance(against, int) else None
