"""Who answers for a place that is in no grid: a town or village without grids of its own, or nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from api.services.locating import Answer, Epoch
from data.store import card, regions


class Answered(StrEnum):
    """What a place is answered by."""

    GRID = "grid"
    REGION = "region"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class RegionName:
    """A city, street, town, community or village by name."""

    code: str
    name: str
    level: str
    kind: str


def above(connection: Connection, place: Answer, *, lng: float, lat: float) -> list[RegionName]:
    """The regions of a place (EPSG:4490 degrees), from the city down."""
    community = None if place.grid is None else place.grid.community_code
    rows = card.regions(connection, lng=lng, lat=lat, community=community)
    return [RegionName(**row) for row in rows]


def answered(
    connection: Connection, epoch: Epoch, place: Answer, found: Sequence[RegionName]
) -> Answered:
    """A region without any grid of its own answers itself; a hole between grids is outside. ``found``: `above`."""
    if place.grid is not None:
        return Answered.GRID
    if not found or found[-1].level == "city":
        return Answered.OUTSIDE
    own = regions.below(connection, found[-1].code)
    governed = any(grid.community_code in own for grid in epoch.names.values())
    return Answered.OUTSIDE if governed else Answered.REGION


def answering(
    connection: Connection, epoch: Epoch, place: Answer, *, lng: float, lat: float
) -> RegionName | None:
    """The region that answers for a place itself; None where a grid does, or nobody."""
    if place.grid is not None:
        return None
    found = above(connection, place, lng=lng, lat=lat)
    return found[-1] if answered(connection, epoch, place, found) is Answered.REGION else None
