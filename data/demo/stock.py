"""The houses as a table in metres: footprint, parcel, kind, estate, and how much each may hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from data.demo import names
from data.demo.dice import dice
from data.demo.fabric import Fabric
from data.demo.footprints import stand
from data.demo.landuse import Use
from geo.model import BuildingKind

EMPLOYERS = 175
KIND = {
    Use.SHOPS: BuildingKind.COMMERCIAL,
    Use.PUBLIC: BuildingKind.PUBLIC,
    Use.INDUSTRY: BuildingKind.EMPLOYER,
    Use.OFFICE: BuildingKind.EMPLOYER,
}
LIVED_IN = (Use.ESTATE, Use.TOWERS, Use.OLD, Use.VILLAGE)


def houses(fabric: Fabric, land: list[Use], water: BaseGeometry, *, seed: int) -> pd.DataFrame:
    """One row a house: footprint, parcel, community (index), use, kind, estate, and ``room`` (households)."""
    rng = dice(seed, "houses")
    parts = []
    for parcel, use in enumerate(land):
        footprints = stand(fabric.parcels[parcel], use, water, rng)
        parts.append(pd.DataFrame({"footprint": footprints, "parcel": parcel, "use": use.value}))
    table = pd.concat(parts, ignore_index=True)
    table["community"] = fabric.community[table["parcel"]]
    table["kind"] = [KIND.get(Use(use), BuildingKind.RESIDENCE).value for use in table["use"]]
    table = _employers(table, rng)
    table = _community_halls(table, fabric)
    table["estate"] = _estates(table, seed)
    table["room"] = _room(table, rng)
    return table


def _employers(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Exactly EMPLOYERS of them: surplus sheds go, missing ones are found among the shops."""
    have = table.index[table["kind"] == BuildingKind.EMPLOYER]
    if len(have) >= EMPLOYERS:
        return table.drop(rng.permutation(have)[EMPLOYERS:]).reset_index(drop=True)
    shops = rng.permutation(table.index[table["kind"] == BuildingKind.COMMERCIAL])
    table.loc[shops[: EMPLOYERS - len(have)], "kind"] = BuildingKind.EMPLOYER.value
    return table


def _community_halls(table: pd.DataFrame, fabric: Fabric) -> pd.DataFrame:
    """In each community the small house next to its middle becomes the community's own hall."""
    table["hall"] = False
    small = table[table["use"].isin([Use.OLD, Use.VILLAGE])]
    pool = small if small["community"].nunique() == len(set(fabric.community)) else table
    for _, group in pool.groupby("community"):
        spots = shapely.centroid(group["footprint"].to_numpy())
        middle = shapely.MultiPoint(spots).centroid
        hall = group.index[int(np.argmin(shapely.distance(spots, middle)))]
        table.loc[hall, "kind"] = BuildingKind.PUBLIC.value
        table.loc[hall, "hall"] = True
    return table


def _estates(table: pd.DataFrame, seed: int) -> list[str | None]:
    """The name of the estate for houses of one built parcel; small houses have none."""
    rng = dice(seed, "estates")
    built = table["use"].isin([Use.ESTATE, Use.TOWERS]) & (table["kind"] == BuildingKind.RESIDENCE)
    parcels = table.loc[built, "parcel"].unique()
    given = names.distinct(names.ESTATE_STEMS, names.ESTATE_ENDINGS, len(parcels), rng)
    name = dict(zip(parcels, given, strict=True))
    return [name[p] if yes else None for p, yes in zip(table["parcel"], built, strict=True)]


def _room(table: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Households that a house would hold before the community's total is known."""
    area = shapely.area(table["footprint"].to_numpy())
    floors = pd.Series(1.0, index=table.index)
    per_parcel = rng.choice([5, 5, 6, 6, 6, 7, 11], table["parcel"].max() + 1)
    floors[:] = per_parcel[table["parcel"]]
    towers = table["use"] == Use.TOWERS
    floors[towers] = (11 + 2 * per_parcel)[table.loc[towers, "parcel"]]
    slabs = np.round(area / 125.0) * floors
    small = rng.choice([1, 1, 2, 2, 3, 4, 6], len(table)).astype(float)
    crowded = table["use"] == Use.OLD
    room = pd.Series(np.where(table["estate"].notna(), slabs, small + crowded), index=table.index)
    return room.where(table["kind"] == BuildingKind.RESIDENCE, 0.0)
