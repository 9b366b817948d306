"""Compiles the kernels once, before pytest starts: its processes would each compile all of them at the same time.

    python -m tests.kernels

What it misses is compiled by whoever needs it first. A town of 12 x 12 is located in metres and in degrees, drawn and
mended.
"""

from __future__ import annotations

import os
import sys

import numpy as np
import shapely

from geo.locate import Locator
from geo.model import SizeRule
from geo.partition._anneal import new_work
from geo.partition._few import few
from geo.partition.evenest import evenest
from geo.partition.exchange import Effort, exchanged, network
from geo.partition.ground import plain_ground
from geo.partition.parting import EFFORT
from geo.partition.problem import Problem, make_problem
from geo.partition.search import BALANCED, Search, make_cost

SIDE = 12


def locate() -> None:
    """Compile what locates: few and many points, in metres and in degrees."""
    number = np.arange(SIDE * SIDE)
    column, row = number % SIDE, number // SIDE
    codes = [f"{one:03}" for one in number]
    for crs, east, north, width in (
        ("EPSG:4548", 5e5, 3.4e6, 300.0),
        ("EPSG:4490", 117.0, 31.0, 0.003),
    ):
        left, below = east + column * width, north + row * width
        squares = shapely.box(left, below, left + width, below + width)
        tilted = shapely.transform(
            squares, lambda at: at + 0.3 * (at[:, ::-1] - at[:, ::-1].mean(axis=0))
        )
        for shapes in (squares, tilted):
            locator = Locator(shapes, codes, crs=crs)
            locator.warm_up()
            locator.indices(np.tile(left, 500), np.tile(below, 500))


def draw() -> None:
    """Compile what draws: a chessboard of blocks, searched."""
    ground = plain_ground(_chessboard(SIDE))
    search = Search(ground, 7, make_cost(ground, 7, SizeRule(), BALANCED), 1)
    search.start(1, lambda: False)
    search.improve(1, lambda: False)
    cost = make_cost(ground, 2, SizeRule(), BALANCED)
    label, effort = np.zeros(SIDE * SIDE, np.int64), EFFORT._replace(starts=1)
    few(
        label, ground, cost, cost, effort,
        np.ones(1, np.uint64), np.zeros((6, 2)), new_work(ground, 2),
    )  # fmt: skip


def mend() -> None:
    """Compile what mends a plan and what divides a community most evenly: smaller chessboards."""
    problem = _chessboard(4)
    label = np.arange(problem.size) % 4 // 2
    exchanged(
        problem, network(problem), label, label,
        efforts=(Effort(400.0, 1),), rng=np.random.default_rng(0),
    )  # fmt: skip
    evenest(problem, label, 2, effort=0.0)


def _chessboard(side: int) -> Problem:
    """Blocks of twenty households each."""
    number = np.arange(side * side).reshape(side, side)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    down = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    pairs = np.concatenate([across, down])
    counts = np.full(side * side, 20)
    return make_problem(counts, counts * 2, pairs, np.ones(len(pairs)), rule=SizeRule())


if __name__ == "__main__":
    if os.fork():  # before there are threads: both take about as long
        locate()
        _, ended = os.wait()
        sys.exit(os.waitstatus_to_exitcode(ended))
    draw()
    mend()
