"""A partition that changed counts broke -> the nearest one that holds: as few households as possible change their grid.

The number of grids stays while it can. Where it can't, or where no small change helps, neighbouring grids are drawn
anew with one more or one fewer, matched with the old ones, and what need not have moved goes home. Where bounds can't
hold at all, what breaks them least for the households it moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from geo.partition.exchange import MILD, Effort, Network, exchanged, network
from geo.partition.fewest import Change, fewest_moves
from geo.partition.ground import Ground, plain_ground
from geo.partition.least import least_moves, small
from geo.partition.parts import Parts
from geo.partition.problem import Problem, components
from geo.partition.prove import Proof, prove
from geo.partition.repair import HOLDS, repair
from geo.partition.screen import excess, feasible_counts
from geo.partition.search import Aims, Search, make_cost
from geo.partition.seed import split

Ints = NDArray[np.intp]

NEAR, WIDE = (MILD,) * 3, (Effort(80.0, 200),) * 3 + (Effort(160.0, 200),) * 3
"""The exchanges that are searched from the plan as it was; and those where so many households then move that another
grid may move fewer."""
FAR = tuple(Effort(hot, 200) for hot in (80.0, 160.0, 240.0, 160.0, 240.0, 400.0))
"""Those that find ways through several grids where none was found, one after another until one helps."""
DRAWN = (MILD,)
"""From each plan that is partly drawn anew."""
AGAIN = tuple(Effort(hot, 200) for hot in (80.0, 60.0, 40.0))
"""From the best that was found by other means, each from what the one before made better."""
REGROUPS = 12
"""How many groups of grids are drawn anew in search of one that moves less."""
ALMOST = 1.01
"""New grids are filled by at least as many households as they need: who moves hardly more looks no further."""
REPAIR_STEPS = 25
SOFT_BUDGET, PROOF_EFFORT = 0.3, 0.3
"""Deterministic time for the nearest plan where bounds can't hold, and to prove that they can't."""
FARTHEST = 2
"""By how many the number of grids may change."""
FREELY = Aims(even=2.0, compact=0.3, lines=0.0)
STARTS, ROUNDS, FREE_TRIES = 40, 80, 3
"""What counts beside bounds, how long is searched, and how often once that helped, where all grids are drawn anew
because nothing less did."""


@dataclass(frozen=True, slots=True)
class Labels:
    """label: the grid of each block. least: proved that no partition with the same grids that holds both bounds moves
    fewer households. proof: that no partition at all holds both bounds, where that is so and was found."""

    label: Ints
    least: bool
    proof: Proof | None = None


def mend_labels(
    problem: Problem,
    home: Ints,
    rng: np.random.Generator,
    *,
    cancelled: Callable[[], bool] = lambda: False,
) -> Ints:
    """The labels of `mended_labels`."""
    return mended_labels(problem, home, rng, cancelled=cancelled).label


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
            found = _regrouped(problem, net, start, count, rng, cancelled=cancelled)
    for wanted in sorted({*feasible} - {count}, key=lambda one: (abs(one - count), one)):
        at_least = abs(wanted - count) * problem.rule.households[0]
        enough = found is not None and moved(problem, home, found) <= at_least
        if enough or abs(wanted - count) > FARTHEST or cancelled():
            break
        other = _regrouped(problem, net, start, wanted, rng, cancelled=cancelled)
        found = _fewer(problem, home, found, other)
    if found is None and feasible and not cancelled():
        found = _anew(problem, net, start, feasible, rng, cancelled=cancelled)
        if found is None:
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


def moved(problem: Problem, home: Ints, label: Ints) -> int:
    """How many households change their grid."""
    return int(problem.households[home != label].sum())


def broken(problem: Problem, label: Ints) -> float:
    """How far all grids are outside both bounds."""
    rule = problem.rule
    names, at = np.unique(label, return_inverse=True)
    households = np.bincount(at.reshape(-1), problem.households, len(names)).tolist()
    residents = np.bincount(at.reshape(-1), problem.residents, len(names)).tolist()
    over = (excess(h, rule.households) for h in households)
    return sum(over) + sum(excess(r, rule.residents) for r in residents)


def _same_number(
    problem: Problem, net: Network, home: Ints, start: Ints, rng: np.random.Generator
) -> Ints | None:
    """The same grids within their bounds: blocks exchanged at the borders, then through several grids."""
    found = exchanged(problem, net, home, start, efforts=NEAR, rng=rng)
    if found is not None:
        if moved(problem, home, found) <= problem.rule.households[0] // 2:
            return found
        wide = exchanged(problem, net, home, start, efforts=WIDE, rng=rng)
        return _fewer(problem, home, found, wide)
    for effort in FAR:
        found = exchanged(problem, net, home, start, efforts=(effort,), rng=rng)
        if found is not None:
            return _nearer(problem, net, home, found, rng)
    return None


def _nearer(
    problem: Problem, net: Network, home: Ints, found: Ints, rng: np.random.Generator
) -> Ints:
    """A partition that holds, from which fewer households need be away from home."""
    for effort in AGAIN:
        other = exchanged(problem, net, home, found, efforts=(effort,), rng=rng)
        if other is not None and moved(problem, home, other) < moved(problem, home, found):
            found = other
    return found


def _fewer(problem: Problem, home: Ints, one: Ints | None, other: Ints | None) -> Ints | None:
    """Of two partitions that hold the one that moves fewer households; the first where both move as many."""
    if one is None or other is None:
        return other if one is None else one
    return other if moved(problem, home, other) < moved(problem, home, one) else one


def _regrouped(
    problem: Problem,
    net: Network,
    home: Ints,
    wanted: int,
    rng: np.random.Generator,
    *,
    cancelled: Callable[[], bool],
) -> Ints | None:
    """``wanted`` grids within their bounds: groups of neighbours drawn anew, small groups first."""
    best: Ints | None = None
    nearest = np.inf, home
    enough = ALMOST * (wanted - int(home.max()) - 1) * problem.rule.households[0]
    for turn in range(REGROUPS):
        if cancelled():
            break
        label = _redrawn(problem, home, wanted, turn, rng)
        if label is None:
            continue
        off = broken(problem, label)
        if off < nearest[0] - HOLDS:
            nearest = off, label
        held = exchanged(problem, net, home, label, efforts=DRAWN, rng=rng)
        best = _fewer(problem, home, best, held)
        if best is not None and moved(problem, home, best) <= enough:
            return best
    if best is None and np.isfinite(nearest[0]):
        best = _repaired(problem, home, nearest[1], rng, cancelled)
    return None if best is None else _nearer(problem, net, home, best, rng)


def _anew(
    problem: Problem,
    net: Network,
    home: Ints,
    counts: Sequence[int],
    rng: np.random.Generator,
    *,
    cancelled: Callable[[], bool],
) -> Ints | None:
    """All grids drawn as if there were none, in the number nearest to today's that holds, matched with the old ones;
    what need not have moved goes home."""
    ground, count = plain_ground(problem), int(home.max()) + 1
    for wanted in sorted(counts, key=lambda one: (abs(one - count), one)):
        best: Ints | None = None
        for _ in range(FREE_TRIES if wanted <= problem.size else 0):
            label = _free_search(problem, ground, wanted, rng, cancelled)
            if label is None:
                break
            named = _matched(problem.households, home, label, count)
            nearer = exchanged(problem, net, home, named, efforts=(*DRAWN, *WIDE), rng=rng)
            best = _fewer(problem, home, best, _fewer(problem, home, named, nearer))
        if best is not None:
            return best
    return None


def _free_search(
    problem: Problem,
    ground: Ground,
    wanted: int,
    rng: np.random.Generator,
    cancelled: Callable[[], bool],
) -> Ints | None:
    """``wanted`` grids within their bounds, wherever they lie."""
    cost = make_cost(ground, wanted, problem.rule, FREELY)
    search = Search(ground, wanted, cost, int(rng.integers(1, 2**62)))

    def done() -> bool:
        return cancelled() or broken(problem, search.label.astype(np.intp)) <= HOLDS

    search.start(STARTS, done)
    search.improve(ROUNDS, done)
    label = search.label.astype(np.intp)
    held = np.isfinite(search.energy) and broken(problem, label) <= HOLDS
    return label if held else None


def _redrawn(
    problem: Problem, home: Ints, wanted: int, turn: int, rng: np.random.Generator
) -> Ints | None:
    """A group of neighbouring grids drawn anew so that there are ``wanted`` in all, matched with the old ones."""
    count = int(home.max()) + 1
    parts = Parts(problem, home, count)
    size = min(count, max(2, count - wanted + 1) + turn // 4) if count > 1 else 1
    group = _group(parts, size, turn, rng, fewer=wanted < count)
    members = np.flatnonzero(np.isin(home, group))
    part = split(problem, members, len(group) + wanted - count, rng)
    if part is None:
        return None
    label = home.copy()
    label[members] = _matched(problem.households[members], home[members], part, count)
    return label


def _group(
    parts: Parts, size: int, turn: int, rng: np.random.Generator, *, fewer: bool
) -> list[int]:
    """Neighbouring grids around one of the fullest (where there are to be ``fewer``: of the emptiest)."""
    rule = parts.problem.rule
    full = np.array(
        [
            max(h / rule.households[1], r / rule.residents[1])
            for h, r in zip(parts.households, parts.residents, strict=True)
        ]
    )
    rank = np.argsort(full if fewer else -full, kind="stable")
    group = [int(rank[turn % min(4, len(rank))])]
    while len(group) < size:
        beside = parts.beside(group)
        if not beside:
            break
        pull = full[beside] * rng.uniform(0.9, 1.1, len(beside))
        group.append(beside[int(np.argmin(pull) if fewer else np.argmax(pull))])
    return group


def _matched(households: NDArray[np.int64], home: Ints, part: Ints, count: int) -> Ints:
    """Parts named after the old grids so that as many households as can be keep theirs; the others are new."""
    old, row = np.unique(home, return_inverse=True)
    common = np.zeros((len(old), int(part.max()) + 1))
    np.add.at(common, (row.reshape(-1), part), households + 1e-6)
    rows, columns = linear_sum_assignment(common, maximize=True)
    names = np.full(common.shape[1], -1, dtype=np.intp)
    names[columns] = old[rows]
    new = names < 0
    names[new] = count + np.arange(int(new.sum()))
    return names[part]


def _repaired(
    problem: Problem,
    home: Ints,
    label: Ints,
    rng: np.random.Generator,
    cancelled: Callable[[], bool],
) -> Ints | None:
    """By the engine's repair, which moves more but finds more."""
    names, position = np.unique(label, return_inverse=True)
    new = repair(
        problem, position.reshape(-1), len(names), rng, steps=REPAIR_STEPS, cancelled=cancelled
    )
    if broken(problem, new) > HOLDS:
        return None
    named = _matched(problem.households, home, new, int(home.max()) + 1)
    return _sent_home(problem, home, named)


def _sent_home(problem: Problem, home: Ints, label: Ints) -> Ints:
    """Blocks go back to their old grid, the fullest first, while no bound breaks and no grid tears."""
    names, position = np.unique(label, return_inverse=True)
    place = {int(name): at for at, name in enumerate(names)}
    parts = Parts(problem, position.reshape(-1), len(names))
    going = True
    while going:
        going = False
        away = np.flatnonzero(names[parts.labels()] != home)
        for block in away[np.argsort(-problem.households[away], kind="stable")].tolist():
            target = place.get(int(home[block]))
            if target is not None and target in parts.targets(block) and parts.removable(block):
                worse, _ = parts.change(block, target)
                if worse <= HOLDS:
                    parts.move(block, target)
                    going = True
    sent: Ints = names[parts.labels()]
    return sent


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
