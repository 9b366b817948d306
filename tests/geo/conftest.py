"""Hand-drawn towns: square communities side by side, with whatever stands and runs in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from geo.model import BUILDING_COLUMNS, COMMUNITY_COLUMNS, CRS, LINE_COLUMNS, City, empty_layer

WEST, SOUTH = 116.95, 31.03
SIDE = 0.004
"""Degrees: a community is about 380 m by 440 m."""

Line = tuple[str, Sequence[tuple[float, float]]]
Home = dict[str, object]


def place(x: float, y: float) -> tuple[float, float]:
    """Lon, lat of a point counted in communities from the south-west corner."""
    return WEST + x * SIDE, SOUTH + y * SIDE


def layer(columns: tuple[str, ...], rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    if not rows:
        return empty_layer(columns)
    shapes = [row["geometry"] for row in rows]
    values = {name: [row.get(name) for row in rows] for name in columns}
    return gpd.GeoDataFrame(values, geometry=shapes, crs=CRS)


def lines(rows: Sequence[Line]) -> gpd.GeoDataFrame:
    return layer(
        LINE_COLUMNS,
        [
            {"class": kind, "geometry": shapely.LineString([place(*point) for point in points])}
            for kind, points in rows
        ],
    )


def square(column: float, row: float, width: float = 1, height: float = 1) -> shapely.Polygon:
    (west, south), (east, north) = place(column, row), place(column + width, row + height)
    return shapely.box(west, south, east, north)


@pytest.fixture(scope="session")
def town() -> Callable[..., City]:
    """``town(columns, rows, homes=…, roads=…, rivers=…, bridges=…, outlines=…)``; places count in communities."""

    def make(
        columns: int = 3,
        rows: int = 3,
        *,
        homes: Sequence[Home] = (),
        roads: Sequence[Line] = (),
        rivers: Sequence[Line] = (),
        bridges: Sequence[tuple[float, float]] = (),
        outlines: Sequence[shapely.Polygon] | None = None,
        planned: Sequence[int | None] | None = None,
    ) -> City:
        shapes = outlines or [square(x, y) for y in range(rows) for x in range(columns)]
        wanted = planned or [None] * len(shapes)
        communities = [
            {
                "code": f"340881001{index + 1:03}",
                "name": f"社区{index + 1}",
                "planned_grids": wanted[index],
                "geometry": shape,
            }
            for index, shape in enumerate(shapes)
        ]
        buildings = [
            {
                "building_id": f"B{index}",
                "kind": "residence",
                **home,
                "geometry": home.get("shape") or shapely.Point(*place(*home["at"])),  # type: ignore[misc]
            }
            for index, home in enumerate(homes)
        ]
        crossings = [{"geometry": shapely.Point(*place(*point))} for point in bridges]
        return City(
            communities=layer(COMMUNITY_COLUMNS, communities),
            buildings=layer(BUILDING_COLUMNS, buildings),
            roads=lines(roads),
            rivers=lines(rivers),
            bridges=layer((), crossings),
        )

    return make


@pytest.fixture(scope="session")
def outline() -> Callable[..., shapely.Polygon]:
    """``outline(column, row, width, height)``: a rectangle counted in communities."""
    return square


@pytest.fixture(scope="session")
def planner_city(shared: Path) -> Callable[[str], City]:
    """``planner_city("A")``: a generated city as it would be read from its file."""

    def read(letter: str) -> City:
        path = shared / "planner" / f"city_{letter}.gpkg"

        def frame(name: str, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
            table = pyogrio.read_dataframe(path, layer=name)
            return table.assign(**{c: None for c in columns if c not in table})

        return City(
            communities=frame("communities", COMMUNITY_COLUMNS),
            buildings=frame("buildings", BUILDING_COLUMNS),
            roads=frame("roads", LINE_COLUMNS),
            rivers=frame("rivers", LINE_COLUMNS),
            bridges=frame("bridges", ()),
        )

    return read
