"""A border in legs, as one walks it."""

from __future__ import annotations

from itertools import pairwise

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.walk import LEAST_M, legs
from tests.geo.test_sides import SQUARE, lines

NORTH_WEST = (0.0, 100.0)


def test_a_square_is_walked_clockwise_from_its_north_west() -> None:
    roads = lines(
        ("文昌路", "street", [(100, -50), (100, 150)]), ("龙眠河", "river", [(0, -50), (0, 150)])
    )
    found = legs(SQUARE, roads, {"北街": shapely.box(0, 100, 100, 200)})
    told = [(one.name, one.kind, one.beyond) for one in found]
    assert told == [
        (None, None, "北街"),
        ("文昌路", "street", None),
        (None, None, None),
        ("龙眠河", "river", None),
    ]
    assert found[0].path.coords[0] == NORTH_WEST
    assert [one.metres for one in found] == pytest.approx([100] * 4)
    assert found[0].path.coords[-1] == found[1].path.coords[0] == (100.0, 100.0)


def test_a_road_beside_two_neighbours_is_two_legs() -> None:
    roads = lines(("文昌路", "street", [(100, -50), (100, 150)]))
    beside = {"上": shapely.box(100, 50, 200, 100), "下": shapely.box(100, 0, 200, 50)}
    found = legs(SQUARE, roads, beside)
    assert [(one.name, one.beyond, one.metres) for one in found if one.name] == [
        ("文昌路", "上", 50),
        ("文昌路", "下", 50),
    ]


def test_an_outline_of_which_nothing_is_known_is_one_leg() -> None:
    (whole,) = legs(SQUARE, lines(), {})
    assert whole.path.is_closed and whole.metres == pytest.approx(400)


@given(st.lists(st.integers(0, 100), min_size=2, max_size=7, unique=True))
def test_the_legs_are_the_border_and_none_is_a_mere_corner(cuts: list[int]) -> None:
    at = sorted({0, 100, *cuts})
    beside = {
        f"N{n}": shapely.box(low, 100, high, 150) for n, (low, high) in enumerate(pairwise(at))
    }
    found = legs(SQUARE, lines(), beside)
    assert sum(one.metres for one in found) == pytest.approx(400)
    assert len(found) == 1 or min(one.metres for one in found) >= LEAST_M
    for one, following in zip(found, (*found[1:], found[0]), strict=True):
        assert one.path.coords[-1] == following.path.coords[0]
