"""``/locate``: which grid a point belongs to, why, and who answers for it now.

Answered on the event loop: it takes less time than handing it to a thread, and asks no database.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import TypeAdapter, ValidationError
from starlette.types import Scope

from api.errors import language, language_of
from api.express import Answered, header
from api.routes.answers import place_json
from api.schemas import Place, PlaceQuery
from api.services.incidents import degrees
from api.state import State, state
from geo.crs import parse_datum
from geo.errors import WanggeError

router = APIRouter(tags=["locate"])

_QUERY = TypeAdapter(PlaceQuery)


@router.get("/locate", response_model=Place)
async def locate(
    request: Request,
    service: Annotated[State, Depends(state)],
    asked: Annotated[PlaceQuery, Query()],
) -> Response:
    """Which grid a point belongs to, why, and who answers now; on a border, the lowest code."""
    content = located(service, asked, language(request))
    return Response(content, media_type="application/json")


def located(service: State, asked: PlaceQuery, lang: str) -> bytes:
    """The answer: a `Place` as JSON."""
    x, y = degrees(asked.lng, asked.lat, datum=parse_datum(asked.datum))
    epoch = service.locators.current()
    return place_json(service.locators, epoch, lang, lng=x, lat=y)


async def express(service: State, scope: Scope, _body: bytes) -> Answered | None:
    """The same for a question that is plainly right."""
    try:
        asked = question(scope)
        lang = language_of(header(scope, b"accept-language"))
        return 200, located(service, asked, lang)
    except (ValidationError, WanggeError):
        return None


def question(scope: Scope) -> PlaceQuery:
    """What the address asks. Raises ValidationError."""
    return _QUERY.validate_python(_pairs(scope["query_string"].decode("latin-1")))


def _pairs(query: str) -> dict[str, str]:
    if "%" not in query and "+" not in query:
        with suppress(ValueError):  # a part that is no pair
            return dict([part.split("=", 1) for part in query.split("&")])
    return dict(parse_qsl(query, keep_blank_values=True))
