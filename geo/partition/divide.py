"""Blocks with one number -> a given number of connected, compact parts whose sums deviate from the mean by little.

The sister of draw.py for what has no households and residents: census blocks, precincts, workload. Starts are power
diagrams, annealed within the bounds; ``prove`` asks the exact engine for the most even division there is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.errors import OptionError
from geo.model import SizeRule
from geo.partition.evenest import evenest
from geo.partition.ground import community_ground
from geo.partition.islands import leaping
from geo.partition.power import power_split
from geo.partition.problem import Problem, community_problem
from geo.partition.search import Aims, Search, make_cost

Ints = NDArray[np.intp]

STARTS, ROUNDS = 3, 12
AIMS = Aims(even=4.0, compact=3.0, lines=0.0)
EVEN_AIMS = Aims(even=400.0, compact=0.1, lines=0.0)
"""To look for the most even division before the exact engine does."""
EFFORT = 90.0
"""Deterministic time (about seconds) for a proof."""


@dataclass(frozen=True, slots=True)
class Division:
    """grid: of each block, 0 … count-1. worst: the largest deviation of a sum from the mean, as a share of it.

    proved: whether it is proved that no division is more even. leaps: the grids that hang together only by a
    crossing that is not there (blocks that touch nothing else).
    """

    grid: Ints
    worst: float
    proved: bool
    leaps: frozenset[int]


def divide(
    block_map: BlockMap,
    count: int,
    *,
    within: float,
    prove: bool = False,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Division:
    """Divide a block map of one community by its weight (``households``) into ``count`` parts.

    ``within``: the deviation from the mean that is allowed, as a share (0.01: 1 %); within it the most compact
    division found is given, else the one that breaks it least. ``prove``: the most even division instead, proved
    where ``EFFORT`` suffices. The same input and seed give the same division.
    Raises OptionError where there are fewer blocks than parts, or nothing to divide.
    """
    weight = block_map.households
    if not 1 <= count <= len(weight) or not weight.sum():
        raise OptionError("divide-count", count=count, blocks=len(weight), total=int(weight.sum()))
    mean = float(weight.sum()) / count
    problem = community_problem(block_map, 0, _rule(mean, within))
    aims = EVEN_AIMS if prove else AIMS
    search, starts = _start(problem, block_map, count, aims=aims, seed=seed)
    for turn, label in enumerate(starts):
        search.polish(label)
        if progress is not None:
            progress(turn + 1, STARTS)
        if cancelled():
            break
    search.improve(ROUNDS, cancelled)
    found = search.label.astype(np.intp)
    proved = False
    if prove:
        found, proved = evenest(problem, found, count, effort=EFFORT, cancelled=cancelled)
    return Division(found, _worst(weight, found, count), proved, frozenset(leaping(problem, found)))


def _rule(mean: float, within: float) -> SizeRule:
    """Bounds around the mean that allow what ``within`` allows; rounding takes nothing away."""
    low, high = math.ceil(mean * (1 - within) - 1e-6), math.floor(mean * (1 + within) + 1e-6)
    bounds = (max(0, low), max(high, math.ceil(mean)))
    return SizeRule(bounds, bounds)


def _worst(weight: NDArray[np.int64], grid: Ints, count: int) -> float:
    mean = float(weight.sum()) / count
    return float(np.abs(np.bincount(grid, weight, count) / mean - 1).max())


def _start(
    problem: Problem, block_map: BlockMap, count: int, *, aims: Aims, seed: int
) -> tuple[Search, Iterator[Ints]]:
    """An empty search, and what it starts from."""
    load = problem.households.astype(np.float64)
    ground = community_ground(problem, block_map, load)
    rng = np.random.default_rng(seed)
    cost = make_cost(ground, count, problem.rule, aims)
    search = Search(ground, count, cost, int(rng.integers(1, 2**62)))
    xy = shapely.get_coordinates(shapely.centroid(block_map.metric))
    times = STARTS if count > 1 else 1
    return search, (power_split(xy, load, problem.pairs, count, rng) for _ in range(times))
