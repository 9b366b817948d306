"""The most even division of a community into connected parts, with a proof: by trying all, else by the exact engine."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from geo.partition._partitions import MOST_BLOCKS, most_even
from geo.partition.exact import Answer, Question, place
from geo.partition.islands import with_rule
from geo.partition.problem import Problem

Ints = NDArray[np.intp]

STEPS = 100_000_000
"""Of the enumeration: some seconds."""


def evenest(
    problem: Problem,
    label: Ints,
    count: int,
    *,
    effort: float,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Ints, bool]:
    """The most even division by ``households`` known, at least as even as ``label`` (0 … count-1), and whether it is
    proved that none is more even. ``effort``: deterministic time of the exact engine, where there are too many."""
    if count == 1:
        return label, True
    if problem.size <= MOST_BLOCKS:
        tried = _by_trying(problem, label, count)
        if tried is not None:
            return tried, True
    load = np.bincount(label, problem.households, count)
    bounds = int(load.min()), int(load.max())
    mean = problem.totals[0] / count
    off = max(mean - bounds[0], bounds[1] - mean)
    around = int(np.floor(mean - off + 1e-6)), int(np.ceil(mean + off - 1e-6))
    placed = place(
        with_rule(problem, around, around),
        Question((), free=count, even=True),
        effort=effort,
        hint=label,
        cancelled=cancelled,
    )
    if placed.answer is Answer.FOUND and placed.label is not None:
        return placed.label, placed.best
    return label, False


def _by_trying(problem: Problem, label: Ints, count: int) -> Ints | None:
    """The most even division of all; None where there are more than can be tried."""
    order = _from_the_edge(problem)
    place_of = np.empty(problem.size, dtype=np.intp)
    place_of[order] = np.arange(problem.size)
    beside = np.zeros(problem.size, dtype=np.uint64)
    for i, j in place_of[problem.pairs].tolist():
        beside[i] |= np.uint64(1 << j)
        beside[j] |= np.uint64(1 << i)
    weight = problem.households[order].astype(np.int64)
    load = np.bincount(label, problem.households, count).astype(np.int64)
    known = int(np.abs(count * load - int(weight.sum())).max())
    best, parts, left = most_even(beside, weight, count, known, STEPS)
    if left < 0:
        return None
    if best == known:
        return label
    made = np.empty(problem.size, dtype=np.intp)
    for grid, part in enumerate(parts.tolist()):
        made[[int(order[i]) for i in range(problem.size) if part >> i & 1]] = grid
    return made


def _from_the_edge(problem: Problem) -> Ints:
    """The blocks in the order of their distance from one at the edge, so that what is cut off is cut off early."""
    ends = problem.pairs.T
    graph = coo_array((np.ones(len(problem.pairs)), tuple(ends)), shape=(problem.size,) * 2).tocsr()
    last = breadth_first_order(graph, 0, directed=False, return_predecessors=False)[-1]
    order = breadth_first_order(graph, int(last), directed=False, return_predecessors=False)
    return np.asarray(order, dtype=np.intp)
