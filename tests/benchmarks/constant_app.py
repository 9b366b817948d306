"""The service with two more routes that look nothing up: what answering costs without locating."""

# ruff: noqa: ARG001

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, FastAPI, Query, Request

from api.app import create_app
from api.errors import language
from api.routes.answers import place
from api.schemas import Person, Place
from api.services.locating import Answer, GridName
from api.services.locating import Person as Officer
from api.state import State, state
from data.settings import Settings
from geo.crs import parse_datum
from geo.model import How

PLACE = Place(
    how=How.INSIDE,
    grid_code="340881001001003",
    grid_name="第3网格",
    community_code="340881001001",
    community_name="和平社区",
    edge_m=412.7351029341,
    runner_up="340881001001004",
    nearest_code=None,
    nearest_m=None,
    people=[Person(name="张三", phone="1", duty="A")],
    why="位于第3网格内，距边界 413 米。",
)
GRID = GridName("340881001001003", "第3网格", "340881001001", "和平社区", 1)
ANSWER = Answer(How.INSIDE, GRID, 412.735, GRID, None, None, (Officer("张三", "1", "A"),))

Lng = Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)]
DatumText = Annotated[str, Query(max_length=16)]
Service = Annotated[State, Depends(state)]


async def constant(
    request: Request, service: Service, *, lng: Lng, lat: Lat, datum: DatumText = "wgs84"
) -> Place:
    """``/locate`` that answers the same every time."""
    return PLACE


async def located(
    request: Request, service: Service, *, lng: Lng, lat: Lat, datum: DatumText = "wgs84"
) -> Place:
    """``/locate`` whose locator answers the same every time."""
    parse_datum(datum)
    return place(ANSWER, language(request))


def make() -> FastAPI:
    """For a server's ``--factory``."""
    app = create_app(Settings())
    app.get("/locate-constant")(constant)
    app.get("/locate-located")(located)
    return app
