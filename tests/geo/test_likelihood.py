"""Shares of a disc: they sum to one, the grid under the place leads in a small disc, and a half is a half."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from geo.errors import OptionError
from geo.likelihood import shares
from geo.locate import Locator
from geo.model import CRS

STEP = 0.003
CELLS = [
    box(116.95 + STEP * i, 31.04 + STEP * j, 116.95 + STEP * (i + 1), 31.04 + STEP * (j + 1))
    for j in range(3)
    for i in range(3)
]
places = st.tuples(st.floats(116.945, 116.965), st.floats(31.035, 31.055))


@given(place=places, radius_m=st.floats(1, 2000))
def test_shares_sum_to_one_and_fall(place: tuple[float, float], radius_m: float) -> None:
    found = shares(CELLS, lng=place[0], lat=place[1], radius_m=radius_m)
    assert sum(one.share for one in found) == pytest.approx(1, abs=2e-3)
    inside = [one.share for one in found if one.position is not None]
    assert inside == sorted(inside, reverse=True)
    assert all(one.position is not None for one in found[:-1])


@given(place=places)
def test_a_disc_that_lies_in_one_grid_is_all_in_it(place: tuple[float, float]) -> None:
    locator = Locator(CELLS, [str(n) for n in range(9)], crs=CRS)
    found = locator.locate(lng=place[0], lat=place[1])
    edge_m = getattr(found, "edge_m", 0.0)
    if edge_m > 2:
        (one,) = shares(CELLS, lng=place[0], lat=place[1], radius_m=edge_m * 0.99)
        assert (str(one.position), one.share) == (found.code, pytest.approx(1))  # type: ignore[union-attr]


def test_on_a_corner_each_has_a_quarter() -> None:
    found = shares(CELLS, lng=116.95 + STEP, lat=31.04 + STEP, radius_m=50)
    assert [one.position for one in sorted(found, key=lambda one: one.position or 0)] == [
        0,
        1,
        3,
        4,
    ]
    assert [one.share for one in found] == pytest.approx([0.25] * 4, abs=1e-3)


def test_far_from_everything_it_is_outside() -> None:
    assert [(one.position, one.share) for one in shares(CELLS, lng=0, lat=0, radius_m=5)] == [
        (None, 1.0)
    ]


@pytest.mark.parametrize("radius_m", [0.0, -1.0, np.inf, np.nan, 30_000.0])
def test_a_radius_that_is_none_is_refused(radius_m: float) -> None:
    with pytest.raises(OptionError, match="radius-malformed"):
        shares(CELLS, lng=116.95, lat=31.04, radius_m=radius_m)
