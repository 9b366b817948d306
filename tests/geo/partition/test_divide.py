"""Dividing by one number: connected, within what was asked, the most even where that is to be proved."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.blocks import BlockMap
from geo.blocks.given import given_blocks
from geo.errors import GeometryError, OptionError
from geo.model import CRS, SizeRule
from geo.partition import evenest
from geo.partition.divide import divide
from geo.partition.problem import community_problem, components
from tests.geo.partition.brute import divisions

STEP = 0.001


def squares(columns: int, rows: int) -> gpd.GeoDataFrame:
    """Squares of some 100 m, row by row from the south-west."""
    cells = [
        shapely.box(117 + x * STEP, 31 + y * STEP, 117 + (x + 1) * STEP, 31 + (y + 1) * STEP)
        for y in range(rows)
        for x in range(columns)
    ]
    return gpd.GeoDataFrame(geometry=cells, crs=CRS)


def mapped(frame: gpd.GeoDataFrame, weight: list[int]) -> BlockMap:
    return given_blocks(frame, np.array(weight, dtype=np.int64), code="D")


def pieces(block_map: BlockMap, grid: np.ndarray) -> int:
    pairs = community_problem(block_map, 0, SizeRule()).pairs
    same = pairs[grid[pairs[:, 0]] == grid[pairs[:, 1]]]
    return len(np.unique(components(len(grid), same)))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=9, max_size=9).filter(any), st.integers(1, 4))
def test_the_most_even_division_of_a_town_is_proved(weight: list[int], count: int) -> None:
    block_map = mapped(squares(3, 3), weight)
    found = divide(block_map, count, within=0.01, prove=True)
    mean = sum(weight) / count
    problem = community_problem(block_map, 0, SizeRule())
    best = min(
        max(abs(load / mean - 1) for load in np.bincount(label, weight, count))
        for label in divisions(problem, count)
    )
    assert found.proved
    assert found.worst == pytest.approx(best, abs=1e-9)
    assert pieces(block_map, found.grid) == count == len(np.unique(found.grid))


@pytest.mark.parametrize("seed", [0, 1])
def test_within_what_is_asked_and_compact(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weight = rng.integers(20, 60, 400).tolist()
    block_map = mapped(squares(20, 20), weight)
    found = divide(block_map, 8, within=0.02, seed=seed)
    again = divide(block_map, 8, within=0.02, seed=seed)
    assert found.worst <= 0.02
    assert pieces(block_map, found.grid) == 8
    assert not found.leaps
    assert np.array_equal(found.grid, again.grid)
    hulls = [shapely.union_all(block_map.metric[found.grid == one]).convex_hull for one in range(8)]
    assert sum(one.area for one in hulls) < 1.3 * shapely.area(block_map.metric).sum()


def test_islands_are_said_not_hidden() -> None:
    frame = squares(2, 2)
    frame.loc[3, "geometry"] = shapely.affinity.translate(frame.geometry[3], 0.05)
    found = divide(mapped(frame, [5, 5, 5, 5]), 2, within=0.01)
    assert len(found.leaps) == 1


def test_blocks_that_do_not_fit_are_fitted_and_keep_their_rows() -> None:
    frame = squares(3, 3)
    frame.loc[4, "geometry"] = frame.geometry[4].buffer(STEP / 10)
    block_map = mapped(frame, list(range(9)))
    assert shapely.coverage_is_valid(block_map.geometry)
    assert block_map.households.tolist() == list(range(9))
    area = shapely.area(block_map.geometry)
    assert area.sum() == pytest.approx(9 * STEP**2, rel=1e-5)
    assert area[4] == pytest.approx(STEP**2, rel=0.5)
    assert area[5] < area[4]


def test_what_is_no_block_is_refused_by_row() -> None:
    frame = squares(3, 1)
    frame.loc[1, "geometry"] = shapely.Point(117, 31)
    with pytest.raises(GeometryError) as refused:
        mapped(frame, [1, 1, 1])
    assert (refused.value.code, refused.value.params["row"]) == ("block-no-polygon", 2)
    twice = squares(3, 1)
    twice.loc[2, "geometry"] = twice.geometry[0]
    with pytest.raises(GeometryError) as covered:
        mapped(twice, [1, 1, 1])
    assert (covered.value.code, covered.value.params["row"]) == ("block-covered", 3)


@pytest.mark.parametrize(("weight", "count"), [([1, 1, 1], 4), ([0, 0, 0], 2)])
def test_what_can_not_be_divided(weight: list[int], count: int) -> None:
    with pytest.raises(OptionError):
        divide(mapped(squares(3, 1), weight), count, within=0.01)


def test_where_too_many_would_have_to_be_tried_the_exact_engine_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weight = [3, 14, 1, 5, 9, 2, 6, 5, 35]
    tried = divide(mapped(squares(3, 3), weight), 3, within=0.01, prove=True)
    monkeypatch.setattr(evenest, "STEPS", 0)
    solved = divide(mapped(squares(3, 3), weight), 3, within=0.01, prove=True)
    assert tried.proved
    assert solved.proved
    assert solved.worst == pytest.approx(tried.worst, abs=1e-9)
