"""One community: the number of grids and the partition that cost least, of those within both bounds if any is.

Every number of grids that arithmetic allows is tried; the cheapest few, by the cost of an average grid, are worked on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.partition.ground import Ground
from geo.partition.parts import Parts
from geo.partition.problem import Problem
from geo.partition.repair import HOLDS, repair
from geo.partition.screen import excess, room
from geo.partition.search import Aims, Search, make_cost
from geo.partition.seed import split

Ints = NDArray[np.intp]

STARTS, ROUNDS = 36, 120
"""Of a community, shared by the numbers of grids that are tried, and by those that are worked on."""
HARD_STARTS, HARD_ROUNDS, REPAIR_STEPS = 100, 200, 60
"""Where bounds still break: in each try, and of repairs after them."""
HARD_AIMS = (Aims(2, 0.3, 0.1), Aims(60, 0.1, 0.0), Aims(2, 0.3, 0.1))
"""What then counts beside bounds, try by try: little, so that shape does not stand in the way."""
ROOM, CRAMPED = 0.08, 1.0
"""Grids whose average leaves less room than this to the nearest bound cost so much more: cities grow."""
WORKED_ON = 2
"""How many numbers of grids are worked on once each was tried."""
COMMON_WINDOW, NARROWEST = 0.21, 0.02
"""Half of what bounds leave, as a share of its middle: where evenness weighs what the aims say, and the least."""


def choose(
    problem: Problem,
    ground: Ground,
    counts: Sequence[int],
    *,
    aims: Aims,
    rng: np.random.Generator,
    cancelled: Callable[[], bool],
) -> tuple[Ints, int, float]:
    """Labels, number of grids, and how far bounds are broken in all (0: nowhere)."""
    tried: list[Search] = []
    for count in counts:
        if tried and cancelled():
            break
        tried.append(_search(problem, ground, count, aims, rng))
        tried[-1].start(math.ceil(STARTS / len(counts)), cancelled)
        _rescue(problem, tried[-1], rng)
    found = sorted(tried, key=lambda one: _rank(problem, one))
    worked_on = found[:WORKED_ON]
    for one in worked_on:
        one.improve(ROUNDS // len(worked_on), cancelled)
    best = min(found, key=lambda one: _rank(problem, one))
    if broken(problem, best.label, best.count) > HOLDS:
        best = _harder(problem, ground, found, rng, cancelled)
    label = best.label.astype(np.intp)
    return label, best.count, broken(problem, label, best.count)


def improved(
    problem: Problem,
    ground: Ground,
    label: Ints,
    count: int,
    *,
    aims: Aims,
    rng: np.random.Generator,
    cancelled: Callable[[], bool],
) -> Ints:
    """A partition found elsewhere, made better; bounds that hold keep holding."""
    search = _search(problem, ground, count, aims, rng)
    search.take(label)
    search.improve(ROUNDS, cancelled)
    better = search.label.astype(np.intp)
    if broken(problem, better, count) > broken(problem, label, count) + HOLDS:
        return label
    return better


def broken(problem: Problem, label: NDArray[np.integer], count: int) -> float:
    """How far all grids are outside both bounds."""
    return Parts(problem, label.astype(np.intp), count).total_broken()


def unavoidable(problem: Problem, count: int) -> float:
    """What ``count`` grids are outside both bounds at least: where their average is, and where single blocks are."""
    rule, least = problem.rule, 0.0
    for load, bounds in (
        (problem.households, rule.households),
        (problem.residents, rule.residents),
    ):
        over = load[load > bounds[1]] / bounds[1] - 1
        least += max(count * excess(float(load.sum()) / count, bounds), float(over.sum()))
    return least


def _search(
    problem: Problem, ground: Ground, count: int, aims: Aims, rng: np.random.Generator
) -> Search:
    cost = make_cost(ground, count, problem.rule, fitted(problem, aims))
    return Search(ground, count, cost, int(rng.integers(1, 2**62)))


def fitted(problem: Problem, aims: Aims) -> Aims:
    """The aims as they weigh in this community: evenness more where bounds leave little."""
    return replace(aims, even=aims.even * math.sqrt(COMMON_WINDOW / _window(problem)))


def _window(problem: Problem) -> float:
    """Half of what both bounds leave to a grid of average households, as a share of its middle: where that is narrow,
    uneven grids are the first that growth breaks."""
    rule, (households, residents) = problem.rule, problem.totals
    people = max(residents / max(1, households), 1e-9)
    low = max(rule.households[0], rule.residents[0] / people)
    high = min(rule.households[1], rule.residents[1] / people)
    return max(NARROWEST, (high - low) / max(1.0, high + low))


def _rank(problem: Problem, one: Search) -> tuple[float, float]:
    off = broken(problem, one.label, one.count)
    left = room(*problem.totals, one.count, problem.rule)
    return (off if off > HOLDS else 0.0), one.per_grid + CRAMPED * max(0.0, ROOM - left)


def _rescue(problem: Problem, one: Search, rng: np.random.Generator) -> None:
    """Where no random start came out whole, one from METIS or trees."""
    if not np.isfinite(one.energy):
        label = split(problem, np.arange(problem.size), one.count, rng)
        assert label is not None  # the count never exceeds the number of blocks
        one.take(label)


def _harder(
    problem: Problem,
    ground: Ground,
    found: Sequence[Search],
    rng: np.random.Generator,
    cancelled: Callable[[], bool],
) -> Search:
    """More of everything for each number of grids, until bounds hold as far as they can."""
    nearest = min(unavoidable(problem, one.count) for one in found)
    for one in found:
        if cancelled():
            break
        for aims in HARD_AIMS:
            _try_hard(problem, one, _search(problem, ground, one.count, aims, rng), cancelled)
        if _can_be_nearer(problem, one):
            label = repair(
                problem, one.label.astype(np.intp), one.count, rng,
                steps=REPAIR_STEPS, cancelled=cancelled,
            )  # fmt: skip
            one.take(label)
        off = broken(problem, one.label, one.count)
        if off <= HOLDS:
            one.improve(ROUNDS, cancelled)
        if off <= nearest + HOLDS:
            break
    return min(found, key=lambda one: _rank(problem, one))


def _try_hard(problem: Problem, one: Search, lean: Search, cancelled: Callable[[], bool]) -> None:
    """Search with aims that leave bounds more room, unless they hold already as far as they can."""

    def done() -> bool:
        return cancelled() or not _can_be_nearer(problem, lean)

    if _can_be_nearer(problem, one):
        lean.take(one.label)
        lean.start(HARD_STARTS, done)
        lean.improve(HARD_ROUNDS, done)
        one.take(lean.label)


def _can_be_nearer(problem: Problem, one: Search) -> bool:
    """Whether bounds are broken by more than they must be."""
    least = unavoidable(problem, one.count)
    return broken(problem, one.label, one.count) > least + HOLDS
