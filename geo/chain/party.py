"""The party's units: branches, groups and households, down to the building."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import geopandas as gpd
import pandas as pd

from geo.chain.rules import ChainRules
from geo.chain.terms import about
from geo.model import Finding, Severity

KINDS = {"branch": "branches", "group": "groups", "household": "households"}
"""The kinds of unit, and what a demand calls how many of them a grid needs."""


def check_party(
    communities: gpd.GeoDataFrame,
    grids: gpd.GeoDataFrame,
    units: pd.DataFrame,
    *,
    rules: ChainRules,
    standing: Mapping[str, str],
) -> Iterator[Finding]:
    """Communities and grids (indexed by code) that lack units; units that hang on nothing; households elsewhere.

    ``standing``: the grid that each building stands in, as far as it is known.
    """
    if rules.branch:
        own = units[(units["kind"] == "branch") & units["grid_code"].isna()]
        for code in sorted(set(communities.index) - set(own["community_code"])):
            yield about("branch-missing", communities.loc[code], case="community")
    yield from _lacking(grids, units, rules)
    yield from _strays(grids, units)
    yield from _elsewhere(units, standing)


def _lacking(grids: gpd.GeoDataFrame, units: pd.DataFrame, rules: ChainRules) -> Iterator[Finding]:
    counts = units.groupby(["grid_code", "kind"]).size()
    for code, grid in grids.iterrows():
        demand = rules.of(grid.get("kind"))
        for kind, name in KINDS.items():
            wanted, there = getattr(demand, name), int(counts.get((code, kind), 0))
            if there < wanted:
                case = "grid" if kind == "branch" else None
                params = {"there": there, "wanted": wanted} | ({"case": case} if case else {})
                yield about(f"{kind}-missing", grid, **params)


def _strays(grids: gpd.GeoDataFrame, units: pd.DataFrame) -> Iterator[Finding]:
    """Units of unknown grids, and units under a parent that is not there."""
    lost = units[units["grid_code"].notna() & ~units["grid_code"].isin(grids.index)]
    if len(lost):
        codes = tuple(sorted(set(lost["grid_code"].astype(str))))
        yield _parent(codes, len(lost), case="party-grids")
    orphans = units[units["parent_code"].notna() & ~units["parent_code"].isin(units["code"])]
    if len(orphans):
        yield _parent(tuple(orphans["code"].astype(str)), len(orphans), case="party-parents")


def _elsewhere(units: pd.DataFrame, standing: Mapping[str, str]) -> Iterator[Finding]:
    """Households recorded in one grid whose building stands in another."""
    homes = units[(units["kind"] == "household") & units["building_id"].notna()]
    stands = homes["building_id"].map(dict(standing))
    moved = homes[stands.notna() & (stands != homes["grid_code"])]
    if len(moved):
        yield _parent(tuple(moved["code"].astype(str)), len(moved), case="party-elsewhere")


def _parent(codes: tuple[str, ...], count: int, *, case: str) -> Finding:
    return Finding("code-parent", Severity.WARNING, codes=codes, count=count, params={"case": case})
