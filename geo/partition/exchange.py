"""A partition that breaks bounds -> one near it that holds them, by exchanging blocks at the borders.

What counts, in households: those that are not at home, and beside them the borders, so that a mended plan does not
get ragged ones. Budgets count steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.partition._exchange import exchange
from geo.partition.problem import Problem

Ints = NDArray[np.intp]

BROKEN = 4000.0
"""What a bound broken by its whole size costs, in households that move."""
BORDER = 2.0
"""What a border of average price costs, in households that move."""
EMPTY = 0.05
"""What a block costs that moves without people."""
RESIDENTS_SHARE = 0.1
COLD = 0.3
"""The last temperature, in households."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How one search goes about it. hot: the first temperature, in households (hotter ones find ways through several
    grids). steps_a_block: moves tried for each block, all between blocks of two grids."""

    hot: float
    steps_a_block: int


MILD = Effort(20.0, 100)


@dataclass(frozen=True, slots=True)
class Network:
    """The blocks of a problem row by row, as the kernel reads them. tail, twin: the block that an edge leaves, and the
    same edge the other way. away: what each block costs that is not at home."""

    start: NDArray[np.int64]
    neighbour: NDArray[np.int64]
    tail: NDArray[np.int64]
    twin: NDArray[np.int64]
    price: NDArray[np.float64]
    away: NDArray[np.float64]


def network(problem: Problem) -> Network:
    """The graph of a problem, prices in households."""
    degrees = [len(one) for one in problem.neighbours]
    scale = BORDER / max(1e-9, float(problem.price.mean()) if len(problem.price) else 1.0)
    households, residents = problem.totals
    each = RESIDENTS_SHARE * households / max(1, residents)
    tail = np.repeat(np.arange(problem.size), degrees).astype(np.int64)
    neighbour = np.array([n for own in problem.neighbours for n in own], dtype=np.int64)
    twin = np.empty(len(tail), dtype=np.int64)
    twin[np.lexsort((neighbour, tail))] = np.lexsort((tail, neighbour))
    return Network(
        start=np.concatenate([[0], np.cumsum(degrees)]).astype(np.int64),
        neighbour=neighbour,
        tail=tail,
        twin=twin,
        price=np.array([p * scale for own in problem.prices for p in own], dtype=np.float64),
        away=problem.households + each * problem.residents + EMPTY,
    )


def exchanged(
    problem: Problem,
    net: Network,
    home: Ints,
    start: Ints,
    *,
    efforts: Sequence[Effort],
    rng: np.random.Generator,
) -> Ints | None:
    """Labels that hold both bounds, reached from ``start`` (grids in one piece), or None: the cheapest of as many
    searches as there are ``efforts``. No grid comes or goes."""
    names, position = np.unique(start, return_inverse=True)
    place = np.full(int(max(home.max(), names.max())) + 1, -1, dtype=np.int64)
    place[names] = np.arange(len(names))
    away_from = place[home]
    best: tuple[float, Ints] | None = None
    rule = np.array([*problem.rule.households, *problem.rule.residents], dtype=np.float64)
    counts = problem.households.astype(np.float64), problem.residents.astype(np.float64)
    for effort in efforts:
        label = position.reshape(-1).astype(np.int64)
        totals = np.array([np.bincount(label, load, len(names)) for load in counts])
        state = rng.integers(2**63, size=1).astype(np.uint64)
        held = exchange(
            label, away_from, *counts, net.start, net.neighbour, net.tail, net.twin, net.price,
            net.away, rule, totals, BROKEN, effort.steps_a_block * problem.size, effort.hot, COLD, state,
        )  # fmt: skip
        if held:
            cost = _cost(net, label, away_from)
            if best is None or cost < best[0] - 1e-9:
                best = cost, names[label]
    return None if best is None else best[1]


def _cost(net: Network, label: NDArray[np.int64], home: NDArray[np.int64]) -> float:
    """What a partition costs that holds: who is away from home, and every border once."""
    own = np.repeat(label, np.diff(net.start))
    return float(net.away[label != home].sum() + net.price[own != label[net.neighbour]].sum() / 2)
