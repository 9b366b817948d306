"""The cheapest division of some dozen blocks into connected grids, by trying every one: compiled, and exact.

A grid is grown from the lowest block that is left, one neighbour taken or barred at a time, so that each division is
met once; what costs as much as the best already is not pursued, for no grid costs less than nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo._jit import inlined, kernel
from geo.partition._energy import Cost, grid_cost
from geo.partition._partitions import NONE, ONE, flood, lowest
from geo.partition.ground import Ground

Ints = NDArray[np.int64]
Masks = NDArray[np.uint64]


@kernel
def _ways(ground: Ground) -> Masks:
    """The blocks that each one's grid could go on to."""
    beside = np.zeros(ground.amounts.shape[1], np.uint64)
    for e in range(len(ground.tail)):
        if ground.passable[e]:
            beside[ground.tail[e]] |= ONE << np.uint64(ground.neighbour[e])
    return beside


@kernel
def _price(mask: np.uint64, ground: Ground, cost: Cost) -> float:
    """What the blocks of a mask cost as a grid, and half of what its border off the roads does: the grid beyond pays
    the other half."""
    households, residents, load, area, around, off = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    left = mask
    while left != NONE:
        i = lowest(left)
        left = left & (left - ONE)
        households += ground.amounts[0, i]
        residents += ground.amounts[1, i]
        load += ground.amounts[2, i]
        area += ground.amounts[3, i]
        around += ground.amounts[4, i]
        for e in range(ground.start[i], ground.start[i + 1]):
            if mask >> np.uint64(ground.neighbour[e]) & ONE != NONE:
                around -= ground.length_m[e]
            else:
                off += ground.off_m[e]
    own = grid_cost(households, residents, load, area, around, cost)
    return own + 0.5 * cost.off_per_m * off


@inlined
def _partible(rest: np.uint64, parts: int, beside: Masks) -> bool:
    """Whether a rest can be so many grids: no fewer blocks, and in no more pieces."""
    blocks, pieces, left = 0, 0, rest
    while left != NONE:
        left = left & (left - ONE)
        blocks += 1
    left = rest
    while left != NONE:
        left = left & ~flood(left & (~left + ONE), left, beside)
        pieces += 1
    return pieces <= parts <= blocks


@kernel
def cheapest(best: Ints, grids: int, ground: Ground, cost: Cost) -> float:
    """Fill ``best`` (no more than 63 blocks) with the cheapest division into ``grids`` >= 2; what it costs, infinity
    where there is none."""
    size, least = len(best), np.inf
    beside = _ways(ground)
    left, spent = np.zeros(grids, np.uint64), np.zeros(grids)
    base, chosen = np.zeros(grids, np.int64), np.zeros(grids, np.uint64)
    room = grids * (2 * size + 8)
    sets, barred, around = (
        np.zeros(room, np.uint64),
        np.zeros(room, np.uint64),
        np.zeros(room, np.uint64),
    )
    fresh = np.zeros(room, np.bool_)
    level, top = 0, 1
    left[0] = (ONE << np.uint64(size)) - ONE
    sets[0], around[0], fresh[0] = ONE, beside[0], True
    while level >= 0:
        if top == base[level]:
            level -= 1
            continue
        top -= 1
        mine, bar, near = sets[top], barred[top], around[top]
        if fresh[top]:
            fresh[top] = False
            top += 1  # it is grown on later
            rest, parts = left[level] & ~mine, grids - level - 1
            if not _partible(rest, parts, beside):
                continue
            paid = spent[level] + _price(mine, ground, cost)
            if paid >= least:
                continue
            chosen[level] = mine
            if parts > 1:
                level += 1
                base[level], left[level], spent[level] = top, rest, paid
                sets[top], barred[top] = rest & (~rest + ONE), NONE
                around[top], fresh[top] = beside[lowest(rest)], True
                top += 1
                continue
            paid += _price(rest, ground, cost)
            if paid < least:
                least, chosen[level + 1] = paid, rest
                for i in range(size):
                    for grid in range(grids):
                        if chosen[grid] >> np.uint64(i) & ONE != NONE:
                            best[i] = grid
            continue
        edge = near & left[level] & ~mine & ~bar
        if edge == NONE:
            continue
        block = edge & (~edge + ONE)
        sets[top], barred[top], around[top], fresh[top] = mine, bar | block, near, False
        top += 1
        sets[top], barred[top], fresh[top] = mine | block, bar, True
        around[top] = near | beside[lowest(edge)]
        top += 1
    return least
