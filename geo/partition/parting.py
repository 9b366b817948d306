"""One grid parted into a few, while somebody waits: the cost and the moves of a whole drawing, stopped as soon as more
of them would find the same."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.model import SizeRule
from geo.partition._anneal import new_work
from geo.partition._energy import Cost, total_cost
from geo.partition._few import Effort, few
from geo.partition.choose import HARD_AIMS, broken, fitted
from geo.partition.draw import draw_grids
from geo.partition.ground import Ground, community_ground
from geo.partition.problem import Problem, community_problem
from geo.partition.repair import HOLDS
from geo.partition.screen import feasible_counts
from geo.partition.search import BALANCED, COLD, COOL, HOT, SOFT, START_STEPS, make_cost

Ints = NDArray[np.intp]

MOST, MOST_HELD = 4, 2
"""Into more grids than this a whole drawing parts; the second, where the bounds hold: that is ground of n grids."""
EFFORT = Effort(START_STEPS, starts=60, again=10, rounds=40, hot=HOT, cool=COOL, cold=COLD)
HELD = EFFORT._replace(again=20)
"""Where the bounds hold, the ground is twice as large."""
SLACK = 0.25
"""By what share parts of a grid may differ from one another, where the bounds allow no such number of grids."""


def parted(block_map: BlockMap, count: int, *, bounds: SizeRule, seed: int = 0) -> Ints:
    """The grid of each block of a map of one community: ``count`` connected ones (no more than there are blocks),
    within the bounds if they can be, else about equal. The same input and seed give the same grids."""
    households, residents = int(block_map.households.sum()), int(block_map.residents.sum())
    rule = part_rule(households, residents, count, bounds)
    problem = community_problem(block_map, 0, rule)
    if count > (MOST_HELD if rule is bounds else MOST) or len(problem.joined):
        return _drawn(block_map, count, rule, seed)
    effort = HELD if rule is bounds else EFFORT
    label = _searched(problem, block_map, count, effort, seed)
    if label is None or (rule is bounds and broken(problem, label, count) > HOLDS):
        return _drawn(block_map, count, rule, seed)
    return label


def part_rule(households: int, residents: int, count: int, bounds: SizeRule) -> SizeRule:
    """The bounds where so many grids can hold them, else such that the parts are about equal."""
    if count in feasible_counts(households, residents, bounds):
        return bounds
    return SizeRule(households=_about(households / count), residents=_about(residents / count))


def _about(size: float) -> tuple[int, int]:
    return int(size * (1 - SLACK)), max(1, int(np.ceil(size * (1 + SLACK))))  # of nobody, too


def _drawn(block_map: BlockMap, count: int, rule: SizeRule, seed: int) -> Ints:
    """By a whole drawing, which repairs and proves."""
    code = str(block_map.communities["code"].iloc[0])
    return draw_grids(block_map, rule=rule, planned={code: count}, seed=seed).grid


def _searched(
    problem: Problem, block_map: BlockMap, count: int, effort: Effort, seed: int
) -> Ints | None:
    """The cheapest grids met; where they break bounds, looked for once more with little else in mind. None: no start
    came out whole."""
    ground = community_ground(problem, block_map, block_map.households.astype(np.float64))
    rng = np.random.default_rng([seed, zlib.crc32(problem.code.encode())])
    state = rng.integers(1, 2**62, 1).astype(np.uint64)
    cost = make_cost(ground, count, problem.rule, fitted(problem, BALANCED))
    label, least = _best(ground, cost, count, effort, state)
    if np.isfinite(least) and broken(problem, label.astype(np.intp), count) > HOLDS:
        lean = make_cost(ground, count, problem.rule, fitted(problem, HARD_AIMS[0]))
        other, _ = _best(ground, lean, count, effort, state)
        if total_cost(other, count, ground, cost) < least:
            label = other
    return label.astype(np.intp) if np.isfinite(least) else None


def _best(
    ground: Ground, cost: Cost, count: int, effort: Effort, state: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], float]:
    label = np.zeros(ground.amounts.shape[1], dtype=np.int64)
    soft = cost._replace(broken=cost.broken * SOFT)
    work, totals = new_work(ground, count), np.zeros((6, count))
    return label, few(label, ground, soft, cost, effort, state, totals, work)
