"""A few grids while somebody waits: of all divisions of a few blocks the cheapest, and the same ones each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model import SizeRule
from geo.partition._anneal import new_work
from geo.partition._energy import total_cost
from geo.partition._few import few
from geo.partition.ground import plain_ground
from geo.partition.parting import EFFORT, part_rule
from geo.partition.search import BALANCED, SOFT, make_cost
from tests.geo.partition.brute import divisions
from tests.geo.partition.test_search import board


@settings(max_examples=40, deadline=None)
@given(
    shape=st.sampled_from([(1, 3), (1, 7), (2, 2), (2, 4), (3, 3), (2, 5)]),
    count=st.integers(2, 3),
    seed=st.integers(1, 2**60),
    data=st.data(),
)
def test_no_division_of_a_few_blocks_is_cheaper(
    shape: tuple[int, int], count: int, seed: int, data: st.DataObject
) -> None:
    size = shape[0] * shape[1]
    households = st.lists(st.integers(0, 90), min_size=size, max_size=size)
    problem = board(*shape, data.draw(households))
    rule = part_rule(*problem.totals, count, SizeRule())
    ground = plain_ground(problem)
    cost = make_cost(ground, count, rule, BALANCED)
    soft = cost._replace(broken=cost.broken * SOFT)
    labels = []
    for _ in range(2):
        label, state = np.zeros(size, np.int64), np.array([seed], np.uint64)
        work, totals = new_work(ground, count), np.zeros((6, count))
        least = few(label, ground, soft, cost, EFFORT, state, totals, work)
        labels.append(label)
    assert (labels[0] == labels[1]).all()
    assert least == pytest.approx(total_cost(labels[0], count, ground, cost))
    cheapest = min(total_cost(one, count, ground, cost) for one in divisions(problem, count))
    assert least == pytest.approx(cheapest)


def test_parts_are_held_to_the_bounds_where_there_can_be_so_many_else_to_be_about_equal() -> None:
    bounds = SizeRule()
    assert part_rule(800, 1700, 2, bounds) is bounds
    rule = part_rule(400, 850, 2, bounds)
    assert (rule.households, rule.residents) == ((150, 250), (318, 532))
    assert part_rule(0, 0, 2, bounds).households == (0, 1)
