"""The Locator: equal to shapely for every point, hard ones above all."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from sqlalchemy import ARRAY, Float, LargeBinary, Text, bindparam, text

from geo.errors import CodeError, DatumError, GeometryError, OptionError
from geo.locate import HOWS, Locator
from geo.model import How, Located, Outside


def box(x, y, width=1.0, height=1.0):
    return shapely.box(x, y, x + width, y + height)


def brute(polygons, codes, x, y):
    """The rule in one line a point: shapely intersects, lowest code."""
    best = []
    for point in shapely.points(x, y):
        hits = [k for k, polygon in enumerate(polygons) if polygon.intersects(point)]
        best.append(min(hits, key=lambda k: codes[k], default=-1))
    return best


def between(one, two, share):
    return tuple(a + (b - a) * share for a, b in zip(one, two, strict=True))


SHAPES = {
    "square": box(0, 0),
    "next": box(1, 0),
    "above": box(0, 1),
    "corner touch": box(1, 1),
    "overlap": box(0.5, 0.5),
    "hole": box(-3, -3, 9, 9).difference(box(-1, -1, 4, 4)),
    "island in hole": box(-0.5, -0.5, 0.25, 0.25),
    "parts": shapely.MultiPolygon([box(3, 3), box(4, 4), box(-3, 5, 0.1, 3)]),
    "sliver": shapely.Polygon([(0, 0), (7, 1e-9), (7, 2e-9)]),
    "needle": shapely.Polygon([(1 / 3, 1 / 7), (5 / 3, 2 / 7), (1 / 3, 0.142857142857143)]),
    "collinear": shapely.Polygon(
        [(0, 0), (0.1, 0.1), (0.3, 0.3), (1, 1), (0.7, 2), (0, 2), (0, 1)]
    ),
    "star": shapely.Polygon(
        [(math.cos(k * 0.6) * (2 + k % 2), math.sin(k * 0.6) * (2 + k % 2)) for k in range(10)]
    ),
}
PLACES = [(0.0, 0.0), (-0.5, -0.5), (1e-9, 1e-9), (113.9, 22.5), (4e7, 3.4e6), (39494000.0, 4e7)]


@st.composite
def hard_case(draw):
    """Some shapes at some place and scale, and points on, beside and between their vertices and edges."""
    names = draw(st.lists(st.sampled_from(sorted(SHAPES)), min_size=1, max_size=6, unique=True))
    dx, dy = draw(st.sampled_from(PLACES))
    scale = draw(st.sampled_from([1.0, 0.1, 1 / 3, 1000.0, 7e-6]))
    shapes = [
        affinity.affine_transform(SHAPES[name], [scale, 0, 0, scale, dx, dy]) for name in names
    ]
    shapes = [shape for shape in shapes if shape.is_valid]
    points = [(dx, dy)]
    for shape in shapes:
        ring = [tuple(xy) for xy in shapely.get_coordinates(shape)]
        for start, end in pairwise(ring):
            share = draw(st.floats(0, 1))
            for x, y in (start, between(start, end, share), between(start, end, 0.5)):
                points += [(x, y), (math.nextafter(x, math.inf), y), (x, math.nextafter(y, -9e9))]
                points.append((x, end[1]))
    return shapes, np.array(points)


@settings(max_examples=150, deadline=None)
@given(hard_case(), st.permutations("gfedcbahijklmn"))
def test_equal_to_shapely_on_hard_cases(case, letters):
    shapes, points = case
    codes = list(letters[: len(shapes)])
    locator = Locator(shapes, codes, crs=None)
    x, y = points.T
    found = locator.indices(x, y)
    assert found.dtype == np.int32
    assert found.tolist() == brute(shapes, codes, x, y)
    how = locator.how(x, y, found)
    for point, k, number in zip(shapely.points(x, y), found, how, strict=True):
        if k < 0:
            assert HOWS[number] is How.OUTSIDE
        else:
            on_edge = shapes[k].boundary.intersects(point)
            assert HOWS[number] is (How.BOUNDARY if on_edge else How.INSIDE)


TOWN = [box(i, j) for j in range(3) for i in range(3)]
NINE = list("ihgfedcba")


def test_a_shared_edge_goes_to_the_lowest_code():
    locator = Locator(TOWN, NINE, crs=None)
    found = locator.indices([1.0, 1.0, 2.0, 0.5], [1.0, 0.5, 2.0, 1.0])
    assert [NINE[k] for k in found] == ["e", "h", "a", "f"]
    assert locator.how([1.0], [1.0], found[:1]).tolist() == [1]


def test_nan_and_infinity_are_nowhere_and_invalid():
    locator = Locator(TOWN, NINE, crs=None)
    x, y = np.array([np.nan, np.inf, 0.5, 9.0]), np.array([0.5, 0.5, -np.inf, 9.0])
    found = locator.indices(x, y)
    assert found.tolist() == [-1] * 4
    assert [HOWS[k] for k in locator.how(x, y, found)] == [How.INVALID] * 3 + [How.OUTSIDE]


def test_arrow_and_strided_columns():
    locator = Locator(TOWN, NINE, crs=None)
    points = np.array([(0.5, 0.5), (2.5, 2.5)])
    assert locator.indices(points[:, 0], points[:, 1]).tolist() == [0, 8]
    column = pa.array([0.5, None])
    assert locator.indices(column, column).tolist() == [0, -1]


def test_arrow_slices_integers_and_narrow_floats():
    locator = Locator(TOWN, NINE, crs=None)
    column = pa.array([9.0, 0.5, 1.5, 2.5])[1:]
    assert locator.indices(column, column).tolist() == [0, 4, 8]
    narrow = np.array([0.5, 2.5], dtype=np.float32)
    assert locator.indices(narrow, narrow).tolist() == [0, 8]
    assert locator.indices(np.array([0, 3]), np.array([0, 3])).tolist() == [0, 8]
    apart = np.arange(0.5, 6.5, 0.5)[::4]
    assert not apart.flags.c_contiguous
    assert locator.indices(apart, apart).tolist() == [0, 8, -1]


def test_overlaps_are_listed_with_their_area():
    polygons = [box(0, 0, 2, 2), box(1, 1, 2, 2), box(2, 0), box(9, 9)]
    locator = Locator(polygons, ["b", "a", "c", "d"], crs=None)
    assert locator.overlaps() == [(1, 0, 1.0)]
    assert Locator(TOWN, NINE, crs=None).overlaps() == []


def covers_by_postgis(engine, shapes, codes, x, y):
    """The rule by PostGIS: ST_Covers, lowest code."""
    query = text(
        'SELECT p.n, min(g.code COLLATE "C") FROM unnest(:x, :y) WITH ORDINALITY AS p(x, y, n) '
        "JOIN unnest(:shapes, :codes) AS g(shape, code) "
        "ON ST_Covers(ST_GeomFromWKB(g.shape), ST_MakePoint(p.x, p.y)) GROUP BY p.n"
    )
    values = {
        "x": x.tolist(),
        "y": y.tolist(),
        "shapes": list(shapely.to_wkb(shapes)),
        "codes": codes,
    }
    typed = query.bindparams(
        bindparam("x", type_=ARRAY(Float)),
        bindparam("y", type_=ARRAY(Float)),
        bindparam("shapes", type_=ARRAY(LargeBinary)),
        bindparam("codes", type_=ARRAY(Text)),
    )
    found = [-1] * len(x)
    if not codes:
        return found
    with engine.connect() as connection:
        for number, code in connection.execute(typed, values):
            found[number - 1] = codes.index(code)
    return found


def test_equal_to_postgis_covers_away_from_zero(engine):
    """PostGIS rounds where GEOS is exact: it may differ beside an edge by a few ulps, there and nowhere else."""

    @settings(max_examples=40, deadline=None)
    @given(hard_case(), st.permutations("gfedcb"), st.sampled_from([(50.0, 20.0), (4e7, 3.4e6)]))
    def holds(case, letters, offset):
        shapes, points = case
        moved = shapely.transform(np.array(shapes, dtype=object), lambda xy: xy + offset)
        points = points + offset
        points = points[(np.abs(points) >= 1).all(axis=1)]
        moved = moved[shapely.is_valid(moved) & ~shapely.is_empty(moved)]
        codes = list(letters[: len(moved)])
        x, y = points.T.copy()
        ours = np.array(Locator(moved, codes, crs=None).indices(x, y))
        differ = np.flatnonzero(ours != covers_by_postgis(engine, moved, codes, x, y))
        assert ours[differ].tolist() == brute(moved, codes, x[differ], y[differ])
        if len(differ):
            lines = shapely.union_all(shapely.boundary(moved))
            away = shapely.distance(lines, shapely.points(x[differ], y[differ]))
            assert (away <= 4 * np.spacing(np.abs(points[differ]).max(axis=1))).all()

    holds()


@pytest.mark.parametrize("offset", [(2, 3), (50, 20), (4e7, 3.4e6)])
def test_equal_to_postgis_on_every_corner_and_edge_of_a_lattice(engine, offset):
    shapes = [box(i, j) for j in range(3) for i in range(3)] + [box(0.5, 0.5, 2, 2)]
    shapes[4] = shapes[4].difference(box(1.25, 1.25, 0.5, 0.5))
    moved = shapely.transform(np.array(shapes), lambda xy: xy + offset)
    codes = list("ihgfedcbaz")
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(-1, 14) / 4.0, np.arange(-1, 14) / 4.0))
    points = np.stack([x + offset[0], y + offset[1]], axis=1)
    points = np.concatenate([points, np.nextafter(points, np.inf), np.nextafter(points, -np.inf)])
    x, y = points.T.copy()
    ours = Locator(moved, codes, crs=None).indices(x, y).tolist()
    assert ours == covers_by_postgis(engine, moved, codes, x, y)


def test_empty_points_and_no_grids():
    assert Locator(TOWN, NINE, crs=None).indices([], []).tolist() == []
    nothing = Locator([], [], crs="EPSG:4490")
    assert nothing.indices([1.0], [1.0]).tolist() == [-1]
    assert nothing.locate(lng=1, lat=1).nearest_code is None


def test_bad_input_is_refused_by_name():
    with pytest.raises(CodeError) as caught:
        Locator([box(0, 0), box(1, 0)], ["a", "a"], crs=None)
    assert caught.value.params["value"] == "a"
    with pytest.raises(CodeError):
        Locator([box(0, 0)], [""], crs=None)
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(GeometryError) as caught:
        Locator([box(3, 3), bow], ["a", "bow"], crs=None)
    assert caught.value.params["value"] == "bow"
    for bad in (None, shapely.Point(0, 0), shapely.Polygon()):
        with pytest.raises(GeometryError):
            Locator([bad], ["a"], crs=None)
    with pytest.raises(OptionError):
        Locator([box(0, 0)], ["a", "b"], crs=None)
    with pytest.raises(OptionError):
        Locator(TOWN, NINE, crs=None).indices([1.0], [1.0, 2.0])


def test_locate_tells_edge_and_runner_up_in_metres():
    left = shapely.box(116.9, 31.0, 116.95, 31.05)
    right = shapely.box(116.95, 31.0, 117.0, 31.05)
    locator = Locator([right, left], ["b", "a"], crs="EPSG:4490")
    deep = locator.locate(lng=116.949, lat=31.02)
    assert isinstance(deep, Located)
    assert (deep.code, deep.how, deep.runner_up) == ("a", How.INSIDE, "b")
    assert deep.edge_m == pytest.approx(95.5, abs=0.5)
    assert locator.locate(lng=116.9001, lat=31.02).runner_up is None
    edge = locator.locate(lng=116.95, lat=31.02)
    assert edge == Located(code="a", how=How.BOUNDARY, edge_m=0.0, runner_up="b")


def test_locate_outside_tells_the_nearest_near_and_far():
    locator = Locator([shapely.box(116.9, 31.0, 117.0, 31.1)], ["a"], crs="EPSG:4490")
    near = locator.locate(lng=117.001, lat=31.05)
    assert isinstance(near, Outside)
    assert (near.nearest_code, near.nearest_m) == ("a", pytest.approx(95.5, abs=0.5))
    far = locator.locate(lng=-77.0, lat=38.9)
    assert far.nearest_m == pytest.approx(11.9e6, rel=0.05)
    with pytest.raises(DatumError):
        locator.locate(lng=math.nan, lat=3)
    with pytest.raises(DatumError):
        locator.locate(lng=31.0, lat=117.0)


def test_locate_takes_degrees_even_where_grids_are_in_metres():
    locator = Locator([shapely.box(4.9e5, 3.43e6, 5.1e5, 3.44e6)], ["a"], crs="EPSG:4548")
    found = locator.locate(lng=117.0, lat=31.05)
    assert isinstance(found, Located)
    assert found.edge_m == pytest.approx(3440000 - 3436519, abs=3)


def test_nearest_in_bulk_ties_go_to_the_lowest_code():
    locator = Locator([box(0, 0), box(2, 0)], ["b", "a"], crs=None)
    found, metres = locator.nearest([1.5, -1.0, np.nan], [0.5, 0.5, 0.0])
    assert found.tolist() == [1, 0, -1]
    assert metres[:2].tolist() == [0.5, 1.0]
    assert np.isnan(metres[2])


def test_the_callers_polygons_stay_untouched():
    polygon = shapely.Polygon([(0, 0, 1), (1, 0, 1), (1, 1, 1)])
    Locator([polygon], ["a"], crs=None).indices([0.5], [0.2])
    assert polygon.has_z
    assert not shapely.is_prepared(polygon)
