"""``/places``: places and buildings by words; ``/places/{code}/…``: the buildings and people of one place."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi import Path as InPath

from api.schemas import AnsweringOut, HitOut, HouseOut, HousesOut
from api.services import places
from api.state import State, state

router = APIRouter(tags=["places"])

Service = Annotated[State, Depends(state)]
Code = Annotated[str, InPath(max_length=100, examples=["340881001001003"])]


@router.get("/places/{code:path}/buildings", responses={404: {}})
def buildings(
    service: Service, code: Code, limit: Annotated[int, Query(ge=1, le=1000)] = 500
) -> HousesOut:
    """The buildings of a place; as many as on the map."""
    found = places.houses(service.pages.overview(), code)
    items = [HouseOut.model_validate(one, from_attributes=True) for one in found[:limit]]
    return HousesOut(total=len(found), items=items)


@router.get("/places/{code:path}/people", responses={404: {}})
def people(service: Service, code: Code) -> list[AnsweringOut]:
    """Who answers now: the officer of a grid, the lines of its community."""
    found = places.people(service.engine, service.pages.overview(), code)
    return [AnsweringOut.model_validate(one, from_attributes=True) for one in found]


@router.get("/places")
def search(
    service: Service,
    q: Annotated[str, Query(max_length=200, examples=["和平"])],
) -> list[HitOut]:
    """Streets, communities, grids and buildings by words; twelve at most."""
    found = places.search(service.pages.overview(), q)
    return [HitOut.model_validate(one, from_attributes=True) for one in found]
