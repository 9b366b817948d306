"""The party's units: branches of streets, communities and grids, groups, and party households (党员中心户)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from data.demo.crew import Crew
from geo.model import BuildingKind

TALL = 20
"""Every house of so many households has a party household in each of its units."""

Row = dict[str, object]


def units(
    houses: gpd.GeoDataFrame,
    grids: gpd.GeoDataFrame,
    regions: Mapping[str, str],
    people: Crew,
    rng: np.random.Generator,
) -> list[Row]:
    """Units for ``grids`` (code, community_code, geometry; by code), parents first. ``regions``: names by code.

    A branch for each street, community and grid, one or two groups a grid, party households in the dwellings: in each
    unit of a tall house, and where a grid has no such house in two or three houses a group.
    """
    homes = _homes(houses, grids)
    rows: list[Row] = []
    for street in sorted({code[:9] for code in grids["community_code"]}):
        name = f"{regions[street]}党工委"
        rows.append(_unit(f"ZB-{street}", "branch", name, people, community=street))
    for community, mine in grids.groupby("community_code", sort=True):
        where, name = str(community), regions[str(community)]
        top = f"ZB-{where}"
        parent = f"ZB-{where[:9]}"
        rows.append(_unit(top, "branch", f"{name}党支部", people, community=where, parent=parent))
        for number, code in enumerate(mine["code"], 1):
            place = {"community": where, "grid": str(code)}
            title = f"{name}第{number}网格"
            branch = f"ZB-{code}"
            rows.append(_unit(branch, "branch", f"{title}党支部", people, parent=top, **place))
            dwellings = homes.get(str(code), houses.iloc[:0])
            groups = int(rng.integers(1, 3))
            for group in range(1, groups + 1):
                key = f"XZ-{code}-{group}"
                called = f"{title}第{group}党小组"
                rows.append(_unit(key, "group", called, people, parent=branch, **place))
                doors = _doors(dwellings, group, groups, rng)
                for nth, (house, unit) in enumerate(doors, 1):
                    told = _unit(
                        f"ZX-{code}-{group}{nth:02d}", "household", "", people, parent=key, **place
                    )
                    extra = {"building_id": house, "unit": f"{unit}单元"}
                    rows.append({**told, **extra, "name": f"{told['contact']}党员中心户"})
    return rows


def tall(houses: pd.DataFrame) -> pd.Series[bool]:
    """Which dwellings have a party household in each of their units."""
    return houses["households"] >= TALL


def _doors(
    dwellings: pd.DataFrame, group: int, groups: int, rng: np.random.Generator
) -> Iterator[tuple[str, int]]:
    """The houses and units in which a group has a party household: its share of the tall houses, or a few others."""
    mine = dwellings[tall(dwellings)].iloc[group - 1 :: groups]
    if len(mine):
        for house, count in zip(mine["building_id"], mine["units"].fillna(1), strict=True):
            yield from ((str(house), unit) for unit in range(1, int(count) + 1))
        return
    others = dwellings[~tall(dwellings)]
    wanted = min(int(rng.integers(2, 4)), len(others))
    for house in rng.choice(others["building_id"].to_numpy(), wanted, replace=False):
        yield str(house), 1


def _unit(
    code: str,
    kind: str,
    name: str,
    people: Crew,
    *,
    community: str,
    grid: str | None = None,
    parent: str | None = None,
) -> Row:
    person = next(people)
    return {
        "code": code,
        "kind": kind,
        "name": name,
        "parent_code": parent,
        "community_code": community,
        "grid_code": grid,
        "contact": person.name,
        "phone": person.phone,
    }


def _homes(houses: gpd.GeoDataFrame, grids: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
    """Dwellings by the grid that covers them."""
    lived_in = houses[houses["kind"] == BuildingKind.RESIDENCE]
    columns = ["building_id", "households", "units", "geometry"]
    joined = lived_in[columns].sjoin(grids[["code", "geometry"]], predicate="within")
    return {str(code): mine for code, mine in joined.groupby("code")}
