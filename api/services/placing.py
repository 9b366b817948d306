"""Buildings that a ledger tells without a place: put on the map where somebody points, and taken off again.

What is placed lies in a grid at once; the drafts of its community are counted again in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor, Role
from api.services.counting import Recounted, count_again
from api.services.drafting import Shelf
from api.services.imports.building_ledger import NOUN
from api.services.imports.territory import Territory
from api.services.incidents import degrees
from api.services.locating import Answer, LocatorCache
from api.services.waiting_rows import Page, Waiting, page, understood
from data.settings import Settings
from data.store import buildings, placements
from geo.crs import Datum
from geo.errors import Conflict, NotFound
from geo.model import CRS
from geo.redraw.hands import grids_at

SOURCE = "placed by {who}"
LIMIT = 50


@dataclass(frozen=True, slots=True)
class DraftGrid:
    """In which grid of a draft it lies. version: the draft's, now that it is counted again."""

    plan_id: int
    version: int
    grid_code: str | None


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of it. answer: who answers for it now; None once it is off the map again."""

    placement: RowMapping
    answer: Answer | None
    drafts: Sequence[DraftGrid]


class Placer:
    """Places what waits, in one database."""

    def __init__(
        self, engine: Engine, shelf: Shelf, locators: LocatorCache, settings: Settings
    ) -> None:
        self.engine, self.shelf, self.locators = engine, shelf, locators
        self.zone = ZoneInfo(settings.timezone)

    def waiting(
        self,
        *,
        communities: Sequence[str] | None = None,
        words: str | None = None,
        after: str | None = None,
        limit: int = LIMIT,
    ) -> Page:
        """The rows that wait for a place: of some communities first, then those that name none."""
        with self.engine.connect() as connection:
            rows = placements.waiting(connection, NOUN)
            territory = Territory(connection, self.shelf.profile) if rows else None
        told = [] if territory is None else understood(rows, territory, self.zone)
        return page(told, communities=communities, words=words, after=after, limit=limit)

    def placed(self, communities: Sequence[str] | None = None) -> Sequence[RowMapping]:
        """What was placed and stands, the latest first."""
        with self.engine.connect() as connection:
            return placements.latest(connection, communities)

    def place(
        self, actor: Actor, key: str, x: float, y: float, *, datum: Datum, anyway: bool = False
    ) -> Placed:
        """Put a row on the map. ``anyway``: also outside the community that it names, or outside all of them.

        NotFound "row-not-waiting"; Conflict "placed-elsewhere", "placed-outside" unless ``anyway``.
        """
        actor.needs(Role.PLANNER)
        lng, lat = degrees(x, y, datum=datum)
        with self.engine.begin() as connection:
            row = placements.look(connection, NOUN, key)
            if row is None:
                raise NotFound("row-not-waiting", key=key)
            territory = Territory(connection, self.shelf.profile)
            waiting = next(understood([row], territory, self.zone))
            here = territory.around([lng], [lat])[0]
            if not anyway:
                _refuse_elsewhere(waiting, here, territory)
            home = here or waiting.community_code
            for code in {here, waiting.community_code} - {None}:
                actor.reaches(str(code))
            frame = _frame(waiting, home, Point(lng, lat), actor)
            if datum.shifted or ":" in datum.name:  # else what was told is the point itself
                frame = frame.assign(raw_x=x, raw_y=y, raw_datum=str(datum))
            buildings.merge(connection, frame)
            if not placements.take(connection, NOUN, key):
                raise NotFound("row-not-waiting", key=key)
            told = placements.add(connection, row, lng=lng, lat=lat, community=home, by=actor.who)
            counted = self._counted(connection, actor, [here, waiting.community_code], placed=key)
        counted.keep(self.shelf)
        answer = self.locators.locate(lng=lng, lat=lat)
        return Placed(told, answer, _in_drafts(counted, Point(lng, lat)))

    def undo(self, actor: Actor, number: int) -> Placed:
        """Take a building off the map again; its row waits as before.

        NotFound "placement-unknown"; Conflict "placement-undone", "placement-used" (it was changed since, or something
        hangs on it).
        """
        actor.needs(Role.PLANNER)
        with self.engine.begin() as connection:
            held = placements.hold(connection, number)
            if held is None:
                raise NotFound("placement-unknown", id=number)
            if held["undone_at"] is not None:
                raise Conflict("placement-undone", key=held["key"])
            if held["community_code"] is not None:
                actor.reaches(held["community_code"])
            if not placements.untouched(connection, held):
                raise Conflict("placement-used", key=held["key"])
            told = placements.undo(connection, held, by=actor.who)
            placements.give_back(connection, NOUN, held)
            here = [held["community_code"]]
            counted = self._counted(connection, actor, here, taken_off=held["key"])
        counted.keep(self.shelf)
        return Placed(told, None, _in_drafts(counted, None))

    def _counted(
        self, connection: Connection, actor: Actor, codes: Sequence[str | None], **why: object
    ) -> Recounted:
        known = {code for code in codes if code is not None}
        return count_again(connection, self.shelf, known, actor, why=why)


def _refuse_elsewhere(waiting: Waiting, here: str | None, territory: Territory) -> None:
    if here is None:
        raise Conflict("placed-outside", key=waiting.key)
    named = waiting.community_code
    if named is not None and named != here:
        names = territory.names
        raise Conflict("placed-elsewhere", key=waiting.key, named=names[named], found=names[here])


def _frame(waiting: Waiting, community: str | None, point: Point, actor: Actor) -> gpd.GeoDataFrame:
    """The row as a building. The community is the one where it stands: a person saw it there."""
    values = waiting.ledger.building() | {
        "building_id": waiting.key,
        "community_code": community,
        "residents_estimated": False,
        "source": SOURCE.format(who=actor.who),
    }
    return gpd.GeoDataFrame(pd.DataFrame([values], dtype=object), geometry=[point], crs=CRS)


def _in_drafts(counted: Recounted, point: Point | None) -> list[DraftGrid]:
    points = np.array([point], dtype=object)
    return [
        DraftGrid(plan_id, held.version, None if point is None else grids_at(held.draft, points)[0])
        for plan_id, held in counted.held.items()
    ]
