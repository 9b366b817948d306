"""The search: plans stay whole whatever happens, scores are those of the drawn shapes, load is what is balanced."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.blocks import cut_blocks
from geo.errors import OptionError
from geo.model import City, SizeRule
from geo.partition._energy import total_cost
from geo.partition.assignment import State
from geo.partition.draw import draw_grids
from geo.partition.ground import plain_ground
from geo.partition.load import block_load
from geo.partition.problem import Problem, components, make_problem
from geo.partition.scores import plan_scores
from geo.partition.search import BALANCED, Search, make_cost
from geo.plans import assemble

Town = Callable[..., City]


def board(columns: int, rows: int, households: list[int]) -> Problem:
    """A chessboard."""
    number = np.arange(columns * rows).reshape(rows, columns)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    down = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    pairs = np.concatenate([across, down])
    counts = np.array(households)
    return make_problem(counts, counts * 2, pairs, np.ones(len(pairs)), rule=SizeRule())


@settings(max_examples=40, deadline=None)
@given(
    columns=st.integers(2, 7),
    rows=st.integers(2, 7),
    count=st.integers(1, 6),
    seed=st.integers(1, 2**60),
    data=st.data(),
)
def test_a_search_keeps_grids_whole_repeats_itself_and_knows_its_cost(
    columns: int, rows: int, count: int, seed: int, data: st.DataObject
) -> None:
    size = columns * rows
    count = min(count, size)
    problem = board(
        columns, rows, data.draw(st.lists(st.integers(0, 90), min_size=size, max_size=size))
    )
    ground = plain_ground(problem)
    cost = make_cost(ground, count, problem.rule, BALANCED)
    searches = [Search(ground, count, cost, seed) for _ in range(2)]
    for search in searches:
        search.start(3, lambda: False)
        begun = search.energy
        search.improve(4, lambda: False)
        assert search.energy <= begun
    one, other = searches
    assert (one.label == other.label).all()
    if not np.isfinite(one.energy):
        return
    label = one.label
    inner = problem.pairs[label[problem.pairs[:, 0]] == label[problem.pairs[:, 1]]]
    assert set(label) == set(range(count))
    assert len(set(components(size, inner))) == count
    assert one.energy == pytest.approx(total_cost(label, count, ground, cost))


def homes(side: int, **columns: Callable[[int, int], int]) -> list[dict[str, object]]:
    return [
        {"at": ((x + 0.5) / side, (y + 0.5) / side), "households": 20, "residents": 44}
        | {name: value(x, y) for name, value in columns.items()}
        for x in range(side)
        for y in range(side)
    ]


def test_scores_are_those_of_the_drawn_shapes(town: Town) -> None:
    block_map = cut_blocks(town(1, 1, homes=homes(8)))
    assignment = draw_grids(block_map)
    scores = plan_scores(block_map, assignment.grid)
    plan = assemble(block_map, assignment)
    shapes = np.asarray(plan.grids.to_crs(block_map.metric_crs).geometry.array)
    by_hand = (4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2).mean()
    assert scores.compactness == pytest.approx(by_hand, rel=1e-6)
    load = plan.grids["households"].to_numpy(float)
    assert scores.evenness == pytest.approx(load.std() / load.mean())
    assert 0 <= scores.on_lines <= 1


def test_load_is_balanced_within_both_bounds(town: Town) -> None:
    city = town(1, 1, homes=homes(10))
    x = city.buildings.geometry.bounds["minx"]
    left = x < x.median()
    city.buildings["calls"] = np.where(left, 30, 10)
    block_map = cut_blocks(city)
    load = block_load(block_map, city.buildings, {"calls": 1.0})
    assert load.sum() == city.buildings["calls"].sum()
    plain = draw_grids(block_map)
    weighed = draw_grids(block_map, load=load)
    assert weighed.results[0].state is State.FEASIBLE
    assert (
        plan_scores(block_map, weighed.grid, load=load).evenness
        < plan_scores(block_map, plain.grid, load=load).evenness
    )
    with pytest.raises(OptionError, match="load-column-missing"):
        block_load(block_map, city.buildings, {"nothing": 1.0})
    with pytest.raises(OptionError, match="load-nothing"):
        block_load(block_map, city.buildings, {"calls": -1.0})
    with pytest.raises(OptionError, match="load-nothing"):
        block_load(block_map, city.buildings, {"calls": 0.0})
