"""What a drawing's shapes enclose, however they were drawn."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiLineString, Point, box

from geo.blocks.noding import Geometries
from geo.drawn import areas_of
from geo.drawn.areas import TOGETHER
from geo.errors import GeometryError


def shapes(*listed: shapely.Geometry | None) -> Geometries:
    made = np.empty(len(listed), dtype=object)
    made[:] = listed
    return made


def test_polygons_stay_what_they_are_and_overlap_where_they_do() -> None:
    one, other = box(0, 0, 10, 10), box(9, 0, 20, 10)
    found = areas_of(shapes(one, None, other, Point(3, 3), shapely.Polygon()))
    assert [shape.wkb for shape in found.shapes] == [one.wkb, other.wkb]
    assert (found.source.tolist(), found.points, found.loose) == ([0, 2], (3,), ())


def test_closed_lines_are_areas_of_their_own() -> None:
    found = areas_of(shapes(box(0, 0, 10, 10).exterior, box(9, 0, 20, 10).exterior))
    assert found.source.tolist() == [0, 1]
    assert (
        shapely.area(found.shapes).sum() == 210
    )  # what both claim is a fault to be told, not a third area


def test_a_filled_outline_is_one_area() -> None:
    filled, around = box(0, 0, 10, 10), box(0.01, 0, 10, 10).exterior
    found = areas_of(shapes(filled, around, box(10, 0, 20, 10).exterior))
    assert found.source.tolist() == [0, 2]
    assert len(areas_of(shapes(filled, filled)).shapes) == 2  # of two polygons nobody knows why


def test_a_line_in_pieces_and_a_collection_are_understood() -> None:
    pieces = MultiLineString([[(0, 0), (10, 0), (10, 10)], [(10, 10), (0, 10), (0, 0)]])
    mixed = GeometryCollection([box(20, 0, 30, 10), Point(25, 5)])
    found = areas_of(shapes(pieces, mixed))
    assert sorted(shapely.area(found.shapes).tolist()) == [100, 100]


def test_ends_are_joined_within_the_tolerance_only() -> None:
    nearly = LineString([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0.03)])
    assert len(areas_of(shapes(nearly)).shapes) == 0
    found = areas_of(shapes(nearly), close_m=0.05)
    assert (len(found.shapes), found.closed, found.loose) == (1, (0,), ())


def test_a_line_that_divides_makes_faces_and_a_stray_one_does_not() -> None:
    outline, divides = box(0, 0, 20, 10).exterior, LineString([(10, -1), (10, 11)])
    stray = LineString([(3, 3), (5, 5)])
    found = areas_of(shapes(outline, divides, stray))
    assert sorted(shapely.area(found.shapes).tolist()) == [100, 100]
    assert (set(found.source.tolist()), found.loose) == ({TOGETHER}, (2,))
    alone = areas_of(shapes(outline, stray))
    assert (alone.source.tolist(), alone.loose) == ([0], (1,))


def test_an_end_that_falls_short_is_led_on() -> None:
    outline, short = box(0, 0, 20, 10).exterior, LineString([(10, 0.02), (10, 9.97)])
    assert len(areas_of(shapes(outline, short)).shapes) == 1
    assert len(areas_of(shapes(outline, short), close_m=0.05).shapes) == 2


def test_nothing_encloses_nothing() -> None:
    found = areas_of(shapes())
    assert (len(found.shapes), found.loose, found.points) == (0, (), ())
    found = areas_of(shapes(LineString([(0, 0), (1, 1)]), Point(0, 0)), close_m=1e-3)
    assert (len(found.shapes), found.loose) == (0, (0,))


@given(
    columns=st.integers(1, 5),
    rows=st.integers(1, 5),
    miss_m=st.lists(st.floats(-0.04, 0.04), min_size=40, max_size=40),
)
def test_lines_whose_ends_miss_by_less_than_the_tolerance_enclose_what_they_mean(
    columns: int, rows: int, miss_m: list[float]
) -> None:
    width, height, miss = columns * 50, rows * 40, iter(miss_m)
    lines = [box(0, 0, width, height).exterior]
    lines += [
        LineString([(50 * n, next(miss)), (50 * n, height + next(miss))]) for n in range(1, columns)
    ]
    lines += [
        LineString([(next(miss), 40 * n), (width + next(miss), 40 * n)]) for n in range(1, rows)
    ]
    found = areas_of(shapes(*lines), close_m=0.1)
    assert len(found.shapes) == columns * rows
    assert abs(shapely.area(found.shapes).sum() - width * height) < 1
    assert shapely.coverage_is_valid(found.shapes)


def test_a_tangle_of_lines_is_refused_before_it_is_cut_up() -> None:
    rng = np.random.default_rng(7)
    scribble = np.asarray(shapely.linestrings(rng.random((1000, 2, 2)) * 1000), dtype=object)
    hatching = np.array([LineString([(n, 0), (n + 9000, 9000)]) for n in range(3000)], dtype=object)
    for lines in (scribble, hatching):
        with pytest.raises(GeometryError) as caught:
            areas_of(lines)
        assert caught.value.code == "lines-cross-much"


def test_a_net_of_many_streets_is_cut_up() -> None:
    ways = [LineString([(n * 10, -5), (n * 10, 985)]) for n in range(98)]
    ways += [LineString([(-5, n * 10), (985, n * 10)]) for n in range(98)]
    turned = shapely.transform(np.array(ways, dtype=object), lambda xy: xy @ [[1, 1], [-1, 1]])
    assert len(areas_of(turned).shapes) == 97 * 97
