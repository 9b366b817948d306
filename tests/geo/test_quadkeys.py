"""Squares of the web map by number."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geo import quadkeys
from geo.quadkeys import NOWHERE, ZOOM

degrees = st.tuples(st.floats(-180, 180), st.floats(-85, 85))


@given(st.lists(degrees, min_size=1, max_size=30), st.integers(0, 20))
def test_a_key_is_the_tile_that_the_formula_of_the_web_map_gives(
    places: list[tuple[float, float]], zoom: int
) -> None:
    lng, lat = np.array(places).T
    found = quadkeys.keys(lng, lat)
    column, row = quadkeys.square(found >> np.uint64(2 * (ZOOM - zoom)))
    side = 1 << zoom
    x = np.clip((lng + 180) / 360 * side, 0, side - 1).astype(int)
    y = np.clip((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * side, 0, side - 1).astype(
        int
    )
    # Two ways to compute the same may round apart exactly on an edge.
    assert (np.abs(column - x) <= 1).all()
    assert (np.abs(row - y) <= 1).all()
    assert all(
        quadkeys.key_of(int(a), int(b), zoom=zoom) == int(key)
        for a, b, key in zip(column, row, found >> np.uint64(2 * (ZOOM - zoom)), strict=True)
    )


@given(st.lists(degrees, min_size=1, max_size=30))
def test_degrees_come_back(places: list[tuple[float, float]]) -> None:
    lng, lat = np.array(places).T
    back = quadkeys.degrees(*quadkeys.world(lng, lat))
    assert np.allclose(back[0], lng, atol=1e-9)
    assert np.allclose(back[1], lat, atol=1e-9)


def test_what_has_no_place_comes_after_everything() -> None:
    found = quadkeys.keys(np.array([np.nan, 0.0, 500.0]), np.array([0.0, 89.0, 0.0]))
    assert (found == NOWHERE).all()


@given(hnp.arrays(np.float64, (60, 2), elements=st.floats(0, 0.01)), st.integers(1, 9))
def test_joined_squares_hold_enough_and_nobody_twice(offsets: np.ndarray, least: int) -> None:
    keys = quadkeys.keys(116.95 + offsets[:, 0], 31.04 + offsets[:, 1])
    made = quadkeys.joined(keys, finest=18, coarsest=12, least=least)
    counts = np.concatenate([counts for _, counts in made.values()]) if made else np.zeros(0)
    assert (counts >= least).all()
    assert (
        len(keys) - least < counts.sum() <= len(keys)
    )  # 0.01 degrees lie in one square of zoom 12
    for zoom, (squares, many) in made.items():
        inside = np.isin(keys >> np.uint64(2 * (ZOOM - zoom)), squares).sum()
        assert inside >= many.sum()
