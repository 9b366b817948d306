"""The dispatcher's answer for one place: its grid or region, what stands there, who answers now, what is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, Engine

from api.services import card_people
from api.services.card_lacks import Lacks
from api.services.card_people import Section, Standpoint
from api.services.card_registers import city_ladder, rows_of
from api.services.locating import Answer, Epoch, LocatorCache
from api.services.region_answer import Answered, RegionName, above, answered
from data.store import card, pin
from geo.chain.rules import ChainRules
from geo.errors import NotFound
from geo.likelihood import Share, shares

NEARBY_M = 100.0
"""Within what open incidents are counted."""


@dataclass(frozen=True, slots=True)
class Likely:
    """How much of the disc around a place lies in a grid (code None: in none)."""

    code: str | None
    name: str | None
    share: float


@dataclass(frozen=True, slots=True)
class House:
    """The building under the pin. in_outline: its footprint holds the pin; else ``metres`` to it. unit: as was said."""

    building_id: str
    name: str | None
    address: str | None
    estate: str | None
    kind: str | None
    in_outline: bool
    metres: float
    unit: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """lng, lat: EPSG:4490 degrees. radius_m: how exactly the place is known. line, category, catalogue_code: what it is
    about, for its B officer. building_id, unit: where the words told them."""

    lng: float
    lat: float
    radius_m: float | None = None
    line: str | None = None
    category: str | None = None
    catalogue_code: str | None = None
    building_id: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """place: what the Locator says. regions: from the city down; the last is the one that answers where
    ``answered`` is REGION (a town or village without grids). likelihood: only for a stated radius."""

    answered: Answered
    place: Answer
    regions: Sequence[RegionName]
    likelihood: Sequence[Likely] | None
    building: House | None
    sections: Sequence[Section]
    open_nearby: int
    line: str | None


class Cards:
    """Makes cards: places from memory, buildings and people as the database has them at this moment."""

    def __init__(
        self,
        engine: Engine,
        locators: LocatorCache,
        *,
        rules: ChainRules,
        lines: Mapping[str, str],
    ) -> None:
        """``rules``: what must be there. ``lines``: category -> line of business."""
        self._engine, self._locators = engine, locators
        self._lacks, self._lines = Lacks(rules), lines

    def card(self, asked: Asked) -> Card:
        """The card of a place. NotFound for an unknown building, OptionError for a radius that can't be."""
        epoch = self._locators.current()
        place = self._locators.locate(lng=asked.lng, lat=asked.lat, epoch=epoch)
        likely = None if asked.radius_m is None else _likely(epoch, asked, asked.radius_m)
        spot: dict[str, float] = {"lng": asked.lng, "lat": asked.lat}
        with self._engine.connect() as connection:
            grid = place.grid
            found = above(connection, place, **spot)
            by = answered(connection, epoch, place, found)
            house = _house(connection, asked)
            line = self._line(connection, asked)
            at = Standpoint(
                grid=None if grid is None else grid.code,
                regions=[one.code for one in found],
                building=house,
                unit=asked.unit or None,
                line=line,
                rules=self._lacks.rules,
            )
            known = by is not Answered.OUTSIDE
            people = self._people(connection, epoch, at) if known else []
            near = card.open_near(connection, **spot, within_m=NEARBY_M)
        shown = None if house is None else _shown(house, asked.unit)
        return Card(by, place, found, likely, shown, people, near, line)

    def _people(self, connection: Connection, epoch: Epoch, at: Standpoint) -> Sequence[Section]:
        """Who answers, and what the chain's check finds missing of a grid and of a building in it."""
        steps = city_ladder(connection, epoch)
        rows = rows_of(
            connection,
            epoch,
            steps,
            grid=at.grid,
            regions_above=at.regions,
            building=at.building,
        )
        if at.grid is None:
            return card_people.sections(rows, at, ())
        house = None if at.building is None else at.building["building_id"]
        lacks = self._lacks.of(steps, rows, grid=at.grid, building=house, unit=at.unit)
        return card_people.sections(rows, at, lacks)

    def _line(self, connection: Connection, asked: Asked) -> str | None:
        """The line of business that was named, or that the category belongs to; None where neither is known."""
        if asked.line:
            return asked.line
        category = asked.category
        if asked.catalogue_code:
            category = card.category(connection, asked.catalogue_code) or category
        return self._lines.get(category or "")


def _likely(epoch: Epoch, asked: Asked, radius_m: float) -> list[Likely]:
    grids = epoch.placing.grids
    shapes = np.asarray(grids.geometry.array, dtype=object)
    codes = grids["code"].tolist()
    found = shares(shapes, lng=asked.lng, lat=asked.lat, radius_m=radius_m)
    return [_named(epoch, codes, one) for one in found]


def _named(epoch: Epoch, codes: Sequence[str], one: Share) -> Likely:
    if one.position is None:
        return Likely(None, None, one.share)
    code = codes[one.position]
    return Likely(code, epoch.names[code].name, one.share)


def _house(connection: Connection, asked: Asked) -> card.Row | None:
    if not asked.building_id:
        return pin.building_under(connection, lng=asked.lng, lat=asked.lat)
    named = pin.building(connection, asked.building_id, lng=asked.lng, lat=asked.lat)
    if named is None:
        raise NotFound("building-unknown", value=asked.building_id)
    return named


def _shown(row: card.Row, unit: str | None) -> House:
    names = ("building_id", "name", "address", "estate", "kind", "in_outline", "metres")
    return House(**{name: row[name] for name in names}, unit=unit or None)
