"""Faults planted at random in a hand-drawn town and in a generated one: each is found, where it is, at its size."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from geo.coverage import check
from geo.model import CRS, Severity
from tests.benchmarks.coverage_city import MadeCity, degrees, make_city, metres
from tests.geo.coverage.town import Town

FAULTS = ("remove", "shift", "overlap", "shrink", "spike", "duplicate", "exclave", "swap")
TOLERANCE_M = 0.05


@cache
def made() -> MadeCity:
    return make_city(6, 4, vertices=32, buildings=40)


@cache
def drawn() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, np.ndarray]:
    given = Town().delivered(buildings=False)
    assert given.communities is not None
    assert given.grids is not None
    return given.communities, given.grids, metres(np.asarray(given.grids.geometry.array))


def city(name: str) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, np.ndarray]:
    if name == "drawn":
        return drawn()
    return made().communities, made().grids, made().shapes_m


def planted(  # noqa: PLR0911 (one a fault)
    fault: str, shapes: np.ndarray, codes: list[str], row: int, size_m: float
) -> BaseGeometry:
    """Plants one fault in shapes and codes (in place, or at their end); returns where it is."""
    shape = shapes[row]
    if fault == "remove":
        shapes[row] = shapely.Polygon()
        return shape
    if fault == "shift":
        shapes[row] = translate(shape, size_m, 0)
        return shapely.symmetric_difference(shape, shapes[row])
    if fault == "overlap":
        shapes[row] = shapely.buffer(shape, size_m, join_style="mitre")
        return shapely.difference(shapes[row], shape)
    if fault == "shrink":
        shapes[row] = shapely.buffer(shape, -size_m, join_style="mitre")
        return shapely.difference(shape, shapes[row])
    if fault == "spike":
        inside = shapely.point_on_surface(shape)
        x, y = inside.x, inside.y
        needle = shapely.box(x, y - size_m / 2, x + 260, y + size_m / 2)
        shapes[row] = shapely.union(shape, needle)
        return shapely.difference(shapes[row], shape)
    if fault == "exclave":
        other = (row + 7) % len(shapes)
        spot = shapely.point_on_surface(shapes[other])
        island = shapely.buffer(spot, size_m / 2 + 1, quad_segs=4)
        shapes[row] = shapely.union(shape, island)
        shapes[other] = shapely.difference(shapes[other], island)
        return island
    other = (row + 5) % len(shapes)
    codes[row], codes[other] = codes[other], codes[row]
    return shape


@pytest.mark.parametrize("name", ["drawn", "made"])
def test_nothing_is_found_in_the_unharmed_city(name: str) -> None:
    communities, grids, _ = city(name)
    assert check(communities, grids) == []


@example(name="drawn", fault="shift", row=23, size_m=10.166415296190339)
@example(name="made", fault="shift", row=0, size_m=0.25)
@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(["drawn", "made"]),
    fault=st.sampled_from(FAULTS),
    row=st.integers(0, 23),
    size_m=st.floats(0.1, 40),
)
def test_every_fault_wider_than_the_tolerance_is_found_where_it_is_at_its_size(
    name: str, fault: str, row: int, size_m: float
) -> None:
    communities, grids, original = city(name)
    shapes, codes = original.copy(), list(grids["code"])
    if fault == "duplicate":
        shapes, codes = np.append(shapes, shapes[row]), [*codes, codes[row]]
        place = shapes[row]
    else:
        place = planted(fault, shapes, codes, row, size_m)
    parents = [code[:12] for code in codes]
    columns = {"code": codes, "community_code": parents}
    harmed = gpd.GeoDataFrame(columns, geometry=degrees(shapes), crs=CRS)
    found = check(communities, harmed, tolerance_m=TOLERANCE_M)
    if fault == "swap" and codes[row][:12] == codes[(row + 5) % len(original)][:12]:
        return  # within one community nothing tells whose code is whose
    blocking = [one for one in found if one.severity is Severity.BLOCKING]
    assert blocking
    where = metres(np.array([one.geometry for one in blocking if one.geometry is not None]))
    covered = shapely.intersection(shapely.union_all(shapely.make_valid(where)), place).area
    # Where a shift runs along a border, it harms by less than the tolerance: no finding.
    half = TOLERANCE_M / 2
    wide = shapely.buffer(shapely.buffer(place, -half, join_style="mitre"), half)
    assert wide.area > 0
    assert covered > 0.9 * wide.area
    widths = [one.width_m for one in blocking if one.width_m is not None]
    if fault in ("overlap", "shrink", "spike"):
        # The largest circle in the bend of a strip is wider than the strip: by 17 % at a right angle.
        assert any(0.95 * size_m <= width <= 1.6 * size_m + 0.02 for width in widths)
    if fault == "remove":
        gap = max(one.area_m2 or 0 for one in blocking if one.code == "gap")
        assert gap == pytest.approx(place.area, rel=0.01)
