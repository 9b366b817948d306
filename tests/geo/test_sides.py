"""四至: what a polygon borders on, as one would write it down on the spot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.blocks.adjacency import BORDER_KINDS, Lines
from geo.sides import Side, sides

Road = tuple[str | None, str, Sequence[tuple[float, float]]]
SQUARE = shapely.segmentize(shapely.box(0, 0, 100, 100), 10)
EAST, SOUTH, WEST, NORTH = Side


def lines(*roads: Road) -> Lines:
    shapes = np.array([shapely.LineString(path) for _, _, path in roads] + [None], dtype=object)
    return Lines(
        shapes[:-1],
        np.array([BORDER_KINDS.index(kind) for _, kind, _ in roads], dtype=np.int8),
        np.empty((0, 2)),
        np.array([name for name, _, _ in roads] + [None], dtype=object)[:-1],
    )


def names(
    shape: shapely.Geometry, roads: Lines, **beside: shapely.Geometry
) -> dict[Side, list[str]]:
    return {side: [one.name for one in told] for side, told in sides(shape, roads, beside).items()}


def test_a_square_between_roads_river_and_neighbour() -> None:
    roads = lines(
        ("文昌路", "street", [(100, -50), (100, 150)]),
        ("龙眠河", "river", [(0, -50), (0, 150)]),
        ("和平路", "arterial", [(-50, 0), (150, 0)]),
    )
    north = shapely.box(0, 100, 100, 200)
    told = sides(SQUARE, roads, {"北街社区": north})
    assert {side: [(one.name, one.kind) for one in own] for side, own in told.items()} == {
        EAST: [("文昌路", "street")],
        SOUTH: [("和平路", "arterial")],
        WEST: [("龙眠河", "river")],
        NORTH: [("北街社区", "neighbour")],
    }
    assert all(own[0].metres == pytest.approx(100) for own in told.values())
    assert told[EAST][0].to_json() == {"name": "文昌路", "kind": "street", "metres": 100.0}


def test_a_side_of_which_nothing_is_known_is_empty() -> None:
    assert names(SQUARE, lines()) == {side: [] for side in Side}
    unasked = Lines(np.empty(0, dtype=object), np.empty(0, dtype=np.int8), np.empty((0, 2)))
    assert names(SQUARE, unasked) == {side: [] for side in Side}


def test_names_come_as_one_passes_them() -> None:
    roads = lines(
        ("南段", "street", [(100, 0), (100, 40)]),
        ("北段", "street", [(100, 40), (100, 100)]),
        ("东段", "street", [(60, 100), (100, 100)]),
        ("西段", "street", [(0, 100), (60, 100)]),
    )
    told = names(SQUARE, roads)
    assert told[EAST] == ["北段", "南段"] and told[NORTH] == ["西段", "东段"]


def test_a_road_without_a_name_is_not_told_but_who_is_behind_it() -> None:
    roads = lines((None, "street", [(100, 0), (100, 100)]))
    assert names(SQUARE, roads, 隔壁=shapely.box(100, 0, 200, 100))[EAST] == ["隔壁"]


def test_a_border_beside_a_road_follows_it_and_one_across_does_not() -> None:
    near = lines(("文昌路", "street", [(107, -50), (107, 150)]))
    assert names(SQUARE, near)[EAST] == ["文昌路"]
    far = lines(("文昌路", "street", [(130, -50), (130, 150)]))
    assert names(SQUARE, far)[EAST] == []
    across = lines(("横街", "street", [(50, 50), (150, 50)]))
    assert names(SQUARE, across)[EAST] == []


def test_the_nearer_road_is_meant_and_of_equals_the_stronger() -> None:
    roads = lines(
        ("远路", "arterial", [(108, -50), (108, 150)]),
        ("近巷", "lane", [(101, -50), (101, 150)]),
    )
    assert names(SQUARE, roads)[EAST] == ["近巷"]
    same = lines(
        ("小巷", "lane", [(100, -50), (100, 150)]),
        ("大街", "arterial", [(100, 0), (100, 100)]),
    )
    assert names(SQUARE, same)[EAST] == ["大街"]


def test_what_the_grid_itself_hides_is_not_a_side() -> None:
    """The inner flank of a U faces east, but not for who stands in the east."""
    u = shapely.Polygon(
        [(0, 0), (90, 0), (90, 90), (60, 90), (60, 30), (30, 30), (30, 90), (0, 90)]
    )
    roads = lines(
        ("里弄", "lane", [(30, 30), (30, 90)]),
        ("外路", "street", [(90, 0), (90, 90)]),
    )
    assert names(u, roads)[EAST] == ["外路"]


def test_a_corner_is_left_out() -> None:
    roads = lines(
        ("长路", "street", [(100, 10), (100, 100)]),
        ("街角", "street", [(100, 0), (100, 10)]),
    )
    assert names(SQUARE, roads)[EAST] == ["长路"]


def test_a_grid_in_two_parts_has_sides_too() -> None:
    both = shapely.MultiPolygon([SQUARE, shapely.box(200, 0, 300, 100)])
    roads = lines(
        ("东路", "street", [(300, 0), (300, 100)]), ("中路", "street", [(100, 0), (100, 100)])
    )
    assert names(both, roads)[EAST] == ["东路"]


def test_a_road_of_several_pieces_is_one() -> None:
    pieces = shapely.MultiLineString(
        [[(100, 40), (100, 150)], [(100, -50), (100, 40)], [(500, 0), (900, 0)]]
    )
    roads = lines(("文昌路", "street", [(0, 0), (1, 1)]))
    roads.shapes[0] = pieces
    told = sides(SQUARE, roads, {})[EAST]
    assert [one.name for one in told] == ["文昌路"]
    assert told[0].metres == pytest.approx(100)


@given(st.integers(0, 3), st.floats(-0.6, 0.6))
def test_a_turned_town_turns_its_sides(quarters: int, slant: float) -> None:
    """By a quarter, whatever the slant (less than an eighth)."""
    roads = lines(
        ("甲", "street", [(100, 0), (100, 100)]),
        ("乙", "street", [(0, 0), (100, 0)]),
        ("丙", "street", [(0, 0), (0, 100)]),
        ("丁", "street", [(0, 100), (100, 100)]),
    )

    def turned(shape: shapely.Geometry) -> shapely.Geometry:
        angle = -quarters * np.pi / 2 + slant
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        return shapely.transform(shape, lambda xy: (xy - 50) @ turn)

    roads.shapes[:] = [turned(one) for one in roads.shapes]
    told = names(turned(SQUARE), roads)
    order = [EAST, SOUTH, WEST, NORTH]
    assert [told[order[(at + quarters) % 4]] for at in range(4)] == [["甲"], ["乙"], ["丙"], ["丁"]]
