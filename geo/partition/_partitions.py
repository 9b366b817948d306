"""Every division of a few blocks into connected parts, compiled: the most even one, and the proof that it is.

A part is grown from the lowest block that is left, one neighbour taken or barred at a time, so that each connected set
is met once. What weighs too much, can't reach enough, or leaves a rest that no number of parts divides is not pursued;
the better the best division, the narrower the window.
"""

# ruff: noqa: PLR0915, PLR0917 - kernels take their arguments by position, and a loop that leaps can not be cut up

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo._jit import inlined, kernel

Ints = NDArray[np.int64]
Masks = NDArray[np.uint64]

MOST_BLOCKS = 63
NONE, ONE = np.uint64(0), np.uint64(1)


@inlined
def lowest(mask: np.uint64) -> int:
    """The number of the lowest bit."""
    number, left = 0, mask
    while left & ONE == NONE:
        left = left >> ONE
        number += 1
    return number


@inlined
def flood(start: np.uint64, within: np.uint64, beside: Masks) -> np.uint64:
    """All that ``start`` reaches inside ``within``."""
    reached, edge = start, start
    while edge != NONE:
        around = NONE
        while edge != NONE:
            block = lowest(edge)
            edge = edge & (edge - ONE)
            around = around | beside[block]
        edge = around & within & ~reached
        reached = reached | edge
    return reached


@inlined
def _weigh(mask: np.uint64, weight: Ints) -> int:
    total, left = 0, mask
    while left != NONE:
        total += weight[lowest(left)]
        left = left & (left - ONE)
    return total


@inlined
def _divisible(
    rest: np.uint64, parts: int, low: int, high: int, beside: Masks, weight: Ints
) -> bool:
    """Whether each piece of a rest could hold whole parts, ``parts`` in all, by arithmetic."""
    least, most, left = 0, 0, rest
    while left != NONE:
        piece = flood(left & (~left + ONE), left, beside)
        left = left & ~piece
        load = _weigh(piece, weight)
        fewest = max(1, (load + high - 1) // high) if high > 0 else 1
        largest = load // low if low > 0 else parts
        if fewest > largest:
            return False
        least += fewest
        most += largest
    return least <= parts <= most


@kernel
def most_even(
    beside: Masks, weight: Ints, parts: int, best: int, steps: int
) -> tuple[int, Masks, int]:
    """The most even division into ``parts`` >= 2 that is better than ``best`` (of ``parts`` x weight - total, the
    largest absolute value): that value, the parts as bit masks (all zero: there is none), and the steps left
    (negative: they did not suffice, nothing is proved)."""
    size = len(weight)
    total = 0
    for one in weight:
        total += one
    found = np.zeros(parts, dtype=np.uint64)
    chosen = np.zeros(parts, dtype=np.uint64)
    left = np.zeros(parts, dtype=np.uint64)
    worst = np.zeros(parts + 1, dtype=np.int64)
    base = np.zeros(parts, dtype=np.int64)
    room = parts * (2 * size + 8)
    sets, barred, around = (
        np.zeros(room, dtype=np.uint64),
        np.zeros(room, dtype=np.uint64),
        np.zeros(room, dtype=np.uint64),
    )
    load, fresh = np.zeros(room, dtype=np.int64), np.zeros(room, dtype=np.int64)
    level, top = 0, 0
    left[0] = (ONE << np.uint64(size)) - ONE
    sets[0], around[0], load[0], fresh[0], top = ONE, beside[0], weight[0], 1, 1
    while level >= 0:
        if top == base[level]:
            level -= 1
            continue
        steps -= 1
        if steps < 0:
            return best, found, steps
        low = (total - best) // parts + 1
        high = -((-total - best) // parts) - 1
        top -= 1
        mine, bar, near, held = sets[top], barred[top], around[top], load[top]
        if held > high or worst[level] >= best:
            continue
        if fresh[top] == 1:
            fresh[top] = 0
            top += 1  # it is grown on later
            rest = left[level] & ~mine
            if held < low or rest == NONE:
                continue
            off = max(worst[level], abs(parts * held - total))
            if level == parts - 2:
                other = _weigh(rest, weight)
                off = max(off, abs(parts * other - total))
                if off < best and flood(rest & (~rest + ONE), rest, beside) == rest:
                    best = off
                    chosen[level], chosen[level + 1] = mine, rest
                    found[:] = chosen
            elif _divisible(rest, parts - level - 1, low, high, beside, weight):
                chosen[level] = mine
                level += 1
                base[level], left[level], worst[level] = top, rest, off
                first = lowest(rest)
                sets[top], barred[top] = rest & (~rest + ONE), NONE
                around[top], load[top], fresh[top] = beside[first], weight[first], 1
                top += 1
            continue
        edge = near & left[level] & ~mine & ~bar
        if edge == NONE:
            continue
        block = edge & (~edge + ONE)
        number = lowest(edge)
        without = bar | block
        if _weigh(flood(mine, left[level] & ~without, beside), weight) >= low:
            sets[top], barred[top], around[top] = mine, without, near
            load[top], fresh[top] = held, 0
            top += 1
        sets[top], barred[top] = mine | block, bar
        around[top], load[top], fresh[top] = near | beside[number], held + weight[number], 1
        top += 1
    return best, found, steps
