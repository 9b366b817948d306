"""A partition that changed counts broke -> the nearest one that holds: as few households as possible change their grid.

The number of grids stays while it can. Where it can't, or where no small change helps, neighbouring grids are drawn
anew with one more or one fewer, matched with the old ones, and what need not have moved goes home. Where bounds can't
hold at all, what breaks them least for the households it moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.partition.exchange import MILD, Effort, Network, exchanged, network
from geo.partition.fewest import Change, fewest_moves
from geo.partition.least import least_moves, small
from geo.partition.parts import Parts
from geo.partition.problem import Problem, components
from geo.partition.prove import Proof, prove, proved_at_once
from geo.partition.regroup import (
    WIDE,
    anew,
    broken,
    brought_nearer,
    fewer_moved,
    moved,
    regrouped,
)
from geo.partition.repair import HOLDS
from geo.partition.screen import feasible_counts

Ints = NDArray[np.intp]

NEAR = (MILD,) * 3
"""The exchanges that are searched from the plan as it was."""
FAR = tuple(Effort(hot, 200) for hot in (80.0, 160.0, 240.0, 160.0, 240.0, 400.0))
"""Those that find ways through several grids where none was found, one after another until one helps."""
SOFT_BUDGET, PROOF_EFFORT = 0.3, 0.3
"""Deterministic time for the nearest plan where bounds can't hold, and to prove that they can't."""
FARTHEST = 2
"""By how many the number of grids may change."""


@dataclass(frozen=True, slots=True)
class Labels:
    """label: the grid of each block. least: proved that no partition with the same grids that holds both bounds moves
    fewer households. proof: that no partition at all holds both bounds, where that is so and was found."""

    label: Ints
    least: bool
    proof: Proof | None = None


def mended_labels(
    problem: Problem,
    home: Ints,
    rng: np.random.Generator,
    *,
    cancelled: Callable[[], bool] = lambda: False,
) -> Labels:
    """New labels for the blocks of one community, whose grids ``home`` numbers 0, 1, … A grid that stays keeps its
    number, new ones go on after the last, one that was given up is not there. What holds already comes back as it is.
    Same input and rng, same labels.
    """
    start = _whole(problem, home)
    if broken(problem, start) <= HOLDS:
        return Labels(start, least=bool((start == home).all()))
    count = int(home.max()) + 1
    feasible = feasible_counts(*problem.totals, problem.rule)
    net, found, proof = network(problem), None, None
    hopeless = False
    if count in feasible and small(problem, home):
        sought = least_moves(problem, home)
        if sought.label is not None:
            return Labels(sought.label, sought.proved)
        hopeless = sought.proved
    if count in feasible and not hopeless:
        found = _same_number(problem, net, home, start, rng)
        if found is None:
            found = regrouped(problem, net, start, count, rng, cancelled=cancelled)
    for wanted in sorted({*feasible} - {count}, key=lambda one: (abs(one - count), one)):
        at_least = abs(wanted - count) * problem.rule.households[0]
        enough = found is not None and moved(problem, home, found) <= at_least
        if enough or abs(wanted - count) > FARTHEST or cancelled():
            break
        other = regrouped(problem, net, start, wanted, rng, cancelled=cancelled)
        found = fewer_moved(problem, home, found, other)
    if found is None and feasible and not cancelled():
        proof = proved_at_once(problem, feasible, start)
        if proof is None:
            found = anew(problem, net, start, feasible, rng, cancelled=cancelled)
        if proof is None and found is None:
            proof = prove(problem, feasible, start, effort=PROOF_EFFORT, cancelled=cancelled).proof
    if found is None:
        found = _softened(problem, home, start)
    return Labels(_tidied(problem, home, found), False, proof)


def _whole(problem: Problem, label: Ints) -> Ints:
    """Every grid in one piece: of one that came in several the fullest stays, the others join the grid beside them."""
    label = label.copy()
    while True:
        inner = label[problem.pairs[:, 0]] == label[problem.pairs[:, 1]]
        piece = components(problem.size, problem.pairs[inner])
        weight = np.bincount(piece, problem.households + 1e-6)
        owner = np.zeros(len(weight), dtype=np.intp)
        owner[piece] = label
        order = np.lexsort((-weight, owner))
        stray = order[np.diff(owner[order], prepend=-1) == 0]
        if len(stray) == 0:
            return label
        mine = piece == stray[int(np.argmin(weight[stray]))]
        edge = mine[problem.pairs[:, 0]] != mine[problem.pairs[:, 1]]
        outer = np.where(mine[problem.pairs[edge, 0]], *problem.pairs[edge, ::-1].T)
        shares = np.bincount(label[outer], problem.price[edge] + 1e-9)
        label[mine] = int(shares.argmax())


def _same_number(
    problem: Problem, net: Network, home: Ints, start: Ints, rng: np.random.Generator
) -> Ints | None:
    """The same grids within their bounds: blocks exchanged at the borders, then through several grids."""
    found = exchanged(problem, net, home, start, efforts=NEAR, rng=rng)
    if found is not None:
        if moved(problem, home, found) <= problem.rule.households[0] // 2:
            return found
        wide = exchanged(problem, net, home, start, efforts=WIDE, rng=rng)
        return fewer_moved(problem, home, found, wide)
    for effort in FAR:
        found = exchanged(problem, net, home, start, efforts=(effort,), rng=rng)
        if found is not None:
            return brought_nearer(problem, net, home, found, rng)
    return None


def _softened(problem: Problem, home: Ints, start: Ints) -> Ints:
    """Where bounds can't hold: what is broken weighs more than what moves, so that only direct moves pay."""
    found = fewest_moves(problem, Change(home, start, 1), soft=True, budget=SOFT_BUDGET)
    if found is None or broken(problem, found) >= broken(problem, start) - HOLDS:
        return start
    return found


def _tidied(problem: Problem, home: Ints, label: Ints) -> Ints:
    """Blocks without people change sides where that makes a clearer border."""
    names, position = np.unique(label, return_inverse=True)
    parts = Parts(problem, position.reshape(-1), len(names))
    empty = (problem.households == 0) & (problem.residents == 0)
    touched = np.unique(parts.labels()[label != home]).tolist()
    for _ in range(3 if touched else 0):
        changed = False
        for block in parts.rim(touched).tolist():
            prices = parts.targets(block)
            target = max(prices, key=lambda grid: (prices[grid], -grid))
            longer = prices[target] - prices.get(parts.label[block], 0.0)
            if empty[block] and longer > HOLDS and parts.removable(block):
                parts.move(block, target)
                changed = True
        if not changed:
            break
    tidied: Ints = names[parts.labels()]
    return tidied
