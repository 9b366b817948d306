"""A hand-drawn town of three by three grids, and a browser window that tells everything that went wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo import quadkeys
from geo.coverage.rates import EXCEPTIONS
from geo.incident_table import IncidentTable
from geo.model import CRS, Finding, Severity
from maps.assets import build_assets
from maps.layers import Headline
from maps.page import MapData

STEP_DEG = 0.004
WEST, SOUTH = 116.95, 31.04
# One grid of each class, and two without counts.
HOUSEHOLDS = (250, 300, 370, 440, 500, 501, 400, None, None)
RESIDENTS = (500, 600, 700, 800, 1000, 1001, 1200, None, 900)


@pytest.fixture(scope="session", autouse=True)
def assets() -> None:
    """Pages are built from the present sources."""
    build_assets()


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[str], str]:
    """Save a page and give its file:// address."""

    def save(html: str) -> str:
        path = tmp_path / "map.html"
        path.write_text(html, "utf-8")
        return path.as_uri()

    return save


@pytest.fixture
def town() -> MapData:
    """Nine grids in three communities, with something of everything else."""
    return make_town()


def square(column: int, row: int, columns: int = 1) -> shapely.Polygon:
    """Cells of the town's raster as one polygon."""
    x, y = WEST + column * STEP_DEG, SOUTH + row * STEP_DEG
    return shapely.box(x, y, x + columns * STEP_DEG, y + STEP_DEG)


def make_town(name: Callable[[str], str] = str) -> MapData:
    """The town; ``name`` turns every text in it into another."""
    cells = [(column, row) for row in range(3) for column in range(3)]
    grids = gpd.GeoDataFrame(
        {
            "code": [name(f"34088100100{row + 1}00{column + 1}") for column, row in cells],
            "name": [name(f"第{row + 1}社区第{column + 1}网格") for column, row in cells],
            "community_code": [name(f"34088100100{row + 1}") for _, row in cells],
            "kind": [name("basic")] * 9,
            "households": HOUSEHOLDS,
            "residents": RESIDENTS,
            "officer": ["张三"] * 9,
            "phone": ["13900001234"] * 9,
        },
        geometry=[square(*cell) for cell in cells],
        crs=CRS,
    )
    communities = gpd.GeoDataFrame(
        {
            "code": [name(f"34088100100{row + 1}") for row in range(3)],
            "name": [name(f"{word}社区") for word in ("龙眠", "文昌", "同安")],
        },
        geometry=[square(0, row, 3) for row in range(3)],
        crs=CRS,
    )
    regions = gpd.GeoDataFrame(
        {"code": [name("340881100")], "name": [name("孔城镇")]},
        geometry=[square(3, 0, 2)],
        crs=CRS,
    )
    return MapData(
        grids=grids,
        communities=communities,
        regions=regions,
        buildings=_buildings(name),
        roads=_lines(name, square(0, 1, 3).exterior, "arterial"),
        rivers=_lines(name, shapely.LineString([(WEST, SOUTH), (WEST + 0.012, SOUTH + 0.012)]), "river"),
        incidents=_incidents(name),
        findings=[
            Finding(
                "size-households", Severity.WARNING, (name("340881001001001"),), households=250,
                geometry=square(0, 0), params={"case": "under", "label": name("第1社区第1网格"), "value": 250,
                        "low": 300, "off_by": 50},
            ),
        ],
        headlines=[Headline("horizontal", 4, 4, EXCEPTIONS)],
        demo=True,
    )  # fmt: skip


def _buildings(name: Callable[[str], str]) -> gpd.GeoDataFrame:
    kinds = ["residence", "employer", "commercial", "public", name("仓库")]
    places = [square(i % 3, i // 3).centroid for i in range(4)]
    return gpd.GeoDataFrame(
        {
            "building_id": [name(f"B{i}") for i in range(5)],
            "community_code": [name("340881001001")] * 5,
            "kind": kinds,
            "estate": [name("文昌花园")] * 5,
            "name": [name(f"{i + 1}号楼") for i in range(5)],
            "households": [12, None, 0, 4, 5],
            "residents": [30, None, 0, 9, 9],
            "contact": ["李四"] * 5,
        },
        geometry=[*places, None],
        crs=CRS,
    )


def _incidents(name: Callable[[str], str]) -> IncidentTable:
    """Thirty in the first grid over three months, two in the second; three matters; one without a place."""
    count = 33
    lng = np.array([WEST + 0.0001 * i + 0.0005 for i in range(30)] + [WEST + 0.005] * 2 + [np.nan])
    return IncidentTable(
        key=quadkeys.keys(lng, np.where(np.isnan(lng), np.nan, SOUTH + 0.001)),
        month=np.array([i % 3 for i in range(count)], dtype=np.int32),
        matter=np.array([i % 2 for i in range(count)], dtype=np.int32),
        grid=np.array([0] * 30 + [1] * 2 + [-1], dtype=np.int32),
        months=(24321, 24322, 24323),
        matters=((name("component"), name("井盖破损")), ("", "")),
        grids=(
            (name("340881001001001"), name("340881001001")),
            (name("340881001001002"), name("340881001001")),
        ),
    ).ordered()


def _lines(name: Callable[[str], str], line: shapely.LineString, kind: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"class": [kind], "name": [name("文昌路")]}, geometry=[line], crs=CRS)
