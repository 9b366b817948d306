"""横向覆盖率 of a row of three houses: told row by row, by kind, never 0 for what is not known."""

from __future__ import annotations

import geopandas as gpd
import shapely

from geo.coverage import CoverageRate, Delivered, Measure, examine
from geo.model import CRS

STEP = 0.002
GRIDS = [f"34088100100100{number}" for number in (1, 2)]


def town(*, widen: float = 0, homes: int = 3) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    shapes = [shapely.box(117 + x * STEP, 31, 117 + (x + 1 + widen) * STEP, 31.002) for x in (0, 1)]
    grids = gpd.GeoDataFrame({"code": GRIDS}, geometry=shapes, crs=CRS)
    points = [shapely.Point(117 + (0.5 + x) * STEP, 31.001) for x in range(homes)]
    columns = {
        "building_id": [f"B{x}" for x in range(homes)],
        "kind": ["residence", "employer", None][:homes],
        "households": [10, None, 5][:homes],
    }
    return grids, gpd.GeoDataFrame(columns, geometry=points, crs=CRS)


def rate_of(grids: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> CoverageRate:
    return examine(Delivered(None, grids, buildings), Measure()).rate


def test_what_stands_in_one_grid_is_covered() -> None:
    rate = rate_of(*town())
    assert (rate.covered, rate.buildings) == (2, 3)
    assert rate.by_kind == {"": (0, 1), "employer": (1, 1), "residence": (1, 1)}
    assert rate.households == 5
    assert rate.residents is None


def test_what_stands_in_two_grids_is_not() -> None:
    rate = rate_of(*town(widen=0.8, homes=2))
    assert (rate.covered, rate.buildings) == (1, 2)


def test_what_has_no_place_is_not_counted() -> None:
    grids, buildings = town(homes=2)
    buildings.loc[1, "geometry"] = None
    rate = rate_of(grids, buildings)
    assert (rate.covered, rate.buildings) == (1, 1)


def test_what_lies_on_another_continent_has_no_place() -> None:
    grids, buildings = town(homes=2)
    buildings.loc[1, "geometry"] = shapely.Point(0, 0)
    rate = rate_of(grids, buildings)
    assert (rate.covered, rate.buildings) == (1, 1)


def test_two_buildings_of_one_id_count_each_for_itself() -> None:
    grids, buildings = town()
    buildings["building_id"] = "same"
    rate = rate_of(grids, buildings)
    assert (rate.covered, rate.buildings) == (2, 3)
