"""Blocks + SizeRule + seed -> grids: every community by itself, the same plan every time.

Screen by arithmetic; for each feasible number of grids, roomiest first: seed, repair until both bounds hold, polish.
Where they can't hold, the plan that breaks them least is given and marked.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.errors import OptionError
from geo.model import SizeRule
from geo.partition.assignment import Assignment, CommunityResult, State
from geo.partition.parts import Parts
from geo.partition.polish import polish
from geo.partition.problem import Problem, community_problem
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
        found = _draw(problem, wanted.get(problem.code), rng, cancelled)
        grid[problem.blocks] = found.label
        result = _result(problem, found, wanted.get(problem.code))
        results.append(result)
        findings += reasons(problem, result, block_map, wanted=wanted.get(problem.code))
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
    broken = [parts.broken(grid) for grid in range(found.count)]
    households, residents = problem.totals
    if max(broken) <= HOLDS:
        state = State.FEASIBLE
    else:
        feasible = feasible_counts(households, residents, problem.rule)
        possible = wanted in feasible if wanted is not None else bool(feasible)
        state = State.NOT_FOUND if possible and not _too_large(problem) else State.IMPOSSIBLE
    return CommunityResult(
        code=problem.code,
        state=state,
        grids=found.count,
        inside=sum(one <= HOLDS for one in broken),
        worst=max(broken),
        households=households,
        residents=residents,
    )


def _too_large(problem: Problem) -> bool:
    rule = problem.rule
    return bool(
        (problem.households > rule.households[1]).any()
        or (problem.residents > rule.residents[1]).any()
    )
