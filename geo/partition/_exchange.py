"""Blocks exchanged between neighbouring grids until bounds hold, as few households as can be away from home: compiled.

Simulated annealing (Kirkpatrick et al. 1983) of single moves across the edges that lie between two grids, which are
kept as a set. Bounds cost most, then households away from home, then the borders. Every grid stays in one piece and
none is given up.
"""

# ruff: noqa: PLR0912, PLR0917 - kernels: positional, and in one piece so that they stay fast

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from geo._jit import inlined, kernel
from geo.partition._energy import dice, outside

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FROZEN = 20.0
"""How many times the temperature a move may cost at most."""


@kernel
def _stays_whole(
    block: int, label: Ints, start: Ints, neighbour: Ints, stamp: Ints, queue: Ints, mark: int
) -> bool:
    """Whether a block's grid is in one piece, and not empty, without it.

    Most often the block's neighbours hang together by themselves. Where they don't, two searches go in turn, one from
    the first and one from another, so that a small piece is found to be one without walking through the large one.
    stamp: scratch, < 3 * mark everywhere; queue: scratch (2, blocks + 1)."""
    grid, wanted, first, unmet = label[block], 0, -1, -3 * mark
    for e in range(start[block], start[block + 1]):
        if label[neighbour[e]] == grid:
            wanted += 1
            first = neighbour[e]
            stamp[first] = unmet
    if wanted <= 1:
        return wanted == 1
    here, there = 3 * mark, 3 * mark + 1
    stamp[block] = 3 * mark + 2
    stamp[first] = here
    queue[0, 0], last, done, met = first, 1, 0, 1
    while done < last and met < wanted:
        at = queue[0, done]
        done += 1
        for e in range(start[at], start[at + 1]):
            other = neighbour[e]
            if stamp[other] == unmet:
                stamp[other] = here
                queue[0, last] = other
                last += 1
                met += 1
    if met == wanted:
        return True
    for e in range(start[block], start[block + 1]):
        if stamp[neighbour[e]] == unmet:
            first = neighbour[e]
            break
    stamp[first] = there
    queue[1, 0], met = first, met + 1
    # What is taken next and how many there are, of this search and of the other one.
    done, other_done, other_last, side, joined = 0, 0, 1, 0, False
    while met < wanted or not joined:
        if done == last:
            if not joined or other_done == other_last:
                return False
        else:
            at = queue[side, done]
            done += 1
            for e in range(start[at], start[at + 1]):
                other = neighbour[e]
                if label[other] != grid or stamp[other] == here or other == block:
                    continue
                if stamp[other] == there:
                    joined = True
                    continue
                if stamp[other] == unmet:
                    met += 1
                stamp[other] = here
                queue[side, last] = other
                last += 1
        here, there, side = there, here, 1 - side
        done, last, other_done, other_last = other_done, other_last, done, last
    return True


@kernel
def _off(grid: int, h: float, r: float, totals: Floats, rule: Floats) -> float:
    """By how much a grid with so much more breaks its bounds."""
    return outside(totals[0, grid] + h, rule[0], rule[1]) + outside(
        totals[1, grid] + r, rule[2], rule[3]
    )


@inlined
def _put(edge: int, opened: bool, border: Ints, place: Ints, number: Ints) -> None:
    """An edge into the set of those between two grids, or out of it."""
    if opened and place[edge] < 0:
        place[edge] = number[0]
        border[number[0]] = edge
        number[0] += 1
    elif not opened and place[edge] >= 0:
        number[0] -= 1
        last, hole = border[number[0]], place[edge]
        border[hole] = last
        place[last] = hole
        place[edge] = -1


@kernel
def exchange(
    label: Ints,
    home: Ints,
    households: Floats,
    residents: Floats,
    start: Ints,
    neighbour: Ints,
    tail: Ints,
    twin: Ints,
    price: Floats,
    away: Floats,
    rule: Floats,
    totals: Floats,
    broken_price: float,
    steps: int,
    hot: float,
    cold: float,
    state: NDArray[np.uint64],
) -> bool:
    """``label`` becomes the cheapest partition met that holds all bounds (else it is where the search ended); whether.

    start, neighbour, price: the graph row by row; tail, twin: the block that an edge leaves, the same edge the other
    way. away: what each block costs that is not at ``home``. rule: least and most households, least and most
    residents. totals (2, grids): of ``label``; kept up to date.
    """
    size, grids = len(label), totals.shape[1]
    stamp, queue, best = np.zeros(size, np.int64), np.zeros((2, size + 1), np.int64), label.copy()
    border, place = np.zeros(len(neighbour), np.int64), np.full(len(neighbour), -1, np.int64)
    number = np.zeros(1, np.int64)
    for e in range(len(neighbour)):
        _put(e, label[tail[e]] != label[neighbour[e]], border, place, number)
    found, energy, least, broken = False, 0.0, math.inf, 0.0
    off = np.zeros(grids)
    for grid in range(grids):
        off[grid] = _off(grid, 0.0, 0.0, totals, rule)
        broken += off[grid]
    heat, cooling = hot, (cold / hot) ** (1.0 / max(1, steps))
    for step in range(steps):
        if number[0] == 0:
            break
        heat *= cooling
        edge = border[int(dice(state) * number[0])]
        block = tail[edge]
        source, target = label[block], label[neighbour[edge]]
        h, r = households[block], residents[block]
        less = _off(source, -h, -r, totals, rule)
        more = _off(target, h, r, totals, rule)
        worse = less - off[source]
        worse += more - off[target]
        change = broken_price * worse
        if target == home[block]:
            change -= away[block]
        elif source == home[block]:
            change += away[block]
        for e in range(start[block], start[block + 1]):
            grid = label[neighbour[e]]
            # without branches, which could not be foreseen
            change += price[e] * (int(grid == source) - int(grid == target))
        if change > 0.0 and (change > FROZEN * heat or dice(state) >= math.exp(-change / heat)):
            continue
        if not _stays_whole(block, label, start, neighbour, stamp, queue, step + 1):
            continue
        label[block] = target
        for e in range(start[block], start[block + 1]):
            opened = label[neighbour[e]] != target
            _put(e, opened, border, place, number)
            _put(twin[e], opened, border, place, number)
        totals[0, source] -= h
        totals[0, target] += h
        totals[1, source] -= r
        totals[1, target] += r
        off[source], off[target] = less, more
        energy += change
        broken += worse
        if broken < 1e-9 and energy < least - 1e-9:
            found, least = True, energy
            best[:] = label
    if found:
        label[:] = best
    return found
