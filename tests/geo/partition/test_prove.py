"""A proof is never wrong: whatever it says does not exist, plain enumeration does not find either."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model import SizeRule
from geo.partition import prove as proving
from geo.partition.choose import broken, unavoidable
from geo.partition.exact import ELSEWHERE, Answer, Question, place
from geo.partition.problem import Problem, components, make_problem
from geo.partition.prove import Cause, prove
from geo.partition.screen import feasible_counts
from geo.partition.seed import split
from tests.geo.partition.brute import divisions, holds, possible

RULE = SizeRule(households=(30, 50), residents=(60, 100))


@st.composite
def tiny(draw: st.DrawFn, *, most: int = 8) -> Problem:
    """A connected graph of a few blocks: a random tree and some more pairs."""
    size = draw(st.integers(2, most))
    tree = {(draw(st.integers(0, block - 1)), block) for block in range(1, size)}
    more = draw(st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=6))
    pairs = sorted(tree | {(min(p), max(p)) for p in more if p[0] != p[1]})
    households = draw(st.lists(st.integers(0, 40), min_size=size, max_size=size))
    per_home = draw(st.lists(st.sampled_from([1.6, 2.0, 2.4, 2.8]), min_size=size, max_size=size))
    residents = [round(h * r) for h, r in zip(households, per_home, strict=True)]
    return make_problem(
        np.array(households), np.array(residents), np.array(pairs), np.ones(len(pairs)), rule=RULE
    )


def path(households: list[int], residents: list[int] | None = None) -> Problem:
    """Blocks in a row."""
    pairs = np.array([(i, i + 1) for i in range(len(households) - 1)])
    people = residents or [2 * h for h in households]
    return make_problem(
        np.array(households), np.array(people), pairs, np.ones(len(pairs)), rule=RULE
    )


def nearest(problem: Problem, count: int) -> np.ndarray:
    return next(divisions(problem, count))


@settings(max_examples=150, deadline=None)
@given(problem=tiny(), small=st.booleans())
def test_proofs_and_plans_agree_with_enumeration(problem: Problem, small: bool) -> None:
    counts = [k for k in feasible_counts(*problem.totals, RULE) if k <= problem.size]
    if not counts:
        return
    label = nearest(problem, counts[0])
    if holds(problem, label, counts[0]):
        return
    with pytest.MonkeyPatch.context() as patch:
        if not small:
            patch.setattr(proving, "SMALL", 0)
        outcome = prove(problem, counts, label)
    exists = any(possible(problem, count) for count in counts)
    if outcome.proof is not None:
        assert not exists
        assert outcome.proof.blocks
    if outcome.label is not None:
        assert holds(problem, outcome.label, outcome.count)
    if small:
        assert (outcome.proof is None) == exists
        assert (outcome.label is not None) == exists


@settings(max_examples=80, deadline=None)
@given(problem=tiny(most=7), count=st.integers(1, 4))
def test_nothing_breaks_bounds_less_than_is_said_to_be_unavoidable(
    problem: Problem, count: int
) -> None:
    crowded = make_problem(
        2 * problem.households, 2 * problem.residents, problem.pairs, problem.price, rule=RULE
    )
    for one in (problem, crowded):
        least = unavoidable(one, count)
        assert all(broken(one, label, count) >= least - 1e-9 for label in divisions(one, count))


@settings(max_examples=80, deadline=None)
@given(problem=tiny(most=7), count=st.integers(1, 4))
def test_the_most_even_division_is_the_best_of_all(problem: Problem, count: int) -> None:
    wide = SizeRule(households=(0, 10_000), residents=(0, 10_000))
    loose = make_problem(
        problem.households, problem.residents, problem.pairs, problem.price, rule=wide
    )

    def off(label: np.ndarray) -> int:
        totals = [max(1, total) for total in loose.totals]
        loads = (loose.households, totals[1]), (loose.residents, totals[0])
        return max(
            int(np.abs(np.bincount(label, load, count) * count - load.sum()).max()) * other
            for load, other in loads
        )

    every = list(divisions(loose, count))
    placed = place(loose, Question((), free=count, even=True), effort=5.0)
    assert (placed.answer is Answer.FOUND) == bool(every)
    if every:
        assert placed.label is not None
        assert placed.best
        assert len(components(loose.size, loose.pairs)) == loose.size
        assert off(placed.label) == min(off(label) for label in every)


def test_a_corridor_passes_arithmetic_and_is_proved_impossible() -> None:
    # Four grids of 42 on average; but the first block can join nothing and be below the ceiling.
    problem = path([26, 45, 26, 45, 26])
    assert 4 in feasible_counts(*problem.totals, RULE)
    outcome = prove(problem, feasible_counts(*problem.totals, RULE), np.array([0, 1, 2, 3, 3]))
    assert outcome.proof is not None
    assert outcome.proof.cause is Cause.TRAPPED
    assert outcome.proof.within == (26, 52)
    assert outcome.proof.any_count


def test_blocks_that_hem_one_another_in_are_named() -> None:
    # Two large blocks share the only small one that either could grow by.
    pairs = np.array([(0, 1), (1, 2), (2, 3), (3, 4)])
    households = np.array([25, 10, 25, 45, 35])
    problem = make_problem(households, 2 * households, pairs, np.ones(4), rule=RULE)
    counts = feasible_counts(*problem.totals, RULE)
    assert counts
    assert not any(possible(problem, count) for count in counts)
    outcome = prove(problem, counts, np.array([0, 0, 1, 2, 3]))
    assert outcome.proof is not None
    assert outcome.proof.cause is Cause.HEMMED
    assert set(outcome.proof.blocks) <= {0, 2}


def test_more_blocks_that_need_their_own_grid_than_grids() -> None:
    problem = path([26, 4, 26, 4, 26, 4, 26, 4])
    outcome = prove(problem, [3], np.array([0, 0, 0, 1, 1, 1, 2, 2]))
    assert outcome.proof is not None
    assert outcome.proof.cause is Cause.CROWDED
    assert set(outcome.proof.blocks) == {0, 2, 4, 6}


def test_effort_and_cancelling_leave_the_question_open() -> None:
    problem = path([20, 25, 20, 25, 20, 25, 20, 25, 20])
    counts = feasible_counts(*problem.totals, RULE)
    label = nearest(problem, counts[0])
    assert prove(problem, counts, label, cancelled=lambda: True).proof is None
    placed = place(problem, Question((), free=4), effort=0.0)
    assert placed.answer is Answer.OPEN


def test_what_is_cut_off_must_hold_a_number_of_grids() -> None:
    # Block 1 alone is a fine grid, but it would strand block 0.
    problem = path([10, 40, 20, 20])
    alone = place(problem, Question((1,), rest=True), effort=2.0)
    assert alone.answer is Answer.FOUND
    assert alone.label is not None
    assert alone.label.tolist() == [0, 0, ELSEWHERE, ELSEWHERE]


def test_many_small_blocks_between_large_ones_that_can_not_take_them_all() -> None:
    # Three blocks close in a square of 5 x 5: it is no grid by itself, and they have room for 24 of its 25.
    side, outer = 5, 12
    inner, ring = side * side, outer * outer
    pairs = [*chessboard(side), *((a + inner, b + inner) for a, b in chessboard(outer))]
    large = [inner + ring + one for one in range(3)]
    pairs += [(block, large[block // 3 % 3]) for block in range(0, inner, 3)]
    pairs += [(inner + block, large[block % 3]) for block in range(outer)]
    households = np.array([1] * inner + [2] * ring + [46, 42, 38])
    problem = make_problem(
        households, 2 * households, np.array(pairs), np.ones(len(pairs)), rule=RULE
    )
    counts = feasible_counts(*problem.totals, RULE)
    label = split(problem, np.arange(problem.size), counts[0], np.random.default_rng(0))
    assert label is not None
    outcome = prove(problem, counts, label)
    assert outcome.proof is not None
    assert set(outcome.proof.blocks) == set(large)
    # With room for all there is no such proof.
    fewer = np.where(np.arange(problem.size) == large[0], 45, households)
    roomy = make_problem(fewer, 2 * fewer, np.array(pairs), np.ones(len(pairs)), rule=RULE)
    counts = feasible_counts(*roomy.totals, RULE)
    assert prove(roomy, counts, label, effort=0.3).proof is None


def chessboard(side: int) -> list[tuple[int, int]]:
    """Which fields of a square board touch."""
    number = np.arange(side * side).reshape(side, side)
    across = zip(number[:, :-1].ravel().tolist(), number[:, 1:].ravel().tolist(), strict=True)
    down = zip(number[:-1].ravel().tolist(), number[1:].ravel().tolist(), strict=True)
    return [*across, *down]
