"""Blocks exchanged at the borders: no grid tears, none is given up, and what is said to hold does."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.model import SizeRule
from geo.partition._exchange import _stays_whole
from geo.partition.exchange import Effort, exchanged, network
from geo.partition.problem import Problem, components, make_problem
from geo.partition.regroup import broken
from geo.partition.repair import HOLDS

Ints = NDArray[np.intp]


@st.composite
def towns(draw: st.DrawFn) -> tuple[Problem, Ints]:
    """A connected graph of up to 24 blocks, not always plane, and which of up to four grids each block is in."""
    size = draw(st.integers(2, 24))
    links = [(draw(st.integers(0, block - 1)), block) for block in range(1, size)]
    some = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1))
    links += [(min(p), max(p)) for p in draw(st.lists(some, max_size=30)) if p[0] != p[1]]
    pairs = np.unique(np.array(links, dtype=np.intp), axis=0)
    homes = np.array(draw(st.lists(st.integers(0, 90), min_size=size, max_size=size)))
    rule = SizeRule((0, 400), (0, 1000))
    problem = make_problem(homes, 2 * homes, pairs, np.ones(len(pairs)), rule=rule)
    label = np.array(draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)))
    return problem, label.astype(np.intp)


def pieces(problem: Problem, members: NDArray[np.bool_]) -> int:
    """How many pieces some blocks are in."""
    inside = members[problem.pairs].all(axis=1)
    return len(np.unique(components(problem.size, problem.pairs[inside])[members]))


@given(town=towns())
@settings(max_examples=150)
def test_a_grid_without_a_block_is_in_one_piece_or_not(town: tuple[Problem, Ints]) -> None:
    problem, label = town
    net = network(problem)
    stamp = np.zeros(problem.size, np.int64)
    queue = np.zeros((2, problem.size + 1), np.int64)
    for block in range(problem.size):
        own = label == label[block]
        whole = pieces(problem, own) == 1
        rest = own.copy()
        rest[block] = False
        said = _stays_whole(
            block, label.astype(np.int64), net.start, net.neighbour, stamp, queue, block + 1
        )
        if whole:  # of a grid in one piece it is asked
            assert said == (pieces(problem, rest) == 1)


@given(town=towns(), hot=st.sampled_from([20.0, 160.0, 400.0]), seed=st.integers(0, 99))
@settings(max_examples=60)
def test_what_is_exchanged_holds_and_tears_nothing(
    town: tuple[Problem, Ints], hot: float, seed: int
) -> None:
    problem, label = town
    home = components(
        problem.size, problem.pairs[label[problem.pairs[:, 0]] == label[problem.pairs[:, 1]]]
    )
    found = exchanged(
        problem,
        network(problem),
        home,
        home,
        efforts=(Effort(hot, 50),),
        rng=np.random.default_rng(seed),
    )
    if found is None:  # nothing was met that holds
        return
    assert broken(problem, found) <= HOLDS
    assert set(found) == set(home)
    assert all(pieces(problem, found == grid) == 1 for grid in set(found))
