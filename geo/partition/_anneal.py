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
from geo.partition._frontier import Frontier, hangs, new_frontier, open_edges, refresh
from geo.partition.ground import Ground

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
State = NDArray[np.uint64]

WHOLE_FACES = 0.4
"""The share of moves that take all that a grid holds of a face."""
SWAPS = 0.15
LEAST_GAIN = 1e-12


class Work(NamedTuple):
    """Scratch space of one search. moved, best: lists of blocks; shift: what a move adds to the target's amounts, both
    perimeters and metres off the roads; cost: of each grid; back: the block that comes back in a swap."""

    frontier: Frontier
    moved: Ints
    back: Ints
    best: Ints
    shift: Floats
    cost: Floats


def new_work(ground: Ground, grids: int) -> Work:
    """Scratch space for so many grids on that ground."""
    blocks = ground.amounts.shape[1]
    return Work(
        frontier=new_frontier(ground),
        moved=np.zeros(blocks + 1, np.int64),
        back=np.zeros(1, np.int64),
        best=np.zeros(blocks, np.int64),
        shift=np.zeros(7),
        cost=np.zeros(grids),
    )


@kernel
def _all_of_face(block: int, label: Ints, ground: Ground, work: Work) -> int:
    """Collect in work.moved the face of a block where all of it is in the block's grid; how many blocks, else 0."""
    face, grid = ground.face[block], label[block]
    first, last = ground.member_start[face], ground.member_start[face + 1]
    for x in range(first, last):
        if label[ground.member[x]] != grid:
            return 0
    for x in range(first, last):
        work.moved[x - first] = ground.member[x]
    return int(last - first)


@kernel
def _part_of_face(block: int, label: Ints, ground: Ground, work: Work) -> int:
    """Collect in work.moved what the block's grid holds of its face in one piece; how many blocks."""
    frontier = work.frontier
    frontier.mark[0] += 1
    mark, grid, face = frontier.mark[0], label[block], ground.face[block]
    frontier.stamp[block] = mark
    work.moved[0], count, done = block, 1, 0
    while done < count:
        u = work.moved[done]
        done += 1
        for e in range(ground.start[u], ground.start[u + 1]):
            v = ground.neighbour[e]
            if (
                frontier.stamp[v] != mark
                and label[v] == grid
                and ground.face[v] == face
                and ground.passable[e]
            ):
                frontier.stamp[v] = mark
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


@kernel
def _shift_face(
    face: int, source: int, target: int, label: Ints, ground: Ground, shift: Floats
) -> None:
    """What changes when a whole face goes from one grid to another."""
    near, far, off = 0.0, 0.0, 0.0
    for x in range(ground.rim_start[face], ground.rim_start[face + 1]):
        e = ground.rim[x]
        grid = label[ground.neighbour[e]]
        if grid == source:
            near += ground.length_m[e]
            off += ground.off_m[e]
        elif grid == target:
            far += ground.length_m[e]
            off -= ground.off_m[e]
    for row in range(4):
        shift[row] = ground.whole[row, face]
    shift[4] = 2.0 * near - ground.whole[4, face]
    shift[5] = ground.whole[4, face] - 2.0 * far
    shift[6] = off


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
    ground: Ground,
    cost: Cost,
    steps: int,
    hot: float,
    cold: float,
    state: State,
    totals: Floats,
    work: Work,
) -> None:
    """Move ``active`` blocks (all of some grids) between their grids; ``label`` becomes the best partition met.

    ``totals`` must be those of ``label`` (`tally`), and are not kept. Temperature falls from ``hot`` to ``cold``.
    """
    shift, moved, frontier, now, best = work.shift, work.moved, work.frontier, 0.0, 0.0
    for grid in range(totals.shape[1]):
        shift[:] = 0.0
        work.cost[grid] = _cost_after(grid, 0.0, 0.0, totals, shift, cost)
    for x in range(len(active)):
        work.best[x] = label[active[x]]
    open_edges(label, active, ground, frontier)
    heat, cooling = hot, (cold / hot) ** (1.0 / max(1, steps))
    for _ in range(steps):
        if frontier.number[0] == 0:
            break
        heat *= cooling
        e = frontier.open[int(dice(state) * frontier.number[0])]
        block, other = ground.tail[e], ground.neighbour[e]
        source, target = label[block], label[other]
        kind, count, back = dice(state), 0, -1
        if kind < WHOLE_FACES:
            count = _all_of_face(block, label, ground, work)
        elif kind < WHOLE_FACES + SWAPS:
            back = _swap_partner(block, other, label, ground, state)
            if back < 0:
                continue
        if count > 0:
            if count >= totals[5, source]:
                continue
            _shift_face(ground.face[block], source, target, label, ground, shift)
            for x in range(count):
                label[moved[x]] = target
        else:
            moved[0], count = block, 1
            if kind < WHOLE_FACES:
                count = _part_of_face(block, label, ground, work)
            if count >= totals[5, source]:
                continue
            shift[:] = 0.0
            for x in range(count):
                _shift(moved[x], source, target, 1.0, label, ground, shift)
            if back >= 0:
                _shift(back, target, source, -1.0, label, ground, shift)
        less = _cost_after(source, -1.0, shift[4], totals, shift, cost)
        more = _cost_after(target, 1.0, shift[5], totals, shift, cost)
        change = less + more - work.cost[source] - work.cost[target] + cost.off_per_m * shift[6]
        kept = change <= 0.0 or dice(state) < math.exp(-change / heat)
        if kept:
            kept = hangs(source, moved, count, back, label, ground, frontier)
            if kept and back >= 0:
                work.back[0] = back
                kept = hangs(target, work.back, 1, block, label, ground, frontier)
        if not kept:
            for x in range(count):
                label[moved[x]] = source
            if back >= 0:
                label[back] = target
            continue
        for x in range(count):
            refresh(moved[x], label, ground, frontier)
        if back >= 0:
            refresh(back, label, ground, frontier)
        for row in range(4):
            totals[row, source] -= shift[row]
            totals[row, target] += shift[row]
        gone = float(count) - (1.0 if back >= 0 else 0.0)
        totals[4, source] += shift[4]
        totals[4, target] += shift[5]
        totals[5, source] -= gone
        totals[5, target] += gone
        work.cost[source], work.cost[target] = less, more
        now += change
        if now < best - LEAST_GAIN:
            best = now
            for x in range(len(active)):
                work.best[x] = label[active[x]]
    for x in range(len(active)):
        label[active[x]] = work.best[x]
