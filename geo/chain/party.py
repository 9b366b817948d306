"""The party's units: branches of regions, and branches, groups and households of grids."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import geopandas as gpd
import pandas as pd

from geo.chain.lines import Grids
from geo.chain.rules import ChainRules
from geo.chain.terms import Break, Rung, about, fault

KINDS = {"branch": "branches", "group": "groups", "household": "households"}
"""The kinds of unit, and what a demand calls how many of them a grid needs."""


def check_branches(
    regions: gpd.GeoDataFrame, units: pd.DataFrame, *, level: Rung, grids: Grids
) -> Iterator[Break]:
    """Regions of one level (by code) without a branch of their own. ``grids``: the grids below each."""
    own = units[(units["kind"] == "branch") & units["grid_code"].isna()]
    for code in sorted(set(regions.index) - set(own["community_code"])):
        finding = about("branch-missing", regions.loc[code], case="region", level=level.word)
        yield Break(finding, level, grids.get(code, ()))


def check_grid_units(
    grids: gpd.GeoDataFrame, units: pd.DataFrame, *, rules: ChainRules
) -> Iterator[Break]:
    """Grids (by code) with fewer units than their kind needs."""
    counts = units.groupby(["grid_code", "kind"]).size()
    for code, grid in grids.iterrows():
        demand = rules.of(grid.get("kind"))
        for kind, name in KINDS.items():
            wanted, there = getattr(demand, name), int(counts.get((code, kind), 0))
            if there < wanted:
                finding = about(f"{kind}-missing", grid, case="grid", there=there, wanted=wanted)
                yield Break(finding, Rung.GRID, finding.codes)


def check_units(
    units: pd.DataFrame,
    *,
    known: Collection[str],
    houses: Collection[str] | None,
    standing: Mapping[str, str | None],
) -> Iterator[Break]:
    """Units of unknown grids, under a parent that is not there, in an unknown house, and households whose house stands
    elsewhere.

    ``known``: the grids' codes. ``houses``: the buildings' ids (None: no such layer). ``standing``: the grid that each
    building stands in, as far as it is known.
    """
    lost = units[units["grid_code"].notna() & ~units["grid_code"].isin(list(known))]
    if len(lost):
        yield fault("party-grids", tuple(sorted(set(lost["grid_code"].astype(str)))), len(lost))
    orphans = units[units["parent_code"].notna() & ~units["parent_code"].isin(units["code"])]
    if len(orphans):
        yield fault("party-parents", tuple(orphans["code"].astype(str)), len(orphans))
    nowhere = units[units["building_id"].notna()]
    nowhere = nowhere[~nowhere["building_id"].isin(list(houses or ()))]
    if houses is not None and len(nowhere):
        yield fault("party-buildings", tuple(nowhere["code"].astype(str)), len(nowhere))
    homes = units[(units["kind"] == "household") & units["building_id"].notna()]
    stands = homes["building_id"].map(dict(standing))
    moved = homes[stands.notna() & homes["grid_code"].notna() & (stands != homes["grid_code"])]
    if len(moved):
        yield fault("party-elsewhere", tuple(moved["code"].astype(str)), len(moved))
