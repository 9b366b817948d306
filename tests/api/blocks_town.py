"""A hand-drawn town to redraw: two communities of sixteen blocks in two grids, a house in each block."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point, box
from sqlalchemy import Connection

from data.ids import uuid7
from data.store import buildings, grids, incidents, plans, posts, regions
from geo.model import CRS, CityPlan
from tests.data.store.conftest import EAST, WEST, town

SOUTH, STEP, SIDE = 31.04, 0.0025, 4
HOUSEHOLDS, RESIDENTS = 50, 110
FIRST, SECOND, THIRD = (f"{WEST}00{n}" for n in (1, 2, 3))


def west_of(community: str) -> float:
    """Where a community begins."""
    return 116.95 if community == WEST else 116.96


def block_id(column: int, row: int, community: str = WEST) -> str:
    """The number of a block."""
    return f"{community}-B{column * SIDE + row + 1:05d}"


def middle(column: int, row: int, community: str = WEST) -> tuple[float, float]:
    """The middle of a block: lng, lat."""
    return west_of(community) + (column + 0.5) * STEP, SOUTH + (row + 0.5) * STEP


def fill(connection: Connection) -> dict[str, int]:
    """Store the town with its plans in force; community -> plan."""
    regions.merge(connection, town())
    buildings.merge(connection, _houses())
    made = plans.create_drafts(connection, town_plan(), created_by="test")
    plans.publish(
        connection, made.values(), by="test", since=datetime.now(UTC) - timedelta(days=30)
    )
    posts.merge(connection, _officers())
    return made


def report(connection: Connection, name: str, lng: float, lat: float) -> None:
    """An open incident of today, in its grid."""
    from data.store.relocating import Placing

    placing = Placing(connection)
    place = placing.columns(*(pd.array([one], dtype=float).to_numpy() for one in (lng, lat)))
    row = {
        "id": uuid7(),
        "source": "test",
        "source_id": name,
        "reported_at": datetime.now(UTC),
        "lng": lng,
        "lat": lat,
    }
    row |= place.astype(object).where(place.notna(), None).to_dict("records")[0]
    assert incidents.insert(connection, row, epoch=grids.epoch(connection))


def town_plan() -> CityPlan:
    """Two grids of two columns in each community."""
    blocks, made = [], []
    for community in (WEST, EAST):
        west = west_of(community)
        for column in range(SIDE):
            for row in range(SIDE):
                shape = _cell(west, column, row)
                grid = f"{community}{1 + column // 2:03d}"
                values = (block_id(column, row, community), community, grid, f"小区{column}")
                blocks.append((*values, HOUSEHOLDS, RESIDENTS, shape))
    atoms = ["block_id", "community_code", "grid_code", "estate", "households", "residents"]
    layer = gpd.GeoDataFrame(blocks, columns=[*atoms, "geometry"], geometry="geometry", crs=CRS)
    for (community, grid), mine in layer.groupby(["community_code", "grid_code"]):
        shape = mine.geometry.union_all()
        name = f"第{str(grid)[-1]}网格"
        counts = int(mine["households"].sum()), int(mine["residents"].sum())
        made.append((grid, name, community, "basic", *counts, shape))
    names = ["code", "name", "community_code", "kind", "households", "residents", "geometry"]
    outlines = town()
    return CityPlan(
        grids=gpd.GeoDataFrame(made, columns=names, geometry="geometry", crs=CRS),
        blocks=layer,
        communities=outlines[outlines["level"] == "community"],
    )


def _cell(west: float, column: int, row: int) -> object:
    x, y = ([round(start + n * STEP, 6) for n in range(5)] for start in (west, SOUTH))
    return box(x[column], y[row], x[column + 1], y[row + 1])


def _houses() -> gpd.GeoDataFrame:
    rows = [
        (f"{code}-{column}{row}", code, "residence", f"小区{column}", f"{column}{row}栋")
        for code in (WEST, EAST)
        for column in range(SIDE)
        for row in range(SIDE)
    ]
    names = ["building_id", "community_code", "kind", "estate", "name"]
    points = [
        Point(*middle(column, row, code))
        for code in (WEST, EAST)
        for column in range(SIDE)
        for row in range(SIDE)
    ]
    frame = gpd.GeoDataFrame(rows, columns=names, geometry=points, crs=CRS)
    return frame.assign(households=HOUSEHOLDS, residents=RESIDENTS, residents_basis="usual")


def _officers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": "A",
            "person": [f"网格员{n}" for n in range(4)],
            "grid_code": [f"{code}{n:03d}" for code in (WEST, EAST) for n in (1, 2)],
            "community_code": [code for code in (WEST, EAST) for _ in (1, 2)],
        }
    )
