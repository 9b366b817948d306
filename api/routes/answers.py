"""The answer for a place as it is said over HTTP, with the reason in words."""

from __future__ import annotations

from typing import NamedTuple

from pydantic_core import to_json

from api.schemas import Place
from api.services.locating import Answer, Epoch, GridName, LocatorCache
from geo.model import How, Located
from maps.findings import distance
from maps.texts import text

_EDGE, _LENGTH = "\x00edge", "\x00length"  # stored texts have no NUL


class _Inside(NamedTuple):
    """What is said of any point inside a grid next to a certain other, around how far it is from the edge."""

    start: bytes
    middle: bytes
    end: bytes
    since_s: float
    until_s: float


def place_json(cache: LocatorCache, epoch: Epoch, lang: str, *, lng: float, lat: float) -> bytes:
    """The answer for a place (EPSG:4490 degrees) in an epoch, as JSON in the shape of the API (`Place`).

    Most places lie inside a grid, and all that is said of them but a distance is known beforehand.
    """
    found = epoch.locator.inside(lng=lng, lat=lat)
    if found is None:
        return to_json(place_fields(cache.locate(lng=lng, lat=lat, epoch=epoch), lang))
    position, edge_m, other = found
    key = position, other, lang
    said: _Inside | None = epoch.memo.get(key)
    if said is None or not said.since_s <= cache.now_s() < said.until_s:
        code = epoch.locator.codes[position]
        said = epoch.memo[key] = _inside(
            cache, Located(code, How.INSIDE, edge_m, other), epoch, lang
        )
    return b"".join(
        (said.start, to_json(edge_m), said.middle, distance(edge_m, lang).encode(), said.end)
    )


def _inside(cache: LocatorCache, found: Located, epoch: Epoch, lang: str) -> _Inside:
    spell = epoch.directory.spell(found.code, cache.now_s())
    answer = cache.answer(epoch, found)
    assert answer.grid is not None
    why = text("api.why-inside", lang, grid=_name(answer.grid), edge=_LENGTH)
    said = to_json(place_fields(answer, lang) | {"edge_m": _EDGE, "why": why})
    start, _, rest = said.partition(to_json(_EDGE))
    middle, _, end = rest.partition(to_json(_LENGTH)[1:-1])
    return _Inside(start, middle, end, *spell)


def place(answer: Answer, lang: str) -> Place:
    """An answer in the shape of the API."""
    return Place.model_validate(place_fields(answer, lang))


def place_fields(answer: Answer, lang: str) -> dict[str, object]:
    """The same as plain fields, which cost less to make."""
    grid, near, other = answer.grid, answer.nearest, answer.runner_up
    return {
        "how": answer.how,
        "grid_code": grid.code if grid else None,
        "grid_name": grid.name if grid else None,
        "community_code": grid.community_code if grid else None,
        "community_name": grid.community_name if grid else None,
        "edge_m": answer.edge_m,
        "runner_up": other.code if other else None,
        "nearest_code": near.code if near else None,
        "nearest_m": answer.nearest_m,
        "people": [
            {"name": one.name, "phone": one.phone, "duty": one.duty} for one in answer.people
        ],
        "why": why(answer, lang),
    }


def why(answer: Answer, lang: str) -> str:
    """The reason in one sentence."""
    if answer.grid is None:
        if answer.nearest is None or answer.nearest_m is None:
            return text("api.why-nothing", lang)
        near, far = _name(answer.nearest), distance(answer.nearest_m, lang)
        return text("api.why-outside", lang, grid=near, distance=far)
    grid = _name(answer.grid)
    if answer.how is How.BOUNDARY:
        if answer.runner_up is None:
            return text("api.why-boundary-alone", lang, grid=grid)
        return text("api.why-boundary", lang, grid=grid, other=_name(answer.runner_up))
    return text("api.why-inside", lang, grid=grid, edge=distance(answer.edge_m or 0.0, lang))


def _name(grid: GridName) -> str:
    return grid.name or grid.code
