"""The service with two more routes that look nothing up: what answering costs without locating."""

# ruff: noqa: ARG001

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, FastAPI, Query, Request
from pydantic_core import to_json
from starlette.types import Scope

from api.app import create_app
from api.errors import language_of
from api.express import Answered, header
from api.routes import EXPRESS
from api.routes.answers import place_fields
from api.routes.locate import question
from api.schemas import Person, Place, PlaceQuery
from api.services.incidents import degrees
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
FIELDS = PLACE.model_dump()
ANSWER = Answer(How.INSIDE, GRID, 412.735, GRID, None, None, (Officer("张三", "1", "A"),))

Service = Annotated[State, Depends(state)]
Asked = Annotated[PlaceQuery, Query()]


async def constant(request: Request, service: Service, asked: Asked) -> Place:
    """``/locate`` that answers the same every time, as FastAPI serves it."""
    return PLACE


async def express_constant(service: State, scope: Scope, _body: bytes) -> Answered:
    """``/locate`` that answers the same every time, parsed, written and sent as ours is."""
    question(scope)
    language_of(header(scope, b"accept-language"))
    return 200, to_json(FIELDS)


async def express_located(service: State, scope: Scope, _body: bytes) -> Answered:
    """``/locate`` whose locator answers the same every time; the answer is put into words each time."""
    asked = question(scope)
    degrees(asked.lng, asked.lat, datum=parse_datum(asked.datum))
    return 200, to_json(place_fields(ANSWER, language_of(header(scope, b"accept-language"))))


def make() -> FastAPI:
    """For a server's ``--factory``."""
    more = {
        ("GET", "/express-constant"): express_constant,
        ("GET", "/express-located"): express_located,
    }
    app = create_app(Settings(), express=EXPRESS | more)
    app.get("/locate-constant")(constant)
    return app
