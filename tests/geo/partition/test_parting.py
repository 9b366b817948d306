"""A few grids while somebody waits: of all divisions of some dozen blocks the cheapest, of more nearly always; and the
same ones each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.model import SizeRule
from geo.partition._anneal import new_work
from geo.partition._cheapest import cheapest
from geo.partition._energy import Cost, total_cost
from geo.partition._few import MOST_TRIED, few
from geo.partition.ground import Ground, make_ground, plain_ground
from geo.partition.parting import EFFORT, part_rule
from geo.partition.problem import Problem, components, make_problem
from geo.partition.search import BALANCED, SOFT, make_cost
from tests.geo.partition.brute import divisions
from tests.geo.partition.test_search import board

Ints = NDArray[np.int64]
SHAPES = [(1, 3), (1, 7), (2, 2), (2, 4), (3, 3), (2, 5)]


@st.composite
def boards(draw: st.DrawFn, shapes: list[tuple[int, int]]) -> Problem:
    shape = draw(st.sampled_from(shapes))
    size = shape[0] * shape[1]
    return board(*shape, draw(st.lists(st.integers(0, 90), min_size=size, max_size=size)))


def priced(problem: Problem, ground: Ground, count: int) -> Cost:
    rule = part_rule(*problem.totals, count, SizeRule())
    return make_cost(ground, count, rule, BALANCED)


def searched(ground: Ground, cost: Cost, count: int, seed: int) -> tuple[float, Ints]:
    """Twice, and both times the same."""
    soft = cost._replace(broken=cost.broken * SOFT)
    found = []
    for _ in range(2):
        label, state = np.zeros(ground.amounts.shape[1], np.int64), np.array([seed], np.uint64)
        work, totals = new_work(ground, count), np.zeros((6, count))
        found.append((few(label, ground, soft, cost, EFFORT, state, totals, work), label))
    assert found[0][0] == found[1][0]
    assert (found[0][1] == found[1][1]).all()
    return found[0]


@settings(max_examples=40, deadline=None)
@given(problem=boards(SHAPES), count=st.integers(2, 3), seed=st.integers(1, 2**60))
@example(problem=board(2, 5, [5, 2, 0, 0, 0, 0, 0, 0, 1, 4]), count=2, seed=1)
@example(problem=board(2, 8, [5, 2, *[0] * 12, 1, 4]), count=2, seed=1)
def test_no_division_of_a_few_blocks_is_cheaper(problem: Problem, count: int, seed: int) -> None:
    ground = plain_ground(problem)
    cost = priced(problem, ground, count)
    least, label = searched(ground, cost, count, seed)
    assert least == pytest.approx(total_cost(label, count, ground, cost))
    every = min(total_cost(one, count, ground, cost) for one in divisions(problem, count))
    assert least == pytest.approx(every)


@settings(max_examples=40, deadline=None)
@given(problem=boards([(1, 5), (2, 3), (2, 4), (3, 3)]), count=st.integers(2, 4), data=st.data())
def test_the_cheapest_of_all_heeds_walls_and_borders_off_the_roads(
    problem: Problem, count: int, data: st.DataObject
) -> None:
    edges = len(problem.pairs)
    walls = data.draw(st.lists(st.booleans(), min_size=edges, max_size=edges))
    off_m = data.draw(st.lists(st.floats(0, 9), min_size=edges, max_size=edges))
    passable = ~np.array(walls)
    plain = plain_ground(problem)
    ground = make_ground(
        problem.pairs, np.ones(edges), np.array(off_m), passable, amounts=plain.amounts
    )
    cost = priced(problem, ground, count)
    least, label = searched(ground, cost, count, 1)
    walled = make_problem(
        problem.households,
        problem.residents,
        problem.pairs[passable],
        problem.price[passable],
        rule=problem.rule,
    )
    costs = [total_cost(one, count, ground, cost) for one in divisions(walled, count)]
    assert least == pytest.approx(min(costs, default=np.inf))
    if costs:
        assert least == pytest.approx(total_cost(label, count, ground, cost))


@settings(max_examples=20, deadline=None)
@given(
    problem=boards([(2, 9), (3, 6), (4, 5)]), count=st.integers(2, 3), seed=st.integers(1, 2**60)
)
def test_of_more_blocks_the_grids_are_whole_and_cost_what_is_said(
    problem: Problem, count: int, seed: int
) -> None:
    assert problem.size > max(MOST_TRIED)
    ground = plain_ground(problem)
    cost = priced(problem, ground, count)
    least, label = searched(ground, cost, count, seed)
    inner = problem.pairs[label[problem.pairs[:, 0]] == label[problem.pairs[:, 1]]]
    assert set(label) == set(range(count))
    assert len(set(components(problem.size, inner))) == count
    assert least == pytest.approx(total_cost(label, count, ground, cost))
    assert least >= cheapest(np.zeros(problem.size, np.int64), count, ground, cost) - 1e-9


@pytest.mark.parametrize("shape", [(2, 9), (3, 6)])
@pytest.mark.parametrize("count", [2, 3])
def test_of_more_blocks_the_grids_are_nearly_always_the_cheapest(
    count: int, shape: tuple[int, int]
) -> None:
    rng, met = np.random.default_rng(1), 0
    for seed in range(1, 41):
        households = rng.integers(0, 90, 18) * (rng.random(18) < 0.5)
        problem = board(*shape, households.tolist())
        ground = plain_ground(problem)
        cost = priced(problem, ground, count)
        least, _ = searched(ground, cost, count, seed)
        met += least <= cheapest(np.zeros(18, np.int64), count, ground, cost) + 1e-6
    assert met >= 38


def test_parts_are_held_to_the_bounds_where_there_can_be_so_many_else_to_be_about_equal() -> None:
    bounds = SizeRule()
    assert part_rule(800, 1700, 2, bounds) is bounds
    rule = part_rule(400, 850, 2, bounds)
    assert (rule.households, rule.residents) == ((150, 250), (318, 532))
    assert part_rule(0, 0, 2, bounds).households == (0, 1)
