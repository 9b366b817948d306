"""The compiled engine against GEOS and against exact fractions."""

from __future__ import annotations

import math
import subprocess
import sys
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import _cells, _cells_build
from geo._cells import CellEngine, best_engine
from geo._orient import UNDECIDED, side
from geo._plain import PlainEngine
from geo.locate import Locator

WHOLE = st.integers(-8, 8).map(float)
ODD = st.floats(-1e9, 1e9) | st.floats(-1e-300, 1e-300) | st.floats(allow_nan=False, width=32)


@settings(max_examples=400, deadline=None)
@given(st.lists(WHOLE | ODD, min_size=6, max_size=6), st.integers(0, 3), st.booleans())
def test_side_is_exact_or_says_undecided(numbers, ulps, near):
    x1, y1, x2, y2, x, y = numbers
    if near:  # nearly on the line
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        for _ in range(ulps):
            x = math.nextafter(x, math.inf)
    found = side(x1, y1, x2, y2, x, y)
    if found == UNDECIDED:
        return
    f = [Fraction(value) for value in (x1, y1, x2, y2, x, y)]
    exact = (f[0] - f[4]) * (f[3] - f[5]) - (f[1] - f[5]) * (f[2] - f[4])
    assert found == (exact > 0) - (exact < 0)


def test_side_decides_the_usual_cases_itself():
    assert side(116.0, 31.0, 117.0, 32.0, 116.5, 31.5) == 0
    assert side(116.0, 31.0, 117.0, 32.0, 116.5, math.nextafter(31.5, 99)) == 1
    assert side(4e7, 3e6, 4e7 + 3, 3e6 + 1, 4e7 + 1.5, 3e6 + 0.5) == 0


def test_what_hangs_on_the_last_digit_is_left_to_geos():
    """A point on an edge, by fractions; GEOS, whose difference of the edge's ends is rounded, finds it beside."""
    corners = (3.2466666666666666, 1.6666666666666665), (0.8766666666666658, 0.2983465286872538)
    x, y = 1.666666666666666, 0.754453241347058
    assert side(*corners[1], *corners[0], x, y) == UNDECIDED
    shape = shapely.Polygon([*corners, (0.8766666666666669, 3.03498680464608)])
    hole = shapely.Polygon(
        [(3.25, 1.6666666666666665), (0.875, 3.0378735), (0.875, 0.2954598)],
        [shape.exterior.coords],
    )
    for one in (shape, hole):
        engine, geos = (
            kind(np.array([one]), np.array([0], np.int32)) for kind in (best_engine, PlainEngine)
        )
        xs, ys = np.array([x, 1.5]), np.array([y, 1.5])
        found = engine.indices(xs, ys)
        np.testing.assert_array_equal(found, geos.indices(xs, ys))
        np.testing.assert_array_equal(
            engine.on_boundary(xs, ys, found), geos.on_boundary(xs, ys, found)
        )


def hostile(seed, count=60):
    """Valid polygons of all sorts, overlapping, with holes and parts, and hard points for them."""
    rng = np.random.default_rng(seed)
    shapes = []
    for _ in range(count):
        centre = rng.integers(0, 12, 2) * 1.0
        kind = rng.integers(0, 5)
        if kind == 0:
            shape = shapely.box(*centre, *(centre + rng.integers(1, 4, 2)))
        elif kind == 1:
            shape = shapely.Point(centre).buffer(rng.uniform(0.2, 3), quad_segs=rng.integers(1, 9))
        elif kind == 2:
            shape = shapely.box(*centre, *(centre + 5)).difference(
                shapely.box(*(centre + 1), *(centre + 3))
            )
        elif kind == 3:
            shape = shapely.MultiPolygon(
                [shapely.box(*centre, *(centre + 1)), shapely.box(*(centre + 1), *(centre + 2))]
            )
        else:
            ring = rng.integers(0, 40, (9, 2)) / 3.0
            shape = shapely.convex_hull(shapely.MultiPoint(ring))
        if shapely.is_valid(shape) and shape.geom_type.endswith("Polygon"):
            shapes.append(shape)
    vertices = shapely.get_coordinates(shapes)
    between = (vertices[:-1] + vertices[1:]) / 2
    corners = rng.integers(-2, 15, (400, 2)) * 1.0
    inside = rng.uniform(-2, 18, (2000, 2))
    points = np.concatenate([vertices, between, corners, inside])
    points = np.concatenate([points, np.nextafter(points, np.inf), np.nextafter(points, -np.inf)])
    return shapes, points


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("scale", "dx", "dy"),
    [
        (1, 0, 0),
        (1e-3, 116.9, 31),
        (250, 3.9e7, 3.4e6),
        (1 / 7, -0.3, -0.9),
        (3e-7, 4e7, -4e7),
        (1e-140, 0, 0),
    ],
)
def test_equal_to_geos_on_hostile_shapes(seed, scale, dx, dy):
    shapes, points = hostile(seed)
    moved = shapely.transform(np.array(shapes), lambda xy: xy * scale + (dx, dy))
    moved = moved[shapely.is_valid(moved)]
    x, y = (points * scale + (dx, dy)).T.copy()
    labels = np.random.default_rng(seed).permutation(len(moved)).astype(np.int32)
    plain, cells = PlainEngine(moved, labels), best_engine(moved, labels)
    assert isinstance(cells, CellEngine) or scale == 1e-140
    found = cells.indices(x, y)
    assert np.array_equal(found, plain.indices(x, y))
    edge = plain.on_boundary(x, y, found)
    assert np.array_equal(cells.on_boundary(x, y, found), edge)
    some = slice(None, None, 1 if isinstance(cells, CellEngine) else 50)
    singly = [cells.place(*one) for one in zip(x[some].tolist(), y[some].tolist(), strict=True)]
    assert singly == list(zip(found[some].tolist(), edge[some].tolist(), strict=True))


@pytest.mark.parametrize("x", [-math.inf, math.inf, math.nan, 1e308, 116.9])
def test_no_place_is_in_no_polygon(x):
    square = np.array([shapely.box(0, 0, 1, 1)])
    engine = best_engine(square, np.zeros(1, np.int32))
    assert engine.place(x, 0.5) == engine.place(0.5, x) == (-1, False)


@pytest.mark.parametrize("cells", [1, 100, 5000])
def test_resolution_changes_nothing(monkeypatch, cells):
    monkeypatch.setattr(_cells_build, "MOST_CELLS", cells)
    shapes, points = hostile(17)
    labels = np.arange(len(shapes), dtype=np.int32)
    x, y = points.T.copy()
    found = best_engine(np.array(shapes), labels).indices(x, y)
    assert np.array_equal(found, PlainEngine(np.array(shapes), labels).indices(x, y))


def test_a_shape_of_one_line_of_cells_and_of_extreme_extents():
    for shape in (
        shapely.Polygon([(0, 0), (1e6, 1e-9), (1e6, 2e-9)]),
        shapely.Polygon([(0, 0), (1e-9, 1e6), (2e-9, 1e6)]),
        shapely.box(-1e100, -1e100, 1e100, 1e100),
    ):
        x, y = shapely.get_coordinates(shape).T.copy()
        engine = best_engine(np.array([shape]), np.zeros(1, np.int32))
        assert isinstance(engine, CellEngine)
        assert engine.indices(x, y).tolist() == [0] * len(x)
        assert engine.on_boundary(x, y, np.zeros(len(x), np.int32)).all()
    assert Locator([shapely.box(0, 0, 1e-200, 1e-200)], ["a"], crs=None).indices([0.0], [0.0]) == [
        0
    ]


def test_threads_and_slices_agree(monkeypatch):
    shapes, points = hostile(3)
    labels = np.arange(len(shapes), dtype=np.int32)
    engine = best_engine(np.array(shapes), labels)
    many = np.tile(points, (12, 1))
    x, y = many[:, 0], many[:, 1]
    whole = engine.indices(x, y)
    monkeypatch.setattr(_cells, "_THREAD_POINTS", 1 << 40)
    assert np.array_equal(whole, engine.indices(x, y))
    many[::7] = np.nan
    x, y = many[:, 0], many[:, 1]
    assert np.array_equal(np.where(np.isnan(x), -1, whole), engine.indices(x, y))


def test_more_polygons_than_fit_the_narrow_table():
    i, j = np.meshgrid(np.arange(190.0), np.arange(190.0))
    shapes = shapely.box(i.ravel(), j.ravel(), i.ravel() + 1, j.ravel() + 1)
    labels = np.arange(len(shapes), dtype=np.int32)[::-1].copy()
    engine = best_engine(shapes, labels)
    found = engine.indices(i.ravel() + 0.5, j.ravel() + 0.5)
    assert np.array_equal(found, labels)


@pytest.mark.parametrize(
    ("file", "layer"),
    [
        ("dc/dc.gpkg", "smd"),
        ("cambridge/cambridge.gpkg", "communities"),
        ("planner/city_B.gpkg", "communities"),
        ("redistricting/redistricting.gpkg", "providence_blocks"),
    ],
)
def test_equal_to_geos_on_real_layers(shared, file, layer):
    shapes = gpd.read_file(shared / file, layer=layer, engine="pyogrio").geometry.values
    shapes = shapely.make_valid(shapely.force_2d(np.asarray(shapes)))
    shapes = shapes[shapely.is_valid(shapes) & np.isin(shapely.get_type_id(shapes), (3, 6))]
    rng = np.random.default_rng(2)
    vertices = shapely.get_coordinates(shapes)
    west, south, east, north = shapely.total_bounds(shapes)
    spread = rng.uniform((west, south), (east, north), (50_000, 2))
    between = (vertices[:-1] + vertices[1:]) / 2
    hard = np.concatenate([vertices, between])[rng.integers(0, 2 * len(vertices) - 1, 50_000)]
    x, y = np.concatenate([spread, hard, np.nextafter(hard, np.inf)]).T.copy()
    labels = np.arange(len(shapes), dtype=np.int32)
    plain, cells = PlainEngine(shapes, labels), best_engine(shapes, labels)
    found = cells.indices(x, y)
    assert np.array_equal(found, plain.indices(x, y))
    assert np.array_equal(cells.on_boundary(x, y, found), plain.on_boundary(x, y, found))


def test_kernels_compile_where_nothing_can_be_cached():
    """With no place for a cache numba raises at the decorator; ours then compiles without one."""
    program = (
        "import numba.core.caching as caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "from geo._orient import side\n"
        "print(side(0.0, 0.0, 1.0, 0.0, 0.5, 1.0))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "1", done.stderr
