"""One place at a time: metres to the nearest edge and the grid beyond it, held to shapely."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPoint, Point, box
from shapely.geometry.base import BaseGeometry

from geo import crs
from geo.locate import Locator
from geo.model import CRS, How, Located
from geo.ruler import Ruler

METRIC = crs.metric_crs(116.95, 31.05)


def city(count: int, seed: int) -> list[BaseGeometry]:
    """Voronoi cells in a square of about 5 km, corners and edges shared, and one grid inside another."""
    rng = np.random.default_rng(seed)
    frame = box(116.93, 31.03, 116.98, 31.07)
    seeds = MultiPoint(rng.uniform((116.93, 31.03), (116.98, 31.07), (count, 2)))
    cells = [cell.intersection(frame) for cell in shapely.voronoi_polygons(seeds).geoms]
    island = cells[0].centroid.buffer(0.0005)
    return [cells[0].difference(island), island, *cells[1:]]


@pytest.mark.parametrize(("seed", "edge_deg"), [(1, 1.0), (2, 1.0), (3, 0.0004), (4, 0.00005)])
def test_edge_and_runner_up_are_those_of_shapely(seed: int, edge_deg: float) -> None:
    """With edges as drawn, and cut into many, of which only a few runs are read for one place."""
    shapes = shapely.segmentize(city(40, seed), edge_deg).tolist()
    codes = [f"{number:03d}" for number in range(len(shapes))]
    locator = Locator(shapes, codes, crs=CRS)
    plane = crs.project(shapes, source=crs.LONLAT, target=METRIC)
    rng = np.random.default_rng(seed + 10)
    for lng, lat in rng.uniform((116.93, 31.03), (116.98, 31.07), (300, 2)).tolist():
        found = locator.locate(lng=lng, lat=lat)
        assert isinstance(found, Located)
        own = int(found.code)
        spot = Point(*(float(one[0]) for one in crs.from_lonlat([lng], [lat], datum=METRIC)))
        assert found.edge_m == pytest.approx(plane[own].boundary.distance(spot), abs=1e-6)
        metres = shapely.distance(plane, spot)
        metres[own] = np.inf
        beyond = np.flatnonzero(metres <= found.edge_m + 0.1)
        if found.runner_up is None:
            assert not len(beyond)
        else:
            assert metres[int(found.runner_up)] <= metres.min() + 1e-5
            assert int(found.runner_up) in beyond


def test_a_vertex_of_three_goes_to_the_lowest_and_names_the_next() -> None:
    shapes = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 2, 2)]
    locator = Locator(shapes, ["c", "b", "a"], crs=CRS)
    found = locator.locate(lng=1.0, lat=1.0)
    assert found == Located(code="a", how=How.BOUNDARY, edge_m=0.0, runner_up="b")


def test_on_a_long_edge_that_bends_the_boundary_is_still_the_degrees_own() -> None:
    shapes = [box(116, 30, 118, 31), box(116, 31, 118, 32)]
    locator = Locator(shapes, ["a", "b"], crs=CRS)
    found = locator.locate(lng=117.0, lat=31.0)
    assert found == Located(code="a", how=How.BOUNDARY, edge_m=0.0, runner_up="b")
    beside = locator.locate(lng=117.0, lat=31.001)
    assert isinstance(beside, Located)
    assert (beside.code, beside.how) == ("b", How.INSIDE)


def test_where_grids_overlap_the_one_that_covers_the_point_is_beyond() -> None:
    shapes = [box(116.95, 31.04, 116.96, 31.05), box(116.94, 31.03, 116.97, 31.06)]
    locator = Locator(shapes, ["a", "b"], crs=CRS)
    found = locator.locate(lng=116.955, lat=31.045)
    assert isinstance(found, Located)
    assert (found.code, found.runner_up) == ("a", "b")


def test_where_long_borders_overlap_the_one_that_covers_the_point_is_beyond() -> None:
    """Whether a polygon of many runs covers a point is told by those alone that a ray from it may cross."""
    rng = np.random.default_rng(6)
    inner, hole = Point(116.95, 31.05).buffer(0.01, 64), Point(116.953, 31.05).buffer(0.004, 64)
    shapes = [box(116.949, 31.03, 116.951, 31.07), inner.difference(hole)]
    locator = Locator(shapes, ["a", "b"], crs=CRS)
    plane = crs.project(shapes, source=crs.LONLAT, target=METRIC)
    told = set()
    for lng, lat in rng.uniform((116.949, 31.03), (116.951, 31.07), (500, 2)).tolist():
        found = locator.locate(lng=lng, lat=lat)
        assert isinstance(found, Located)
        spot = Point(*(float(one[0]) for one in crs.from_lonlat([lng], [lat], datum=METRIC)))
        metres = plane[1].distance(spot)
        assert (found.runner_up == "b") == (metres <= found.edge_m + 0.1)
        told.add((metres > 0, found.runner_up))
    assert told == {(False, "b"), (True, "b"), (True, None)}


@pytest.mark.parametrize("target", ["EPSG:4490", "EPSG:4548", None])
def test_one_point_outside_is_measured_as_many_are(target: str | None) -> None:
    shapes = np.array(city(12, 3), dtype=object)
    rng = np.random.default_rng(4)
    lng, lat = rng.uniform((116.8, 30.9), (117.1, 31.2), (200, 2)).T
    lng, lat = np.append(lng, [-77.0, 121.5, 95.0]), np.append(lat, [38.9, 31.2, -31.0])
    datum = crs.LONLAT if target is None else crs.CRS.from_user_input(target)
    if datum != crs.LONLAT:
        shapes = crs.project(shapes, source=crs.LONLAT, target=datum)
        lng, lat = crs.from_lonlat(lng, lat, datum=datum)
    outside = ~shapely.intersects_xy(shapely.union_all(shapes), lng, lat)
    x, y = np.append(lng[outside], np.inf), np.append(lat[outside], np.inf)
    ruler = Ruler(shapes, crs=None if target is None else datum)
    ranks, metres = ruler.nearest(x, y, outside=True)
    for k, point in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        rank, away = ruler.nearest_outside(*point)
        assert rank == ranks[k]
        assert away == pytest.approx(metres[k], rel=1e-12, nan_ok=True)


def test_a_ruler_without_polygons_measures_nothing() -> None:
    rank, metres = Ruler(np.array([], dtype=object), crs=crs.LONLAT).nearest_outside(117.0, 31.0)
    assert rank == -1
    assert np.isnan(metres)
