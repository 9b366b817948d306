"""Proofs that a community can't be divided, with the few blocks that cause it; or, for small ones, the plan after all.

A grid is connected, so it stays within its blocks' reach: blocks out of one another's reach need grids of their own
(anchors). Where some anchors can't all get grids within both bounds, such that what is left can still be divided by
arithmetic, no plan exists, whatever the rest of the community looks like. Anchors are added one by one, beginning
where the nearest plan breaks, and those that the proof does not need are dropped again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geo.partition.exact import Answer, Placed, Question, place
from geo.partition.problem import Problem
from geo.partition.reach import border, load_of, reach
from geo.partition.screen import excess

Ints = NDArray[np.intp]

EFFORT = 4.0
"""Deterministic time for one community in all."""
SMALL = 700
"""Blocks times grids up to which the whole community is solved."""
WHOLE_EFFORT = 4.0
CORE_EFFORTS = (0.25, 1.5)
"""Deterministic time (about seconds) for one question about the whole, and about some anchors, tried in turn."""
MOST_ANCHORS = 6
CANDIDATES = 40
"""How many of the largest blocks may become anchors (of a small community: all)."""
LARGE = 0.1
"""A block with this share of a ceiling is worth naming."""
MOST_AROUND = 6


class Cause(StrEnum):
    """Why no plan exists: a block can't reach a floor; too many grids needed; blocks hem one another in; or all
    possibilities are exhausted without a smaller reason."""

    TRAPPED = "trapped"
    CROWDED = "crowded"
    HEMMED = "hemmed"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True)
class Proof:
    """blocks: each needs a grid of its own within both bounds, and they can't all have one. around: large blocks that
    hem them in. within: households and residents in reach of a trapped block. any_count: it holds for every number of
    grids, not only those asked about.
    """

    cause: Cause
    blocks: tuple[int, ...]
    around: tuple[int, ...] = ()
    within: tuple[int, int] = (0, 0)
    any_count: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A proof, or a plan (label, count), or neither."""

    proof: Proof | None = None
    label: Ints | None = None
    count: int = 0


def prove(
    problem: Problem,
    counts: Sequence[int],
    label: Ints,
    *,
    effort: float = EFFORT,
    cancelled: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Whether any of ``counts`` grids can hold both bounds; ``label`` is the nearest plan known.

    ``effort``: deterministic time in all, about seconds. The same input gives the same outcome.
    """
    proof = proved_at_once(problem, counts, label)
    if proof is not None:
        return Outcome(proof)
    broken = _broken_blocks(problem, label)
    budget = _Budget(effort, cancelled)
    exhausted = False
    if problem.size * max(counts) <= SMALL:
        whole = _whole(problem, counts, budget)
        if isinstance(whole, Outcome):
            return whole
        exhausted = whole
    core = _core(problem, counts, broken, budget)
    if core is None and exhausted:
        core = Proof(Cause.EXHAUSTED, _anchors(problem, broken[0])[: max(counts)])
    return Outcome(None if core is None else _told(problem, core))


def proved_at_once(problem: Problem, counts: Sequence[int], label: Ints) -> Proof | None:
    """What `prove` tells without any search: a trapped block, or more blocks that need a grid than there are grids."""
    proof = _trapped(problem, _broken_blocks(problem, label)) or _crowded(problem, counts)
    return None if proof is None else _told(problem, proof)


class _Budget:
    """Deterministic time that runs out."""

    def __init__(self, effort: float, cancelled: Callable[[], bool]) -> None:
        self.left, self.cancelled = effort, cancelled

    def ask(self, problem: Problem, question: Question, effort: float) -> Placed:
        """One question, for at most ``effort`` of what is left."""
        placed = place(problem, question, effort=min(effort, self.left), cancelled=self.cancelled)
        self.left -= placed.effort
        return placed


def _broken_blocks(problem: Problem, label: Ints) -> list[int]:
    """The blocks of the grids that break bounds, the worst grid first and in it the largest block."""
    rule, load = problem.rule, _loads(problem)
    households, residents = (
        np.bincount(label, problem.households),
        np.bincount(label, problem.residents),
    )
    off = [
        excess(h, rule.households) + excess(r, rule.residents)
        for h, r in zip(households, residents, strict=True)
    ]
    blocks = [block for block in range(problem.size) if off[label[block]] > 0]
    return sorted(blocks, key=lambda block: (-off[label[block]], -load[block], block))


def _loads(problem: Problem) -> NDArray[np.float64]:
    """Of each block, its larger share of a ceiling."""
    rule = problem.rule
    shares = problem.households / rule.households[1], problem.residents / rule.residents[1]
    return np.asarray(np.maximum(*shares), dtype=np.float64)


def _trapped(problem: Problem, broken: Sequence[int]) -> Proof | None:
    """A block such that all it could ever share a grid with is below a floor. It is in a broken grid of every plan."""
    floors = problem.rule.households[0], problem.rule.residents[0]
    for block in broken:
        within = load_of(problem, reach(problem, block))
        if within[0] < floors[0] or within[1] < floors[1]:
            return Proof(Cause.TRAPPED, (block,), within=within, any_count=True)
    return None


def _anchors(problem: Problem, first: int) -> tuple[int, ...]:
    """Blocks that need different grids, ``first`` among them, the nearest to it first. Greedy, so there may be more."""
    load = _loads(problem)
    order = np.lexsort((np.arange(problem.size), -load)).tolist()
    away = _hops(problem, first)
    chosen, within = [first], [reach(problem, first)]
    for block in order[: CANDIDATES if problem.size > 2 * CANDIDATES else problem.size]:
        if block not in chosen and not any(block in one for one in within):
            chosen.append(block)
            within.append(reach(problem, block))
    return tuple(sorted(chosen, key=lambda block: (away[block], -load[block], block)))


def _hops(problem: Problem, start: int) -> list[int]:
    """How many borders away each block is."""
    away = [problem.size] * problem.size
    away[start], ring = 0, [start]
    while ring:
        beyond = sorted({o for b in ring for o in problem.neighbours[b] if away[o] == problem.size})
        for block in beyond:
            away[block] = away[ring[0]] + 1
        ring = beyond
    return away


def _crowded(problem: Problem, counts: Sequence[int]) -> Proof | None:
    """More blocks that need grids of their own than there are grids."""
    largest = int(np.argmax(_loads(problem)))
    apart = _anchors(problem, largest)
    return Proof(Cause.CROWDED, apart) if len(apart) > max(counts) else None


def _whole(problem: Problem, counts: Sequence[int], budget: _Budget) -> Outcome | bool:
    """A plan if there is one; else whether it is proved that there is none."""
    none = True
    for count in counts:
        anchors = _anchors(problem, int(np.argmax(_loads(problem))))
        if len(anchors) > count:
            continue
        question = Question(anchors, free=count - len(anchors))
        placed = budget.ask(problem, question, WHOLE_EFFORT)
        if placed.answer is Answer.FOUND:
            return Outcome(label=placed.label, count=count)
        none &= placed.answer is Answer.NONE
    return none


def _core(
    problem: Problem, counts: Sequence[int], broken: Sequence[int], budget: _Budget
) -> Proof | None:
    """A few anchors that can't all have grids: for any number of grids, else one set for each number asked about."""
    if len(counts) > 1:
        found = _grown(problem, None, broken, budget)
        if found is not None:
            return Proof(Cause.HEMMED, found, any_count=True)
    every: list[int] = []
    for count in counts:
        found = _grown(problem, count, broken, budget)
        if found is None:
            return None
        every += [block for block in found if block not in every]
    return Proof(Cause.HEMMED, tuple(every))


def _grown(
    problem: Problem, count: int | None, broken: Sequence[int], budget: _Budget
) -> tuple[int, ...] | None:
    """Anchors that can't all have grids, none of them superfluous: small sets first, each with little effort first."""
    sets = _sets(problem, broken[0], MOST_ANCHORS if count is None else count)
    for effort in CORE_EFFORTS:
        for chosen in sets:
            if budget.left <= 0 or budget.cancelled():
                return None
            if _impossible(problem, chosen, count, budget, effort):
                return _shrunk(problem, chosen, count, budget, effort)
    return None


def _sets(problem: Problem, first: int, most: int) -> list[tuple[int, ...]]:
    """Anchors to try together: around ``first``, and around the largest block that it could share a grid with."""
    load, found = _loads(problem), list[tuple[int, ...]]()
    beside = max(sorted(reach(problem, first)), key=lambda block: load[block], default=first)
    for start in dict.fromkeys((first, beside)):
        order = _anchors(problem, start)[:most]
        found += [order[:1], *((start, other) for other in order[1:])]
        found += [order[:number] for number in range(3, len(order) + 1)]
    return list(dict.fromkeys(found))


def _impossible(
    problem: Problem,
    anchors: tuple[int, ...],
    count: int | None,
    budget: _Budget,
    effort: float,
) -> bool:
    rest = count is None or len(anchors) < count
    question = Question(anchors, rest=rest, count=count)
    return budget.ask(problem, question, effort).answer is Answer.NONE


def _shrunk(
    problem: Problem,
    anchors: tuple[int, ...],
    count: int | None,
    budget: _Budget,
    effort: float,
) -> tuple[int, ...]:
    """The anchors without those that the proof does not need."""
    for one in anchors[-2::-1]:
        fewer = tuple(anchor for anchor in anchors if anchor != one)
        if fewer and _impossible(problem, fewer, count, budget, effort):
            anchors = fewer
    return anchors


def _told(problem: Problem, proof: Proof) -> Proof:
    """The proof with the large blocks around its own."""
    load = _loads(problem)
    around: set[int] = set()
    for block in proof.blocks:
        large = {other for other in range(problem.size) if load[other] >= LARGE}
        around |= border(problem, reach(problem, block, barred=large - {block})) & large
    around -= set(proof.blocks)
    named = sorted(around, key=lambda block: (-load[block], block))[:MOST_AROUND]
    return Proof(proof.cause, proof.blocks, tuple(named), proof.within, proof.any_count)
