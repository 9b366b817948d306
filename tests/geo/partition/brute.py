"""Every division of a tiny community, by plain enumeration: what the engine's answers are held to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geo.partition.problem import Problem
from geo.partition.reach import pieces


def divisions(problem: Problem, count: int) -> Iterator[np.ndarray]:
    """Every partition of the blocks into ``count`` connected parts, each once."""
    for label in _restricted_growth(problem.size, count):
        parts = [[b for b, g in enumerate(label) if g == grid] for grid in range(count)]
        if all(len(pieces(problem, part)) == 1 for part in parts):
            yield np.array(label)


def _restricted_growth(size: int, count: int) -> Iterator[list[int]]:
    label = [0] * size

    def grow(block: int, used: int) -> Iterator[list[int]]:
        if block == size:
            if used == count:
                yield label
            return
        for grid in range(min(used + 1, count)):
            label[block] = grid
            yield from grow(block + 1, max(used, grid + 1))

    yield from grow(0, 0)


def holds(problem: Problem, label: np.ndarray, count: int) -> bool:
    """Whether every grid is in one piece and within both bounds, counted anew."""
    for grid in range(count):
        blocks = np.flatnonzero(label == grid)
        if len(pieces(problem, blocks.tolist())) != 1:
            return False
        for load, (low, high) in (
            (problem.households, problem.rule.households),
            (problem.residents, problem.rule.residents),
        ):
            if not low <= load[blocks].sum() <= high:
                return False
    return True


def possible(problem: Problem, count: int) -> bool:
    """Whether any division into ``count`` grids holds both bounds."""
    return any(holds(problem, label, count) for label in divisions(problem, count))
