"""What a partition costs, grid by grid: compiled, and the one place that says what is better.

A grid pays for broken bounds, for a load off the mean (squared), for a ragged outline (1 - Polsby-Popper) and for
its border where no road or river runs. Costs add up, so that a move changes those of two grids alone.
"""

# ruff: noqa: PLR0917 - kernels take their arguments by position

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo._jit import inlined, kernel
from geo.partition.ground import Ground

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOUR_PI = 4 * np.pi


class Cost(NamedTuple):
    """What each fault costs, the bounds (households and residents, from and to), and the mean load of a grid."""

    broken: float
    uneven: float
    ragged: float
    off_per_m: float
    least_h: float
    most_h: float
    least_r: float
    most_r: float
    mean_load: float


@inlined
def dice(state: NDArray[np.uint64]) -> float:
    """A number in [0, 1) from a state of one word (splitmix64, Steele et al. 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def outside(value: float, least: float, most: float) -> float:
    """By what share of the bound a value breaks it."""
    broken = 0.0
    if value < least:
        broken = (least - value) / least
    elif value > most:
        broken = (value - most) / most
    return broken


@inlined
def grid_cost(
    households: float, residents: float, load: float, area: float, around: float, cost: Cost
) -> float:
    """The cost of one grid, but for its borders off the roads."""
    broken = outside(households, cost.least_h, cost.most_h)
    broken += outside(residents, cost.least_r, cost.most_r)
    off = load / cost.mean_load - 1.0
    # A grid without an outline in metres (a test's, a block of no extent) is taken as a disc.
    compact = FOUR_PI * area / (around * around) if around > 0.0 else 1.0
    return cost.broken * broken + cost.uneven * off * off + cost.ragged * (1.0 - compact)


@kernel
def tally(label: Ints, ground: Ground, totals: Floats) -> float:
    """Fill totals (6, grids): amounts of each grid, its perimeter, how many blocks. Returns metres off the roads."""
    totals[:] = 0.0
    off = 0.0
    for i in range(len(label)):
        grid = label[i]
        for row in range(5):
            totals[row, grid] += ground.amounts[row, i]
        totals[5, grid] += 1
        for e in range(ground.start[i], ground.start[i + 1]):
            other = ground.neighbour[e]
            if label[other] == grid:
                totals[4, grid] -= ground.length_m[e]
            elif other > i:
                off += ground.off_m[e]
    return off


@kernel
def total_cost(label: Ints, count: int, ground: Ground, cost: Cost) -> float:
    """The cost of a whole partition."""
    totals = np.zeros((6, count))
    energy = cost.off_per_m * tally(label, ground, totals)
    for g in range(count):
        energy += grid_cost(
            totals[0, g], totals[1, g], totals[2, g], totals[3, g], totals[4, g], cost
        )
    return energy
