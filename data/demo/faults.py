"""Faults planted on purpose, so that the checks find something: PLANTED lists them, tests hold it true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.demo.dice import dice
from data.demo.posts import LEAVE
from geo.model import CityPlan

NEAR_BORDER_DEG = 4e-4
"""About 40 m."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault: its name, the finding that must tell of it, and what is wrong."""

    key: str
    finding: str
    what: str


PLANTED = (
    Fault(
        "misrecorded",
        "building-wrong-community",
        "one dwelling near a border is recorded across it",
    ),
    Fault("older-gap", "gap", "the older plan lacks one block of one grid"),
    Fault("older-uncovered", "building-uncovered", "dwellings stand on that block"),
    Fault("no-officer", "post-missing", "one grid has no A post"),
    Fault("expired", "post-expired", "one grid's only A post ended on 2024-12-31"),
    Fault("vacant", "post-missing", "one grid's A post has no person"),
    Fault("on-leave", "post-missing", "one grid's officer is on leave and nobody stands in"),
    Fault(
        "two-officers",
        "post-duplicate",
        "one grid has two A posts at once, the second held by the officer of another grid",
    ),
    Fault("no-line", "line-uncovered", "nobody has 民政 in one community"),
    Fault("no-liaison", "liaison-missing", "one community has no 公安联络"),
    Fault(
        "no-branch", "branch-missing", "one grid has no branch; its groups hang on the community's"
    ),
    Fault(
        "no-group",
        "group-missing",
        "one grid has no group; its party households hang on its branch",
    ),
    Fault("no-household", "household-missing", "one grid has no party household"),
    Fault("house", "household-missing", "one tall house has no party household"),
    Fault("unit", "household-missing", "one unit of a tall house has no party household"),
    Fault("no-property", "liaison-missing", "one estate has no 物业 contact"),
    Fault("stray-lamp", "thing-uncovered", "one lamp stands beside the city, outside all grids"),
    Fault("old-houses", "stale", "the houses of one community were last verified long ago"),
    Fault("old-components", "stale", "a few 部件 were last verified long ago"),
    Fault("old-contacts", "stale", "nobody asked after the contacts of some estates for long"),
    Fault("owners-over", "liaison-missing", "one estate's 业委会 ended on 2024-12-31"),
)
IN_GRIDS = (
    "no-officer", "expired", "vacant", "on-leave", "two-officers", "no-line", "no-liaison", "no-branch", "no-group",
    "no-household",
)  # fmt: skip
"""Those planted in one grid each (or in that grid's community)."""
UNCOVERED_LINE, ABSENT_LIAISON = "民政", "公安联络"
ENDED = pd.Timestamp("2025-01-01", tz="Asia/Shanghai")
ESTATE = 100
"""Estates of so many households at least are spoiled: small ones need no contacts."""


def misrecord(
    buildings: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, *, seed: int
) -> gpd.GeoDataFrame:
    """A copy where one dwelling near a border is recorded in the community on the other side."""
    rng = dice(seed, "misrecord")
    lived_in = buildings[(buildings["households"] > 0) & buildings["estate"].isna()]
    for index in rng.permutation(lived_in.index):
        here = lived_in.geometry[index]
        away = communities[communities["code"] != lived_in["community_code"][index]]
        distance = shapely.distance(away.geometry.to_numpy(), here)
        if distance.min() < NEAR_BORDER_DEG:
            spoiled = buildings.copy()
            spoiled.loc[index, "community_code"] = away["code"].iloc[int(np.argmin(distance))]
            return spoiled
    raise ValueError("no dwelling stands near a border")


def pick_grids(codes: Sequence[str] | pd.Series, *, seed: int) -> dict[str, str]:
    """A different grid for each fault of IN_GRIDS, by its key. ValueError with fewer grids than faults."""
    chosen = dice(seed, "faults").choice(sorted(codes), len(IN_GRIDS), replace=False)
    return {key: str(code) for key, code in zip(IN_GRIDS, chosen, strict=True)}


def spoil_posts(posts: pd.DataFrame, spots: Mapping[str, str]) -> pd.DataFrame:
    """A copy without an officer here, one over, vacant, on leave or doubled there; a line and a liaison missing."""
    posts = posts.copy()
    posts.loc[posts["grid_code"] == spots["expired"], "valid_to"] = ENDED
    named = ["person", "person_no", "phone", "stand_in", "stand_in_no", "stand_in_phone"]
    posts.loc[posts["grid_code"] == spots["vacant"], named] = None
    on_leave = posts["grid_code"] == spots["on-leave"]
    posts.loc[on_leave, "leave_since"] = LEAVE
    posts.loc[on_leave, named[3:]] = None
    doubled = posts[posts["grid_code"] == spots["two-officers"]]
    free = posts["grid_code"].notna() & ~posts["grid_code"].isin(list(spots.values()))
    other = posts[free].iloc[0]
    second = doubled.assign(**{name: other[name] for name in named[:3]})
    gone = (
        (posts["grid_code"] == spots["no-officer"])
        | ((posts["community_code"] == _community(spots["no-line"])) & (posts["line"] == UNCOVERED_LINE))
        | ((posts["community_code"] == _community(spots["no-liaison"])) & (posts["line"] == ABSENT_LIAISON))
    )  # fmt: skip
    return pd.concat([posts[~gone], second], ignore_index=True)


def spoil_units(units: pd.DataFrame, spots: Mapping[str, str], *, seed: int) -> pd.DataFrame:
    """A copy where one grid lacks its branch, one its groups, one its households, one house its own, and another house
    that of one unit; children move up."""
    units = units.copy()
    house, other = pick_houses(units, spots, seed=seed)
    lost = (
        ((units["grid_code"] == spots["no-branch"]) & (units["kind"] == "branch"))
        | ((units["grid_code"] == spots["no-group"]) & (units["kind"] == "group"))
        | ((units["grid_code"] == spots["no-household"]) & (units["kind"] == "household"))
        | (units["building_id"] == house)
        | ((units["building_id"] == other) & (units["unit"] == "2单元"))
    )
    above = dict(zip(units.loc[lost, "code"], units.loc[lost, "parent_code"], strict=True))
    units["parent_code"] = [above.get(parent, parent) for parent in units["parent_code"]]
    return units[~lost].reset_index(drop=True)


def pick_houses(units: pd.DataFrame, spots: Mapping[str, str], *, seed: int) -> tuple[str, str]:
    """Two houses of several units, in grids that nothing else is planted in."""
    several = units[(units["unit"] == "2单元") & ~units["grid_code"].isin(list(spots.values()))]
    ids = sorted(set(several["building_id"].dropna()))
    first, second = dice(seed, "spoiled houses").choice(ids, 2, replace=False)
    return str(first), str(second)


def spoil_contacts(
    contacts: pd.DataFrame, spots: Mapping[str, str], houses: pd.DataFrame, *, seed: int
) -> pd.DataFrame:
    """A copy where one estate has no 物业, and the 业委会 of another is over."""
    contacts = contacts.copy()
    bare, stale = pick_estates(houses, spots, seed=seed)
    contacts.loc[(contacts["estate"] == stale) & (contacts["kind"] == "业委会"), "valid_to"] = ENDED
    gone = (contacts["estate"] == bare) & (contacts["kind"] == "物业")
    return contacts[~gone].reset_index(drop=True)


def pick_estates(houses: pd.DataFrame, spots: Mapping[str, str], *, seed: int) -> tuple[str, str]:
    """Two estates of ESTATE households at least, in communities that nothing else is planted in."""
    spoiled = {_community(grid) for grid in spots.values()}
    free = houses[~houses["community_code"].isin(spoiled)]
    sums = free.groupby("estate")["households"].sum()
    names = [str(estate) for estate in sums.index[sums >= ESTATE]]
    first, second = dice(seed, "spoiled estates").choice(sorted(names), 2, replace=False)
    return str(first), str(second)


def _community(grid_code: str) -> str:
    return grid_code[:-3]


def older_plan(plan: CityPlan, *, seed: int) -> CityPlan:
    """The plan as it might have been before: one grid lacks a block with dwellings on it.

    The grid stays one polygon. Outlines of communities are the same, so the hole is a gap.
    """
    rng = dice(seed, "older plan")
    lived_on = plan.blocks[plan.blocks["households"] > 0]
    for index in rng.permutation(lived_on.index):
        lost = lived_on.loc[index]
        rest = plan.blocks.drop(index)
        mine = rest[rest["grid_code"] == lost["grid_code"]]
        outline = shapely.coverage_union_all(mine.geometry.to_numpy())
        if len(mine) and outline.geom_type == "Polygon":
            return replace(plan, grids=_shrunk(plan.grids, lost, outline), blocks=rest)
    raise ValueError("no block can be left out")


def _shrunk(
    grids: gpd.GeoDataFrame, lost: pd.Series, outline: shapely.Geometry
) -> gpd.GeoDataFrame:
    grids = grids.copy()
    row = grids.index[grids["code"] == lost["grid_code"]][0]
    grids.loc[row, "households"] -= lost["households"]
    grids.loc[row, "residents"] -= lost["residents"]
    grids.loc[[row], "geometry"] = gpd.GeoSeries([outline], index=[row], crs=grids.crs)
    return grids
