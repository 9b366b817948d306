"""``/feedback``: what dispatchers' answers say about the plan, for those who draw it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from api.handling_schemas import FeedbackOut, FeedbackPlace
from api.moments import Moment
from api.routes.incidents import zoned
from api.schemas import Key
from api.state import State, state
from data.store import feedback

router = APIRouter(tags=["incidents"])


@router.get("/feedback")
def places(
    service: Annotated[State, Depends(state)],
    *,
    kind: Annotated[Literal["corrected", "boundary", "outside"] | None, Query()] = None,
    under: Annotated[Key | None, Query()] = None,
    since: Annotated[Moment | None, Query()] = None,
    until: Annotated[Moment | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> FeedbackOut:
    """Places that were corrected into another grid, lie on a boundary or outside, the most frequent first."""
    period = {"since": zoned(since, service), "until": zoned(until, service)}
    with service.engine.connect() as connection:
        found = feedback.places(connection, kind=kind, under=under, **period)
    rows = found.head(limit)
    told = rows.drop(columns="geometry").astype(object)
    properties = told.where(told.notna(), None).to_dict("records")
    features = [
        FeedbackPlace(
            geometry={"type": "Point", "coordinates": [round(spot.x, 7), round(spot.y, 7)]},
            properties=one,
        )
        for spot, one in zip(rows.geometry, properties, strict=True)
    ]
    return FeedbackOut(total=len(found), features=features)
