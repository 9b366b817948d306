"""The shapes of the dispatcher's answer card."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas import Key, Place, PlaceQuery
from geo.codes import Level
from geo.likelihood import MOST_RADIUS_M


class CardQuery(PlaceQuery):
    """A place that a card is asked for."""

    radius_m: Annotated[float | None, Field(gt=0, le=MOST_RADIUS_M, allow_inf_nan=False)] = None
    line: Key | None = None
    category: Key | None = None
    catalogue_code: Key | None = None
    building_id: Key | None = None
    unit: Key | None = None


class CardRegion(BaseModel):
    """A city, street, town, community or village."""

    code: str
    name: str
    level: Level
    kind: str


class CardLikely(BaseModel):
    """The share of the disc around the place that lies in a grid; null codes: in none."""

    grid_code: str | None
    grid_name: str | None
    share: float


class CardBuilding(BaseModel):
    """The building under the pin."""

    building_id: str
    name: str | None
    address: str | None
    estate: str | None
    kind: str | None
    in_outline: bool
    metres: float
    unit: str | None


class CardPerson(BaseModel):
    """Somebody to call."""

    name: str | None
    phone: str | None
    duty: str
    role: str | None
    until: datetime | None
    stand_in_for: str | None
    on_leave: bool
    region: str | None


class CardMissing(BaseModel):
    """A link that should be there and is not: the code of its finding, in words. level: on which rung of the chain."""

    code: str
    role: str | None
    level: str | None
    region: str | None
    text: str


class CardSection(BaseModel):
    """Who is called for one kind of duty."""

    section: str
    title: str
    people: list[CardPerson]
    missing: list[CardMissing]


class Card(BaseModel):
    """The dispatcher's answer for one place, at this moment."""

    answer: str
    why: str
    lng: float
    lat: float
    place: Place | None
    regions: list[CardRegion]
    office: str | None
    likelihood: list[CardLikely] | None
    building: CardBuilding | None
    line: str | None
    people: list[CardSection]
    open_nearby: int
    nearby: str
