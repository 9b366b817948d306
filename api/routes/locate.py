"""``/locate``: which grid a point belongs to, why, and who answers for it now.

Answered on the event loop: it takes less time than handing it to a thread, and asks no database.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api.errors import language
from api.routes.answers import place
from api.schemas import Place
from api.services.incidents import degrees
from api.state import State, state
from geo.crs import parse_datum

router = APIRouter(tags=["locate"])


@router.get("/locate")
async def locate(
    request: Request,
    service: Annotated[State, Depends(state)],
    *,
    lng: Annotated[
        float,
        Query(ge=-180, le=180, allow_inf_nan=False, examples=[116.951]),
    ],
    lat: Annotated[
        float,
        Query(ge=-90, le=90, allow_inf_nan=False, examples=[31.046]),
    ],
    datum: Annotated[
        str,
        Query(max_length=16, examples=["gcj02"]),
    ] = "wgs84",
) -> Place:
    """Which grid a point belongs to, why, and who answers now; on a border, the lowest code."""
    x, y = degrees(lng, lat, datum=parse_datum(datum))
    return place(service.locators.locate(lng=x, lat=y), language(request))
