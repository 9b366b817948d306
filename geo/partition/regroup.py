"""Some grids of a plan, or all, drawn anew where exchanging blocks does not help, in the same number or another.

Neighbours are drawn anew with one more or one fewer and matched with the old grids; what need not have moved goes home.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from geo.partition.exchange import MILD, Effort, Network, exchanged
from geo.partition.ground import Ground, plain_ground
from geo.partition.parts import Parts
from geo.partition.problem import Problem
from geo.partition.repair import HOLDS, repair
from geo.partition.screen import excess
from geo.partition.search import Aims, Search, make_cost
from geo.partition.seed import split

Ints = NDArray[np.intp]

DRAWN = (MILD,)
"""The exchanges that are searched from each plan that is partly drawn anew."""
WIDE = (Effort(80.0, 200),) * 3 + (Effort(160.0, 200),) * 3
"""Those where so many households move that another grid may move fewer."""
AGAIN = tuple(Effort(hot, 200) for hot in (80.0, 60.0, 40.0))
"""Those from the best that was found, each from what the one before made better."""
REGROUPS = 12
"""How many groups of grids are drawn anew in search of one that moves less."""
ALMOST = 1.01
"""New grids are filled by at least as many households as they need: who moves hardly more looks no further."""
REPAIR_STEPS = 25
FREELY = Aims(even=2.0, compact=0.3, lines=0.0)
STARTS, ROUNDS, FREE_TRIES = 40, 80, 3
"""What counts beside bounds, how long is searched, and how often once that helped, where all grids are drawn anew
because nothing less did."""


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


def fewer_moved(problem: Problem, home: Ints, one: Ints | None, other: Ints | None) -> Ints | None:
    """Of two partitions that hold the one that moves fewer households; the first where both move as many."""
    if one is None or other is None:
        return other if one is None else one
    return other if moved(problem, home, other) < moved(problem, home, one) else one


def brought_nearer(
    problem: Problem, net: Network, home: Ints, found: Ints, rng: np.random.Generator
) -> Ints:
    """A partition that holds, from which fewer households need be away from home."""
    for effort in AGAIN:
        other = exchanged(problem, net, home, found, efforts=(effort,), rng=rng)
        if other is not None and moved(problem, home, other) < moved(problem, home, found):
            found = other
    return found


def regrouped(
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
    parts = Parts(problem, home, int(home.max()) + 1)
    enough = ALMOST * (wanted - parts.count) * problem.rule.households[0]
    for turn in range(REGROUPS):
        if cancelled():
            break
        label = _redrawn(parts, home, wanted, turn, rng)
        if label is None:
            continue
        off = broken(problem, label)
        if off < nearest[0] - HOLDS:
            nearest = off, label
        held = exchanged(problem, net, home, label, efforts=DRAWN, rng=rng)
        best = fewer_moved(problem, home, best, held)
        if best is not None and moved(problem, home, best) <= enough:
            return best
    if best is None and np.isfinite(nearest[0]):
        best = _repaired(problem, home, nearest[1], rng, cancelled)
    return None if best is None else brought_nearer(problem, net, home, best, rng)


def anew(
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
            best = fewer_moved(problem, home, best, fewer_moved(problem, home, named, nearer))
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
    parts: Parts, home: Ints, wanted: int, turn: int, rng: np.random.Generator
) -> Ints | None:
    """A group of neighbouring grids (``parts``: of ``home``) drawn anew so that there are ``wanted`` in all, matched
    with the old ones."""
    problem, count = parts.problem, parts.count
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
