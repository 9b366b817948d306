"""Blocks + SizeRule + seed -> grids: every community by itself, the same plan every time.

Screen by arithmetic; for each feasible number of grids, roomiest first: seed, repair until both bounds hold, polish.
Where they can't hold, the plan that breaks them least is given and marked.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.errors import OptionError
from geo.model import SizeRule
from geo.partition.assignment import Assignment, CommunityResult, State
from geo.partition.islands import islands, leaping, stranded
from geo.partition.offers import offers
from geo.partition.parts import Parts
from geo.partition.polish import polish
from geo.partition.problem import Problem, community_problem
from geo.partition.prove import Proof, prove
from geo.partition.reasons import reasons
from geo.partition.repair import HOLDS, repair
from geo.partition.screen import feasible_counts, nearest_count, share_counts
from geo.partition.seed import split

Ints = NDArray[np.intp]

STARTS = 4
STEPS = 60
"""Repair steps for each start and number of grids."""


@dataclass(frozen=True, slots=True)
class _Try:
    label: Ints
    count: int
    broken: float
    proof: Proof | None = None


def draw_grids(
    block_map: BlockMap,
    *,
    rule: SizeRule | None = None,
    grids: int | None = None,
    planned: Mapping[str, int] | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Assignment:
    """Divide every community into connected grids within both bounds, or as near as can be.

    ``grids``: how many in all, shared out by load. ``planned``: how many in a community, by its code (these stand;
    the rest of ``grids`` is shared by the others). Neither: the engine chooses. The same input and seed give the
    same plan. ``progress(done, communities)``; ``cancelled()`` true ends the search, not the plan.
    Raises OptionError where ``grids`` is fewer than the communities need.
    """
    rule = rule or SizeRule()
    problems = [
        community_problem(block_map, index, rule) for index in range(len(block_map.communities))
    ]
    wanted = _wanted(problems, grids, planned or {}, rule)
    grid = np.zeros(len(block_map.geometry), dtype=np.intp)
    results, findings = [], []
    for index, problem in enumerate(problems):
        rng = np.random.default_rng([seed, zlib.crc32(problem.code.encode())])
        asked = wanted.get(problem.code)
        found = _drawn(problem, asked, rng, cancelled)
        grid[problem.blocks] = found.label
        result = _result(problem, found, asked)
        if result.state is not State.FEASIBLE:
            ways = offers(problem, found.label, found.proof, block_map, wanted=asked)
            result = replace(result, offers=ways)
        results.append(result)
        findings += reasons(
            problem, result, block_map, label=found.label, wanted=asked, proof=found.proof
        )
        if progress is not None:
            progress(index + 1, len(problems))
    return Assignment(grid, tuple(results), tuple(findings))


def _wanted(
    problems: list[Problem], grids: int | None, planned: Mapping[str, int], rule: SizeRule
) -> dict[str, int]:
    """How many grids each community must get, where that is said."""
    fixed = {problem.code: planned[problem.code] for problem in problems if problem.code in planned}
    if any(count < 1 for count in fixed.values()):
        raise OptionError("planned-grids-not-positive", value=min(fixed, key=lambda c: fixed[c]))
    if grids is None:
        return fixed
    free = [problem for problem in problems if problem.code not in fixed]
    left = grids - sum(fixed.values())
    if left < len(free) or (not free and left):
        raise OptionError("grids-impossible", value=grids, least=sum(fixed.values()) + len(free))
    totals = [problem.totals for problem in free]
    counts = share_counts([h for h, _ in totals], [r for _, r in totals], left, rule)
    return fixed | {problem.code: count for problem, count in zip(free, counts, strict=True)}


def _counts(problem: Problem, wanted: int | None) -> list[int]:
    """The numbers of grids to try, most promising first."""
    if wanted is not None:
        return [min(wanted, problem.size)]
    households, residents = problem.totals
    feasible = feasible_counts(households, residents, problem.rule)
    counts = feasible or [nearest_count(households, residents, problem.rule)]
    return list(dict.fromkeys(min(count, problem.size) for count in counts))


def _drawn(
    problem: Problem, wanted: int | None, rng: np.random.Generator, cancelled: Callable[[], bool]
) -> _Try:
    """A community's plan: parts that no crossing joins by themselves where that holds; else a plan or a proof."""
    if len(problem.joined):
        apart = _drawn_apart(problem, wanted, rng, cancelled)
        if apart is not None:
            return apart
    found = _draw(problem, wanted, rng, cancelled)
    counts = _possible(problem, wanted)
    if found.broken <= HOLDS or not counts or _too_large(problem) or cancelled():
        return found
    outcome = prove(problem, counts, found.label, cancelled=cancelled)
    if outcome.label is not None:
        label = polish(problem, outcome.label, outcome.count, rng, cancelled=cancelled)
        return _Try(label, outcome.count, 0.0)
    return replace(found, proof=outcome.proof)


def _drawn_apart(
    problem: Problem, wanted: int | None, rng: np.random.Generator, cancelled: Callable[[], bool]
) -> _Try | None:
    """Every part drawn by itself; None where that breaks bounds or makes another number of grids than wanted."""
    if stranded(problem):
        return None
    label, count = np.zeros(problem.size, dtype=np.intp), 0
    for blocks, alone in islands(problem):
        found = _draw(alone, None, rng, cancelled)
        if found.broken > HOLDS:
            return None
        label[blocks] = found.label + count
        count += found.count
    return _Try(label, count, 0.0) if wanted in (None, count) else None


def _possible(problem: Problem, wanted: int | None) -> list[int]:
    """The numbers of grids that arithmetic allows, and that there are blocks for."""
    feasible = feasible_counts(*problem.totals, problem.rule)
    asked = feasible if wanted is None else [one for one in feasible if one == wanted]
    return [one for one in asked if one <= problem.size]


def _draw(
    problem: Problem, wanted: int | None, rng: np.random.Generator, cancelled: Callable[[], bool]
) -> _Try:
    """The first partition that holds both bounds, else the one that breaks them least."""
    best: _Try | None = None
    for count in _counts(problem, wanted):
        for _ in range(STARTS):
            found = _attempt(problem, count, rng, cancelled)
            if best is None or found.broken < best.broken:
                best = found
            if best.broken <= HOLDS or cancelled():
                break
        if best is not None and (best.broken <= HOLDS or cancelled()):
            break
    assert best is not None  # _counts is never empty
    label = polish(problem, best.label, best.count, rng, cancelled=cancelled)
    return _Try(label, best.count, best.broken)


def _attempt(
    problem: Problem, count: int, rng: np.random.Generator, cancelled: Callable[[], bool]
) -> _Try:
    start = split(problem, np.arange(problem.size), count, rng)
    assert start is not None  # count never exceeds the number of blocks
    label = repair(problem, start, count, rng, steps=STEPS, cancelled=cancelled)
    return _Try(label, count, Parts(problem, label, count).total_broken())


def _result(problem: Problem, found: _Try, wanted: int | None) -> CommunityResult:
    parts = Parts(problem, found.label, found.count)
    leaps = leaping(problem, found.label) if len(problem.joined) else set()
    broken = [parts.broken(grid) for grid in range(found.count)]
    households, residents = problem.totals
    return CommunityResult(
        code=problem.code,
        state=_state(problem, found, wanted, holds=max(broken) <= HOLDS, leaps=bool(leaps)),
        grids=found.count,
        inside=sum(one <= HOLDS and grid not in leaps for grid, one in enumerate(broken)),
        worst=max(broken),
        households=households,
        residents=residents,
    )


def _state(problem: Problem, found: _Try, wanted: int | None, *, holds: bool, leaps: bool) -> State:
    if holds and not leaps:
        return State.FEASIBLE
    if not _possible(problem, wanted) or _too_large(problem) or (leaps and stranded(problem)):
        return State.IMPOSSIBLE
    return State.NOT_FOUND if found.proof is None else State.PROVED


def _too_large(problem: Problem) -> bool:
    rule = problem.rule
    return bool(
        (problem.households > rule.households[1]).any()
        or (problem.residents > rule.residents[1]).any()
    )
