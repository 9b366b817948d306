"""What is asked of one place of the city: its figures and parts, its findings, buildings and people, by one look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine

from api.services.on_duty import Answering, answering
from api.services.overview import Overview
from geo.chain import ChainResult
from geo.codes import Level
from geo.errors import InputError, NotFound
from geo.incident_table import Wanted
from geo.model import Finding
from geo.tally import Tally
from geo.territory import Place
from maps.columns import numbers, texts
from maps.places import few

MOST_FOUND = 12


@dataclass(frozen=True, slots=True)
class Figures:
    """A place and its figures. path: from the whole city down to it."""

    place: Place
    tally: Tally
    path: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class House:
    """A building as a list names it; residents -1: fewer than may be told."""

    building_id: str | None
    name: str | None
    kind: str | None
    estate: str | None
    households: float | None
    residents: float | None
    lng: float
    lat: float


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was searched for: level of a place, or "building"."""

    kind: str
    code: str
    name: str | None
    lng: float | None
    lat: float | None


def figures(seen: Overview, under: str | None) -> tuple[Figures, list[Figures]]:
    """A place (None: the whole city) and the places right below it. NotFound for an unknown code."""
    territory = seen.tallies.territory
    row = place_row(seen, under)

    def at(one: int) -> Figures:
        place = territory.places[one]
        return Figures(place, seen.tallies.of[one], territory.path(place.code))

    return at(row), [at(child) for child in territory.children()[row]]


def findings(seen: Overview, under: str | None) -> list[Finding]:
    """The findings that concern a place or anything in it, gravest first. NotFound for an unknown code."""
    row = place_row(seen, under)
    pairs = zip(seen.findings, seen.tallies.concerned, strict=True)
    return [finding for finding, concerned in pairs if row in concerned]


def chain(seen: Overview, under: str | None) -> ChainResult | None:
    """The chains of the grids and houses of a place. NotFound for an unknown code."""
    row = place_row(seen, under)
    if seen.chain is None or row == 0:
        return seen.chain
    below = seen.tallies.territory.below(seen.tallies.territory.places[row].code)
    places = zip(seen.tallies.territory.places, below, strict=True)
    grids = {place.code for place, mine in places if mine and place.level is Level.GRID}
    houses = seen.chain.houses
    return replace(
        seen.chain,
        broken={grid: one for grid, one in seen.chain.broken.items() if grid in grids},
        houses=houses[houses["grid_code"].isin(grids)],
        grids=seen.tallies.of[row].chains,
    )


def wanted(
    seen: Overview,
    *,
    under: str | None = None,
    first: str | None = None,
    last: str | None = None,
    kind: str | None = None,
    category: str | None = None,
) -> Wanted:
    """Which incidents a filter means. first, last: months, ``2026-03``, both included; kind, category: "" is those
    without one. NotFound for an unknown place, InputError for months in the wrong order."""
    table = seen.incidents.table
    begin = 0 if first is None else _month(first) - (table.months[0] or 0)
    end = len(table.months) - 1 if last is None else _month(last) - (table.months[0] or 0)
    if end < begin and first is not None and last is not None:
        raise InputError("months-reversed", first=first, last=last)
    row = place_row(seen, under)
    territory = seen.tallies.territory
    grids = None
    if row:
        grids = territory.below(territory.places[row].code)[table.places(territory)]
    matters = None
    if kind is not None or category is not None:
        matters = np.array(
            [kind in (None, one) and category in (None, other) for one, other in table.matters],
            dtype=bool,
        )
    return Wanted(begin, end, matters, grids)


def houses(seen: Overview, code: str) -> list[House]:
    """The buildings of a place, by name. NotFound for an unknown code."""
    row = place_row(seen, code)
    below = seen.tallies.territory.below(seen.tallies.territory.places[row].code)
    return _houses(seen, np.flatnonzero(below[seen.tallies.homes]))


def people(engine: Engine, seen: Overview, code: str) -> Sequence[Answering]:
    """Who answers for a grid or a community now: its officer, and the holders of its lines. NotFound likewise."""
    place_row(seen, code)
    path = {place.level: place.code for place in seen.tallies.territory.path(code)}
    with engine.connect() as connection:
        return answering(connection, grid=path.get(Level.GRID), community=path.get(Level.COMMUNITY))


def search(seen: Overview, words: str) -> list[Hit]:
    """Places and buildings whose name, estate or code has these words; places first, those that equal them before."""
    sought = words.strip().lower()
    if not sought:
        return []
    hits = [
        Hit(place.level.value, place.code, place.name, None, None)
        for place in seen.tallies.territory.places
        if sought in f"{place.name or ''}\n{place.code}".lower()
    ]
    hits.sort(key=lambda hit: sought not in (hit.code.lower(), (hit.name or "").lower()))
    rows = _rows_with(seen, sought, MOST_FOUND - min(len(hits), MOST_FOUND))
    hits += [
        Hit("building", one.building_id or "", one.name or one.estate, one.lng, one.lat)
        for one in _houses(seen, rows)
    ]
    return hits[:MOST_FOUND]


def place_row(seen: Overview, code: str | None) -> int:
    """The position of a place; 0, the whole city, for None."""
    if code is None:
        return 0
    if code not in seen.tallies.territory:
        raise NotFound("place-unknown", code=code)
    return seen.tallies.territory.row(code)


def _month(written: str) -> int:
    year, month = written.split("-")
    return int(year) * 12 + int(month) - 1


def _rows_with(seen: Overview, sought: str, most: int) -> list[int]:
    """The first buildings whose name, estate or number has the words, those whose number equals them before."""
    frame = seen.data.buildings
    if frame is None or most <= 0:
        return []
    columns = [frame[name] for name in ("building_id", "name", "estate")]
    found: list[int] = []
    for row, words in enumerate(zip(*columns, strict=True)):
        lowered = [word.lower() for word in words if isinstance(word, str)]
        if lowered and lowered[0] == sought:
            found.insert(0, row)
        elif len(found) < most and any(sought in word for word in lowered):
            found.append(row)
    return found[:most]


def _houses(seen: Overview, rows: Sequence[int] | NDArray[np.intp]) -> list[House]:
    frame = seen.data.buildings
    if frame is None or not len(rows):
        return []
    mine = frame.iloc[rows]
    points = shapely.point_on_surface(np.asarray(mine.geometry.array, dtype=object))
    columns = [texts(mine, name) for name in ("building_id", "name", "kind", "estate")]
    people = [few(value) for value in numbers(mine, "residents")]
    found = zip(
        *columns, numbers(mine, "households"), people, shapely.get_x(points), shapely.get_y(points),
        strict=True,
    )  # fmt: skip
    return [House(*row) for row in found]
