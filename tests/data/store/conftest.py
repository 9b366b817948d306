"""A hand-drawn town: two communities side by side, each cut into two grids."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import pytest
from shapely.geometry import box
from sqlalchemy import Connection, Engine

from data.store import plans, regions
from geo.model import CRS, CityPlan

WEST, EAST = "340881001001", "340881001002"


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection with a transaction that the test may commit."""
    with engine.connect() as connection:
        yield connection


def town() -> gpd.GeoDataFrame:
    """City, street and two communities of 0.01 degrees each."""
    rows = [
        ("340881", "桐城市", "city", "city", None, box(116.95, 31.04, 116.97, 31.05)),
        ("340881001", "文昌街道", "street", "street", "340881", box(116.95, 31.04, 116.97, 31.05)),
        (WEST, "西社区", "community", "community", "340881001", box(116.95, 31.04, 116.96, 31.05)),
        (EAST, "东社区", "community", "village", "340881001", box(116.96, 31.04, 116.97, 31.05)),
    ]
    columns = ["code", "name", "level", "kind", "parent_code", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=CRS)


def town_plan(*, cut: float = 0.005, communities: tuple[str, ...] = (WEST, EAST)) -> CityPlan:
    """Each community in two grids, ``cut`` degrees from its western border."""
    grids, blocks = [], []
    for code in communities:
        west = 116.95 if code == WEST else 116.96
        halves = (
            box(west, 31.04, round(west + cut, 6), 31.05),
            box(round(west + cut, 6), 31.04, round(west + 0.01, 6), 31.05),
        )
        for number, half in enumerate(halves, start=1):
            grid = f"{code}{number:03d}"
            grids.append((grid, f"第{number}网格", code, "basic", 400, 900, half))
            blocks.append((number, code, grid, None, 400, 900, half))
    names = ["code", "name", "community_code", "kind", "households", "residents", "geometry"]
    atoms = [
        "block_id",
        "community_code",
        "grid_code",
        "estate",
        "households",
        "residents",
        "geometry",
    ]
    outlines = town()
    return CityPlan(
        grids=gpd.GeoDataFrame(grids, columns=names, geometry="geometry", crs=CRS),
        blocks=gpd.GeoDataFrame(blocks, columns=atoms, geometry="geometry", crs=CRS),
        communities=outlines[outlines["code"].isin(communities)],
    )


@pytest.fixture
def published(connection: Connection) -> dict[str, int]:
    """The town in the store with its first plans in force; community code -> plan id. Committed."""
    regions.merge(connection, town())
    drafts = plans.create_drafts(connection, town_plan(), created_by="test")
    plans.publish(connection, list(drafts.values()), by="test")
    connection.commit()
    return drafts
