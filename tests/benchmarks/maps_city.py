"""The city that tests/benchmarks/maps.py looks at: 165 grids in 13 communities, so many buildings and incidents."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import shapely
from sqlalchemy import Engine, create_engine

from api.services.actor import Actor
from api.services.imports import run
from api.services.imports.result import Options
from data import migrate
from data.store import buildings, ground, plans, posts, regions
from geo.crs import parse_datum
from geo.model import CRS, CityPlan
from tests.benchmarks import tilings

CITY, GRIDS, ACROSS, VERTICES = "340881", 165, 13, 128
KINDS = np.array(["residence"] * 17 + ["employer", "commercial", "public"])
MATTERS = np.array(
    [f"{kind}{n}" for kind in ("市容环境", "街面秩序", "矛盾纠纷", "公用设施") for n in range(1, 4)]
)
FOOT_DEG = 6e-5
"""Half a house, some 6 m."""


def fill(url: str, folder: Path, *, houses: int, incidents: int) -> Engine:
    """Store the city in the empty database at ``url``. ``folder``: where its incidents are written on the way."""
    engine = create_engine(url)
    migrate.upgrade(engine)
    shapes = tilings.tiling(GRIDS, VERTICES)[:GRIDS]
    home = [f"{CITY}{1 + n // (3 * ACROSS):03d}{1 + n // ACROSS:03d}" for n in range(GRIDS)]
    codes = [f"{community}{1 + n % ACROSS:03d}" for n, community in enumerate(home)]
    with engine.begin() as connection:
        regions.merge(connection, _regions(shapes, home))
        drafts = plans.create_drafts(connection, _plan(shapes, home, codes), created_by="benchmark")
        plans.publish(connection, drafts.values(), by="benchmark")
        officers = [
            {"kind": "A", "person": "张三", "phone": "1", "grid_code": code} for code in codes
        ]
        posts.merge(connection, pd.DataFrame(officers))
        buildings.merge(connection, _buildings(shapes, home, houses))
        ground.replace_lines(connection, _roads(shapes))
    path = folder / "calls.parquet"
    pyarrow.parquet.write_table(_calls(incidents), path)
    options = Options(Actor("planner"), ZoneInfo("Asia/Shanghai"), datum=parse_datum("wgs84"))
    run(engine, "incidents", str(path), options)
    return engine


def _regions(shapes: np.ndarray, home: list[str]) -> gpd.GeoDataFrame:
    rows = [(CITY, "桐城市", "city", "city", None, shapely.union_all(shapes))]
    owner = np.array(home)
    for level, kind, length, name in (
        ("street", "street", 9, "街道"),
        ("community", "community", 12, "社区"),
    ):
        of = np.array([code[:length] for code in home])
        rows += [
            (
                code,
                f"第{n}{name}",
                level,
                kind,
                code[:-3],
                shapely.union_all(shapes[of == code]),
            )
            for n, code in enumerate(sorted(set(of)), 1)
        ]
    assert len(owner) == len(shapes)
    columns = ["code", "name", "level", "kind", "parent_code", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=CRS)


def _plan(shapes: np.ndarray, home: list[str], codes: list[str]) -> CityPlan:
    rng = np.random.default_rng(5)
    households = rng.integers(280, 520, GRIDS)
    counts = {"community_code": home, "households": households, "residents": households * 5 // 2}
    named = {"code": codes, "name": [f"第{code[-3:]}网格" for code in codes], "kind": "basic"}
    blocks = {"block_id": np.arange(GRIDS), "grid_code": codes, "estate": None}
    outlines = _regions(shapes, home)
    return CityPlan(
        grids=gpd.GeoDataFrame(named | counts, geometry=list(shapes), crs=CRS),
        blocks=gpd.GeoDataFrame(blocks | counts, geometry=list(shapes), crs=CRS),
        communities=outlines[outlines["level"] == "community"],
    )


def _buildings(shapes: np.ndarray, home: list[str], count: int) -> gpd.GeoDataFrame:
    """Houses all over the grids, in each community as its record says."""
    rng = np.random.default_rng(6)
    west, south, size = tilings.WEST, tilings.SOUTH, tilings.SIZE
    xy = np.stack(
        [rng.uniform(west, west + size, 3 * count), rng.uniform(south, south + size, 3 * count)],
        axis=1,
    )
    points = shapely.points(xy)
    point, grid = shapely.STRtree(shapes).query(points, predicate="within")
    kept = np.unique(point, return_index=True)[1][:count]
    point, grid = point[kept], grid[kept]
    order = np.argsort(grid, kind="stable")  # an estate lies in one grid
    point, grid = point[order], grid[order]
    households = rng.integers(1, 60, len(point))
    x, y = xy[point].T
    frame = {
        "building_id": [f"B{n:06d}" for n in range(len(point))],
        "community_code": np.array(home)[grid],
        "kind": KINDS[rng.integers(0, len(KINDS), len(point))],
        "estate": [f"第{n // 40}小区" for n in range(len(point))],
        "name": [f"第{n // 40}小区{n % 40 + 1}栋" for n in range(len(point))],
        "households": households,
        "residents": households * 5 // 2,
        "footprint": shapely.box(x - FOOT_DEG, y - FOOT_DEG, x + FOOT_DEG, y + FOOT_DEG),
    }
    return gpd.GeoDataFrame(frame, geometry=points[point], crs=CRS)


def _roads(shapes: np.ndarray) -> gpd.GeoDataFrame:
    lines = list(shapely.boundary(shapes))
    return gpd.GeoDataFrame(
        {"class": "street", "name": [f"第{n}路" for n in range(len(lines))], "source": "benchmark"},
        geometry=lines,
        crs=CRS,
    )


def _calls(count: int) -> pa.Table:
    """A year of calls until yesterday as a hotline hands them out, oldest first."""
    rng = np.random.default_rng(7)
    x, y = tilings.clustered(count)
    end = np.datetime64("now") - np.timedelta64(1, "D")
    moments = pd.DatetimeIndex(
        np.sort(end - rng.integers(0, 360 * 86400, count).astype("timedelta64[s]"))
    )
    return pa.table(
        {
            "工单号": pa.array([f"JB{n:08d}" for n in range(count)]),
            "上报时间": pa.array(moments.strftime("%Y-%m-%d %H:%M:%S")),
            "类别": pa.array(MATTERS[rng.integers(0, len(MATTERS), count)]),
            "地点": pa.array([f"龙眠中路{n % 977}号" for n in range(count)]),
            "经度": pa.array(np.round(x, 7)),
            "纬度": pa.array(np.round(y, 7)),
        }
    )
