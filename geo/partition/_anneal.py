"""Simulated annealing over moves between two neighbouring grids (Kirkpatrick et al. 1983), compiled.

A move takes one block, or all that a grid holds of a face (so that borders jump from road to road), or swaps two
blocks. Every grid stays in one piece; totals, perimeters and costs follow by differences.
"""

# ruff: noqa: PLR0912, PLR0915, PLR0917 - kernels: positional, and in one piece so that they stay fast

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo._jit import inlined, kernel
from geo.partition._energy import Cost, dice, grid_cost
from geo.partition.ground import Ground

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
State = NDArray[np.uint64]

WHOLE_FACES = 0.4
"""The share of moves that take all that a grid holds of a face."""
SWAPS = 0.15
LEAST_GAIN = 1e-12


class Work(NamedTuple):
    """Scratch space of one search. stamp, mark: which blocks a walk has seen; stack, moved, best: lists of blocks;
    shift: what a move adds to the target's amounts, both perimeters and metres off the roads."""

    stamp: Ints
    mark: Ints
    stack: Ints
    moved: Ints
    best: Ints
    shift: Floats
    cost: Floats


def new_work(blocks: int, grids: int) -> Work:
    """Scratch space for a problem of that size."""
    return Work(
        stamp=np.zeros(blocks, np.int64),
        mark=np.zeros(1, np.int64),
        stack=np.zeros(blocks + 1, np.int64),
        moved=np.zeros(blocks + 1, np.int64),
        best=np.zeros(blocks, np.int64),
        shift=np.zeros(7),
        cost=np.zeros(grids),
    )


@kernel
def _face_part(block: int, label: Ints, ground: Ground, work: Work) -> int:
    """Collect in work.moved what the block's grid holds of its face in one piece; how many blocks."""
    work.mark[0] += 1
    mark, grid, face = work.mark[0], label[block], ground.face[block]
    work.stamp[block] = mark
    work.moved[0], count, done = block, 1, 0
    while done < count:
        u = work.moved[done]
        done += 1
        for e in range(ground.start[u], ground.start[u + 1]):
            v = ground.neighbour[e]
            if (
                work.stamp[v] != mark
                and label[v] == grid
                and ground.face[v] == face
                and ground.passable[e]
            ):
                work.stamp[v] = mark
                work.moved[count] = v
                count += 1
    return count


@kernel
def _swap_partner(block: int, other: int, label: Ints, ground: Ground, state: State) -> int:
    """A block of the other grid, near ``other``, that touches the first grid elsewhere; -1 if none was met."""
    source, target, at = label[block], label[other], other
    for _ in range(3):
        degree = ground.start[at + 1] - ground.start[at]
        v = ground.neighbour[ground.start[at] + int(dice(state) * degree)]
        if label[v] == target:
            at = v
    if at == other:
        return -1
    for e in range(ground.start[at], ground.start[at + 1]):
        v = ground.neighbour[e]
        if ground.passable[e] and label[v] == source and v != block:
            return at
    return -1


@inlined
def _shift(
    block: int, source: int, target: int, sign: float, label: Ints, ground: Ground, shift: Floats
) -> None:
    """Move one block and add what that changes. ``sign`` -1: a block that comes back the other way."""
    near, far, off = 0.0, 0.0, 0.0
    for e in range(ground.start[block], ground.start[block + 1]):
        grid = label[ground.neighbour[e]]
        if grid == source:
            near += ground.length_m[e]
            off += ground.off_m[e]
        elif grid == target:
            far += ground.length_m[e]
            off -= ground.off_m[e]
    around = ground.amounts[4, block]
    lost, gained = around - 2.0 * near, around - 2.0 * far
    if sign > 0:
        shift[4] -= lost
        shift[5] += gained
    else:
        shift[5] -= lost
        shift[4] += gained
    shift[6] += off
    for row in range(4):
        shift[row] += sign * ground.amounts[row, block]
    label[block] = target


@kernel
def _whole(first: int, size: float, label: Ints, ground: Ground, work: Work) -> bool:
    """Whether the grid of block ``first`` hangs together, given how many blocks it has."""
    work.mark[0] += 1
    mark, grid = work.mark[0], label[first]
    work.stamp[first] = mark
    work.stack[0], top, seen = first, 1, 1
    while top > 0:
        top -= 1
        u = work.stack[top]
        for e in range(ground.start[u], ground.start[u + 1]):
            v = ground.neighbour[e]
            if work.stamp[v] != mark and label[v] == grid and ground.passable[e]:
                work.stamp[v] = mark
                work.stack[top] = v
                top += 1
                seen += 1
    return seen == size


@kernel
def _left_behind(source: int, count: int, label: Ints, ground: Ground, work: Work) -> int:
    """A block of the source grid beside those that moved away; -1 if nothing is left there."""
    for x in range(count):
        u = work.moved[x]
        for e in range(ground.start[u], ground.start[u + 1]):
            if label[ground.neighbour[e]] == source and ground.passable[e]:
                return int(ground.neighbour[e])
    return -1


@inlined
def _cost_after(
    grid: int, sign: float, around: float, totals: Floats, shift: Floats, cost: Cost
) -> float:
    return grid_cost(
        totals[0, grid] + sign * shift[0],
        totals[1, grid] + sign * shift[1],
        totals[2, grid] + sign * shift[2],
        totals[3, grid] + sign * shift[3],
        totals[4, grid] + around,
        cost,
    )


@kernel
def anneal(
    label: Ints,
    active: Ints,
    chosen: Bools,
    ground: Ground,
    cost: Cost,
    steps: int,
    hot: float,
    cold: float,
    state: State,
    totals: Floats,
    work: Work,
) -> None:
    """Move ``active`` blocks between ``chosen`` grids; ``label`` becomes the best partition met.

    ``totals`` must be those of ``label`` (`tally`), and are not kept. Temperature falls from ``hot`` to ``cold``.
    """
    shift, now, best = work.shift, 0.0, 0.0
    for grid in range(totals.shape[1]):
        shift[:] = 0.0
        work.cost[grid] = _cost_after(grid, 0.0, 0.0, totals, shift, cost)
    for x in range(len(active)):
        work.best[x] = label[active[x]]
    heat, cooling = hot, (cold / hot) ** (1.0 / max(1, steps))
    for _ in range(steps):
        heat *= cooling
        block = active[int(dice(state) * len(active))]
        degree = ground.start[block + 1] - ground.start[block]
        if degree == 0:
            continue
        e = ground.start[block] + int(dice(state) * degree)
        other = ground.neighbour[e]
        source, target = label[block], label[other]
        if source == target or not chosen[target] or not ground.passable[e]:
            continue
        kind, count, back = dice(state), 1, -1
        work.moved[0] = block
        if kind < WHOLE_FACES:
            count = _face_part(block, label, ground, work)
        elif kind < WHOLE_FACES + SWAPS:
            back = _swap_partner(block, other, label, ground, state)
            if back < 0:
                continue
        if count >= totals[5, source]:
            continue
        shift[:] = 0.0
        for x in range(count):
            _shift(work.moved[x], source, target, 1.0, label, ground, shift)
        if back >= 0:
            _shift(back, target, source, -1.0, label, ground, shift)
        less = _cost_after(source, -1.0, shift[4], totals, shift, cost)
        more = _cost_after(target, 1.0, shift[5], totals, shift, cost)
        change = less + more - work.cost[source] - work.cost[target] + cost.off_per_m * shift[6]
        moved = float(count) - (1.0 if back >= 0 else 0.0)
        kept = change <= 0.0 or dice(state) < math.exp(-change / heat)
        if kept:
            first = _left_behind(source, count, label, ground, work)
            kept = first >= 0 and _whole(first, totals[5, source] - moved, label, ground, work)
            if kept and back >= 0:
                kept = _whole(block, totals[5, target] + moved, label, ground, work)
        if not kept:
            for x in range(count):
                label[work.moved[x]] = source
            if back >= 0:
                label[back] = target
            continue
        for row in range(4):
            totals[row, source] -= shift[row]
            totals[row, target] += shift[row]
        totals[4, source] += shift[4]
        totals[4, target] += shift[5]
        totals[5, source] -= moved
        totals[5, target] += moved
        work.cost[source], work.cost[target] = less, more
        now += change
        if now < best - LEAST_GAIN:
            best = now
            for x in range(len(active)):
                work.best[x] = label[active[x]]
    for x in range(len(active)):
        label[active[x]] = work.best[x]
