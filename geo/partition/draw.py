"""Blocks + SizeRule + seed -> grids: every community by itself, the same plan every time.

Screen by arithmetic; search every feasible number of grids (choose.py); prove or repair what does not hold. Where
bounds can't hold, the plan that breaks them least is given and marked. Communities are independent and drawn at the
same time: the search runs in kernels that leave the interpreter free.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.errors import OptionError
from geo.model import Finding, SizeRule
from geo.partition.assignment import Assignment, CommunityResult, State
from geo.partition.choose import broken, choose, improved
from geo.partition.fewest import Change, fewest_moves
from geo.partition.ground import Ground, community_ground
from geo.partition.islands import islands, leaping, stranded
from geo.partition.offers import offers
from geo.partition.parts import Parts
from geo.partition.problem import Problem, community_problem
from geo.partition.prove import Proof, prove
from geo.partition.reasons import reasons
from geo.partition.repair import HOLDS
from geo.partition.screen import feasible_counts, nearest_count, share_counts
from geo.partition.search import BALANCED, Aims

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]


MORE_DICE = 3
"""How often what is neither found nor disproved is searched again."""
NEARLY = 0.02
"""Bounds broken by no more than this in all may hold beside what the search found."""
REACHES, REACH_EFFORT = (1, 2), 1.0
"""How far from its border a grid may take blocks then, and deterministic time for each."""


@dataclass(frozen=True, slots=True)
class _Try:
    label: Ints
    count: int
    broken: float
    proof: Proof | None = None


_Answer = tuple[_Try, CommunityResult, list[Finding]]


@dataclass(frozen=True, slots=True)
class _Task:
    """What drawing any community needs to know. load: of each block of the block map."""

    block_map: BlockMap
    load: Floats
    aims: Aims
    seed: int
    cancelled: Callable[[], bool]

    def rng(self, problem: Problem) -> np.random.Generator:
        """Dice of one community alone: the order of communities changes nothing."""
        return np.random.default_rng([self.seed, zlib.crc32(problem.code.encode())])

    def ground(self, problem: Problem) -> Ground:
        return community_ground(problem, self.block_map, self.load[problem.blocks])


def draw_grids(
    block_map: BlockMap,
    *,
    rule: SizeRule | None = None,
    grids: int | None = None,
    planned: Mapping[str, int] | None = None,
    load: Floats | None = None,
    aims: Aims = BALANCED,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    known: Assignment | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Assignment:
    """Divide every community into connected grids within both bounds, or as near as can be.

    ``grids``: how many in all, shared out by load. ``planned``: how many in a community, by its code (these stand;
    the rest of ``grids`` is shared by the others). Neither: the engine chooses. ``load``: what is balanced, for each
    block (default: households). ``aims``: what counts beside the bounds. The same input and seed give the same plan.
    ``known``: a plan of the same map with other aims: wherever it holds both bounds this one does, and where it doesn't
    its proofs and offers stand and are not looked for again (no findings then).
    ``progress(done, communities)``; ``cancelled()`` true ends the search, not the plan: what was cut short is marked,
    and can be feasible or not found, but never proved.
    Raises OptionError where ``grids`` is fewer than the communities need.
    """
    rule = rule or SizeRule()
    problems = [
        community_problem(block_map, index, rule) for index in range(len(block_map.communities))
    ]
    wanted = _wanted(problems, grids, planned or {})
    task = _Task(
        block_map,
        block_map.households.astype(np.float64) if load is None else load,
        aims,
        seed,
        cancelled,
    )
    grid = np.zeros(len(block_map.geometry), dtype=np.intp)
    results, findings = [], []
    with ThreadPoolExecutor(os.cpu_count()) as pool:

        def answer(index: int) -> _Answer:
            problem = problems[index]
            asked = wanted.get(problem.code)
            if known is None:
                return _answer(task, problem, asked)
            before = known.grid[problem.blocks], known.results[index]
            return _again(task, problem, asked, *before)

        answers = pool.map(answer, range(len(problems)))
        for index, (found, result, said) in enumerate(answers):
            grid[problems[index].blocks] = found.label
            results.append(result)
            findings += said
            if progress is not None:
                progress(index + 1, len(problems))
    return Assignment(grid, tuple(results), tuple(findings))


def _answer(task: _Task, problem: Problem, asked: int | None) -> _Answer:
    """One community's plan, how it came out, and why."""
    found = _drawn(problem, asked, task)
    result = replace(_result(problem, found, asked), cut_short=task.cancelled())
    if result.state is not State.FEASIBLE:
        ways = offers(
            problem, found.label, found.proof, task.block_map,
            wanted=asked, cancelled=task.cancelled,
        )  # fmt: skip
        result = replace(result, offers=ways)
    said = reasons(
        problem, result, task.block_map, label=found.label, wanted=asked, proof=found.proof
    )
    return found, result, said


def _again(
    task: _Task, problem: Problem, asked: int | None, label: Ints, before: CommunityResult
) -> _Answer:
    """One community's plan with other aims, where it is known already what can be had."""
    rng = task.rng(problem)
    found = _drawn_apart(problem, asked, rng, task) if len(problem.joined) else None
    found = found or _draw(problem, asked, rng, task)
    if found.broken > HOLDS and before.state is State.FEASIBLE:
        count = before.grids
        better = improved(
            problem, task.ground(problem), label, count,
            aims=task.aims, rng=rng, cancelled=task.cancelled,
        )  # fmt: skip
        found = _Try(better, count, broken(problem, better, count))
    result = replace(_result(problem, found, asked), cut_short=task.cancelled())
    if result.state is not State.FEASIBLE and before.state is not State.FEASIBLE:
        result = replace(result, state=before.state, offers=before.offers)
    return found, result, []


def _wanted(
    problems: list[Problem], grids: int | None, planned: Mapping[str, int]
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
    rules = [problem.rule for problem in free]
    counts = share_counts([h for h, _ in totals], [r for _, r in totals], left, rules)
    return fixed | {problem.code: count for problem, count in zip(free, counts, strict=True)}


def _counts(problem: Problem, wanted: int | None) -> list[int]:
    """The numbers of grids to try, most promising first."""
    if wanted is not None:
        return [min(wanted, problem.size)]
    households, residents = problem.totals
    feasible = feasible_counts(households, residents, problem.rule)
    counts = feasible or [nearest_count(households, residents, problem.rule)]
    return list(dict.fromkeys(min(count, problem.size) for count in counts))


def _drawn(problem: Problem, wanted: int | None, task: _Task) -> _Try:
    """A community's plan: parts that no crossing joins by themselves where that holds; else a plan or a proof."""
    rng = task.rng(problem)
    if len(problem.joined):
        apart = _drawn_apart(problem, wanted, rng, task)
        if apart is not None:
            return apart
    found = _draw(problem, wanted, rng, task)
    counts = _possible(problem, wanted)
    if found.broken <= HOLDS or not counts or _too_large(problem) or task.cancelled():
        return found
    close = found.broken <= NEARLY and found.count in counts
    near = _beside(problem, found) if close else None
    if near is None:
        outcome = prove(problem, counts, found.label, cancelled=task.cancelled)
        if outcome.proof is not None:
            return replace(found, proof=outcome.proof)
        if outcome.label is None:
            return _other_dice(problem, wanted, rng, task, found)
        near, count = outcome.label, outcome.count
    else:
        count = found.count
    label = improved(
        problem, task.ground(problem), near, count,
        aims=task.aims, rng=rng, cancelled=task.cancelled,
    )  # fmt: skip
    return _Try(label, count, broken(problem, label, count))


def _other_dice(
    problem: Problem, wanted: int | None, rng: np.random.Generator, task: _Task, found: _Try
) -> _Try:
    """What is neither found nor disproved, searched again: the nearest plan of all."""
    for _ in range(MORE_DICE):
        if found.broken <= HOLDS or task.cancelled():
            break
        again = _draw(problem, wanted, rng, task)
        found = min(found, again, key=lambda one: one.broken)
    return found


def _beside(problem: Problem, found: _Try) -> Ints | None:
    """A plan that holds bounds beside one that nearly does, by exchanges near its borders that a solver finds."""
    for reach in REACHES:
        label = fewest_moves(problem, Change(found.label, found.label, reach), budget=REACH_EFFORT)
        if label is not None:
            return label
    return None


def _drawn_apart(
    problem: Problem, wanted: int | None, rng: np.random.Generator, task: _Task
) -> _Try | None:
    """Every part drawn by itself; None where that breaks bounds or makes another number of grids than wanted."""
    if stranded(problem):
        return None
    label, count = np.zeros(problem.size, dtype=np.intp), 0
    for blocks, alone in islands(problem):
        found = _draw(alone, None, rng, task)
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


def _draw(problem: Problem, wanted: int | None, rng: np.random.Generator, task: _Task) -> _Try:
    """The best partition that holds both bounds, else the one that breaks them least."""
    counts = _counts(problem, wanted)
    label, count, off = choose(
        problem, task.ground(problem), counts,
        aims=task.aims, rng=rng, cancelled=task.cancelled,
    )  # fmt: skip
    return _Try(label, count, off)


def _result(problem: Problem, found: _Try, wanted: int | None) -> CommunityResult:
    parts = Parts(problem, found.label, found.count)
    leaps = leaping(problem, found.label, inhabited=True) if len(problem.joined) else set()
    off = [parts.broken(grid) for grid in range(found.count)]
    households, residents = problem.totals
    return CommunityResult(
        code=problem.code,
        state=_state(problem, found, wanted, holds=max(off) <= HOLDS, leaps=bool(leaps)),
        grids=found.count,
        inside=sum(one <= HOLDS and grid not in leaps for grid, one in enumerate(off)),
        worst=max(parts.worst(grid) for grid in range(found.count)),
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
