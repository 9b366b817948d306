"""Communities in several parts (a river without a bridge, an exclave): each part as a problem of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.partition.problem import Problem, components, make_problem
from geo.partition.screen import feasible_counts

Ints = NDArray[np.intp]


def islands(problem: Problem) -> list[tuple[Ints, Problem]]:
    """The parts that no crossing joins: their blocks (positions in the problem), and each as a problem."""
    real = len(problem.pairs) - len(problem.joined)
    pairs, price = problem.pairs[:real], problem.price[:real]
    part = components(problem.size, pairs)
    found = []
    for one in range(int(part.max(initial=0)) + 1):
        blocks = np.flatnonzero(part == one)
        place = np.full(problem.size, -1)
        place[blocks] = np.arange(len(blocks))
        inside = part[pairs[:, 0]] == one
        alone = make_problem(
            problem.households[blocks],
            problem.residents[blocks],
            place[pairs[inside]],
            price[inside],
            rule=problem.rule,
            code=problem.code,
            blocks=problem.blocks[blocks],
        )
        found.append((blocks, alone))
    return found


def stranded(problem: Problem) -> list[Ints]:
    """The parts whose households and residents fit no number of grids by themselves. An empty one needs none."""
    return [
        blocks
        for blocks, alone in islands(problem)
        if any(alone.totals) and not feasible_counts(*alone.totals, problem.rule)
    ]


def leaping(problem: Problem, label: Ints, *, inhabited: bool = False) -> set[int]:
    """The grids that are in one piece only by a crossing that is not there. ``inhabited``: pieces where nobody lives
    may lie apart (an island, a strip of land beyond the neighbours')."""
    real = len(problem.pairs) - len(problem.joined)
    pairs = problem.pairs[:real]
    same = label[pairs[:, 0]] == label[pairs[:, 1]]
    piece = components(problem.size, pairs[same])
    counted = (problem.households + problem.residents > 0) | (not inhabited)
    grids = np.unique(np.column_stack([label, piece])[counted], axis=0)[:, 0]
    numbers, times = np.unique(grids, return_counts=True)
    return {int(grid) for grid in numbers[times > 1]}


def with_rule(problem: Problem, households: tuple[int, int], residents: tuple[int, int]) -> Problem:
    """The same problem under other bounds."""
    return replace(problem, rule=replace(problem.rule, households=households, residents=residents))
