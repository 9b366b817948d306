"""Where grids touch, and whether they hang together: compiled, and kept up as blocks change hands.

Most edges of a community lie inside a grid, so that a search that takes any edge wastes nine in ten tries; the edges
across which a block could change hands are kept as a set. A grid that loses blocks still hangs together where those
that lay beside them reach one another, which a walk sees long before it has seen the whole grid.
"""

# ruff: noqa: PLR0917 - kernels take their arguments by position

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo._jit import inlined, kernel
from geo.partition.ground import Ground

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Frontier(NamedTuple):
    """open: the edges, number[0] of them; place: of each edge in ``open``, -1: not there; free: the blocks that may
    change hands. stamp, wanted, mark, queue: scratch space of walks."""

    open: Ints
    place: Ints
    number: Ints
    free: Bools
    stamp: Ints
    wanted: Ints
    mark: Ints
    queue: Ints


def new_frontier(ground: Ground) -> Frontier:
    """An empty one."""
    edges, blocks = len(ground.neighbour), ground.amounts.shape[1]
    return Frontier(
        open=np.zeros(edges, np.int64),
        place=np.full(edges, -1, np.int64),
        number=np.zeros(1, np.int64),
        free=np.zeros(blocks, np.bool_),
        stamp=np.zeros(blocks, np.int64),
        wanted=np.zeros(blocks, np.int64),
        mark=np.zeros(1, np.int64),
        queue=np.zeros(blocks + 1, np.int64),
    )


@kernel
def open_edges(label: Ints, active: Ints, ground: Ground, frontier: Frontier) -> None:
    """Begin anew: the edges between ``active`` blocks of different grids."""
    for x in range(frontier.number[0]):
        frontier.place[frontier.open[x]] = -1
    frontier.number[0] = 0
    frontier.free[:] = False
    for block in active:
        frontier.free[block] = True
    for block in active:
        refresh(block, label, ground, frontier)


@kernel
def refresh(block: int, label: Ints, ground: Ground, frontier: Frontier) -> None:
    """Take in or out what a block's label opens or closes, both ways."""
    for e in range(ground.start[block], ground.start[block + 1]):
        other = ground.neighbour[e]
        if ground.passable[e] and frontier.free[other]:
            opened = label[block] != label[other]
            if opened != (frontier.place[e] >= 0):
                _put(e, opened, frontier)
                _put(ground.twin[e], opened, frontier)


@inlined
def _put(edge: int, opened: bool, frontier: Frontier) -> None:
    if opened:
        frontier.place[edge] = frontier.number[0]
        frontier.open[frontier.number[0]] = edge
        frontier.number[0] += 1
    else:
        frontier.number[0] -= 1
        last, hole = frontier.open[frontier.number[0]], frontier.place[edge]
        frontier.open[hole] = last
        frontier.place[last] = hole
        frontier.place[edge] = -1


@kernel
def hangs(
    grid: int, gone: Ints, count: int, come: int, label: Ints, ground: Ground, frontier: Frontier
) -> bool:
    """Whether a grid that hung together still does without the first ``count`` blocks of ``gone`` and with the block
    ``come`` (-1: none). Labels are those after the move."""
    frontier.mark[0] += 1
    mark, wanted, first = frontier.mark[0], 0, -1
    if come >= 0:
        frontier.wanted[come] = mark
        wanted, first = 1, come
    for x in range(count):
        block = gone[x]
        for e in range(ground.start[block], ground.start[block + 1]):
            other = ground.neighbour[e]
            if label[other] == grid and ground.passable[e] and frontier.wanted[other] != mark:
                frontier.wanted[other] = mark
                wanted += 1
                first = other
    return first >= 0 and _reached(first, wanted, mark, label, ground, frontier)


@kernel
def _reached(
    first: int, wanted: int, mark: int, label: Ints, ground: Ground, frontier: Frontier
) -> bool:
    """Whether a walk inside the grid of block ``first`` comes to all blocks that are wanted."""
    grid, queue = label[first], frontier.queue
    frontier.stamp[first] = mark
    queue[0], met, done = first, 1, 0
    wanted -= 1
    while wanted > 0 and done < met:
        block = queue[done]
        done += 1
        for e in range(ground.start[block], ground.start[block + 1]):
            other = ground.neighbour[e]
            if frontier.stamp[other] != mark and label[other] == grid and ground.passable[e]:
                frontier.stamp[other] = mark
                queue[met] = other
                met += 1
                if frontier.wanted[other] == mark:
                    wanted -= 1
    return wanted == 0
