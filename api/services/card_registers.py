"""What is kept of the people of one place: the rows of the registers that its card and its chain are made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection

from api.services.locating import Epoch
from api.services.on_duty import Duty, Row, on_duty, runs, table
from data.store import card, regions
from data.store.terms import clock
from geo.chain import Kept, Ladder, Registers, Rung, Town, ladder
from geo.chain.kept import REGIONS
from geo.chain.terms import same_word
from geo.model import CONTACT_COLUMNS, CRS, PARTY_COLUMNS, POST_COLUMNS, empty_layer


@dataclass(frozen=True, slots=True)
class PlaceRows:
    """posts: POST_COLUMNS and ``own``, of the place itself; units, contacts: of the party and of the estate; homes: the
    building and those of its estate, with the grid that each stands in. at: the database's clock."""

    at: datetime
    posts: Sequence[Row]
    units: Sequence[Row]
    contacts: Sequence[Row]
    homes: Sequence[Row]
    told: Kept

    @property
    def registers(self) -> Registers:
        """The same as the chain's check takes them."""
        return Registers(
            table(self.posts, POST_COLUMNS),
            table(self.units, PARTY_COLUMNS),
            table(self.contacts, CONTACT_COLUMNS),
        )

    @property
    def houses(self) -> gpd.GeoDataFrame | None:
        """The same as the chain's check takes them."""
        if not self.homes:
            return None
        points = [shapely.Point(row["lng"], row["lat"]) for row in self.homes]
        columns = {name: [row[name] for row in self.homes] for name in self.homes[0]}
        return gpd.GeoDataFrame(columns, geometry=points, crs=CRS)

    def on_duty(self) -> list[Duty]:
        """The place's own posts that somebody holds now."""
        return on_duty(self.posts, self.at)

    def reachable(self) -> list[Row]:
        """The contacts who can be called now."""
        return [
            row for row in self.contacts if runs(row, self.at) and (row["person"] or row["phone"])
        ]


def city_ladder(connection: Connection, epoch: Epoch) -> Ladder:
    """The levels of the city of an epoch, by code alone: nothing is drawn here."""
    known: Ladder | None = epoch.memo.get("ladder")
    if known is None:
        grids = pd.DataFrame(epoch.placing.grids[["code", "name", "community_code", "kind"]])
        spots = gpd.GeoDataFrame(grids, geometry=[shapely.Point()] * len(grids), crs=CRS)
        outlines = empty_layer(("code", "name"))
        known = ladder(Town(outlines, spots, None, regions.tree(connection)))
        epoch.memo["ladder"] = known
    return known


def rows_of(
    connection: Connection,
    epoch: Epoch,
    steps: Ladder,
    *,
    grid: str | None,
    regions_above: Collection[str],
    building: Row | None,
) -> PlaceRows:
    """Read what is kept of a grid (None: of the regions alone), the regions above it and a building. ``steps``: of the
    city (`city_ladder`)."""
    at = clock(connection).to_pydatetime()
    homes = [] if building is None else _homes(connection, epoch, building)
    mine = [row for row in homes if building and row["building_id"] == building["building_id"]]
    grids = {grid, *(row["grid_code"] for row in mine)} - {None}
    codes = {*regions_above, *_above(steps, grids)}
    house = None if building is None else building["building_id"]
    plans = {epoch.names[code].plan_id for code in grids if code in epoch.names}
    units = card.party(connection, grids=grids, plans=plans, regions=codes, house=house)
    return PlaceRows(
        at=at,
        posts=card.posts(connection, grids=grids, regions=codes, at=at),
        units=_standing(epoch, units),
        contacts=_contacts(connection, mine),
        homes=homes,
        told=_kept(connection, steps),
    )


def _homes(connection: Connection, epoch: Epoch, building: Row) -> list[Row]:
    named = {name: building[name] for name in ("building_id", "estate")}
    own = _standing(epoch, [building])[0]
    community = own["community_code"] or _community(epoch, own["grid_code"])
    rows = _standing(epoch, card.homes(connection, community=community, **named))
    return [
        {**row, "community_code": row["community_code"] or _community(epoch, row["grid_code"])}
        for row in rows
    ]


def _contacts(connection: Connection, mine: Sequence[Row]) -> list[Row]:
    if not mine or mine[0]["estate"] is None:
        return []
    estate, community = mine[0]["estate"], mine[0]["community_code"]
    found = card.contacts(connection, estate=estate, community=community)
    return [row for row in found if same_word(row["estate"]) == same_word(estate)]


def _standing(epoch: Epoch, rows: Sequence[Row]) -> list[Row]:
    """Rows with points, each with the grid that it tells or else stands in."""
    lng, lat = (
        np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=np.float64)
        for name in ("lng", "lat")
    )
    found = epoch.locator.indices(lng, lat).tolist()
    codes = [epoch.locator.codes[n] if n >= 0 else None for n in found]
    return [
        {**row, "grid_code": row.get("grid_code") or code}
        for row, code in zip(rows, codes, strict=True)
    ]


def _community(epoch: Epoch, grid: str | None) -> str | None:
    return epoch.names[grid].community_code if grid in epoch.names else None


def _above(steps: Ladder, grids: Collection[str | None]) -> set[str]:
    return {
        code
        for level in REGIONS
        for code, below in steps.below[level].items()
        if not set(grids).isdisjoint(below)
    }


def _kept(connection: Connection, steps: Ladder) -> Kept:
    found = card.kept(connection, {one.word: list(steps.regions[one].index) for one in REGIONS})

    def levels(of: str) -> frozenset[Rung]:
        return frozenset(one for one in REGIONS if found[f"{one.word}_{of}"])

    return Kept(levels("lines"), levels("branches"), found["party"], found["contacts"])
