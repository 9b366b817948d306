"""The whole search for a few grids in one kernel: every division of some dozen blocks; of more, random partitions,
annealed, until the best of them is met again and again; then some of the grids drawn anew, until that has long been in
vain.

For some dozen blocks most starts of `Search` end where others did, and what the interpreter does between two of them
takes as long as the moves.
"""

# ruff: noqa: PLR0917 - kernels take their arguments by position

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo._jit import kernel
from geo.partition._anneal import Work, anneal
from geo.partition._cheapest import cheapest
from geo.partition._energy import Cost, dice, tally, total_cost
from geo.partition._regrow import regrow, some_group
from geo.partition.ground import Ground

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
State = NDArray[np.uint64]

SAME = 1e-7
"""Costs no further apart than this are those of one partition."""
LARGEST_GROUP = 4
MOST_TRIED = 16, 14, 12
"""Blocks whose every division into two, three and more grids is tried, which takes no longer than some starts: that
starts agree proves nothing, where between the two cheapest divisions of a few blocks there are only dear ones."""


class Effort(NamedTuple):
    """steps: moves tried for each block; starts: at most; again: how often the best of them is to be met; rounds: how
    many in a row are in vain at the end; hot, cool, cold: temperatures, bounds are soft above ``cool``."""

    steps: int
    starts: int
    again: int
    rounds: int
    hot: float
    cool: float
    cold: float


@kernel
def _settled(
    label: Ints,
    group: Ints,
    inside: Bools,
    ground: Ground,
    soft: Cost,
    hard: Cost,
    steps: int,
    effort: Effort,
    state: State,
    totals: Floats,
    work: Work,
) -> float:
    """The blocks ``inside`` shared out among ``group`` by chance, annealed under ``soft`` and then under ``hard``: what
    all cost then. Infinity where some can't be reached."""
    if not regrow(label, group, inside, ground, state):
        return np.inf
    active = np.flatnonzero(inside)
    moves = steps * len(active) // 3
    tally(label, ground, totals)
    anneal(label, active, ground, soft, 2 * moves, effort.hot, effort.cool, state, totals, work)
    tally(label, ground, totals)
    anneal(label, active, ground, hard, moves, effort.cool, effort.cold, state, totals, work)
    return total_cost(label, totals.shape[1], ground, hard)


@kernel
def _started(
    best: Ints,
    ground: Ground,
    soft: Cost,
    hard: Cost,
    effort: Effort,
    state: State,
    totals: Floats,
    work: Work,
) -> float:
    """Fill ``best`` with the best random partition; what it costs. Bounds are soft at first, or hard all along, or
    soft and four times as many moves are tried, in turn: each finds what the others miss."""
    every, group = np.ones(len(best), np.bool_), np.arange(totals.shape[1])
    label, least, met = np.zeros_like(best), np.inf, 0
    for turn in range(effort.starts):
        way = turn % 3
        first, steps = hard if way == 1 else soft, effort.steps * (4 if way == 2 else 1)
        cost = _settled(
            label, group, every, ground, first, hard, steps, effort, state, totals, work
        )
        if cost < least - SAME:
            best[:] = label
            least, met = cost, 1
        elif cost < least + SAME:
            met += 1
        if met >= effort.again:
            break
    return least


@kernel
def few(
    best: Ints,
    ground: Ground,
    soft: Cost,
    hard: Cost,
    effort: Effort,
    state: State,
    totals: Floats,
    work: Work,
) -> float:
    """Fill ``best`` with the best partition met, of up to `MOST_TRIED` blocks the cheapest there is; what it costs
    under ``hard``, infinity where none came out whole."""
    grids = totals.shape[1]
    if grids > 1 and len(best) <= MOST_TRIED[min(grids, 4) - 2]:
        return cheapest(best, grids, ground, hard)
    least = _started(best, ground, soft, hard, effort, state, totals, work)
    left = effort.rounds if grids > 2 and least < np.inf else 0
    while left > 0:
        left -= 1
        size = 2 + int(dice(state) * (min(grids, LARGEST_GROUP) - 1))
        chosen = some_group(best, grids, size, ground, state)
        group, inside, label = np.flatnonzero(chosen), chosen[best], best.copy()
        if len(group) < 2:
            continue
        cost = _settled(
            label, group, inside, ground, soft, hard, effort.steps, effort, state, totals, work
        )
        if cost < least - SAME:
            best[:] = label
            least, left = cost, effort.rounds
    return least
