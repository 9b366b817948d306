"""Ways out for a community that has no plan within bounds: what could be changed, and whether that was checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.partition.assignment import Offer
from geo.partition.islands import leaping, with_rule
from geo.partition.naming import block_name, called
from geo.partition.problem import Problem, components, make_problem
from geo.partition.prove import Proof, prove
from geo.partition.reach import load_of
from geo.partition.screen import feasible_counts
from geo.partition.trial import MOST_COUNTS, can_hold, without

Ints = NDArray[np.intp]

Bounds = tuple[int, int]
EFFORT = 1.5
MOST_CROSSINGS = 3
MOST_DEDICATED = 6
"""Blocks that are offered to be dedicated, all together."""
MOST_UNITS = 3
"""Blocks that are offered to be recounted."""


def offers(
    problem: Problem,
    label: Ints,
    proof: Proof | None,
    block_map: BlockMap,
    *,
    wanted: int | None,
    effort: float = EFFORT,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Offer, ...]:
    """Approve the exception; change bounds to what the nearest plan holds; another number of grids; dedicate or divide
    what is too large; split an estate; allow a crossing. ``label``: the nearest plan.
    ``effort``: deterministic time to see whether a lesser change of a bound would do (0: not looked at).

    What says that bounds hold was redrawn, within a budget of steps; splitting is tried in splitting.py."""
    feasible = feasible_counts(*problem.totals, problem.rule)
    found = [Offer("approve", {}, checked=True)]
    if any(problem.totals):
        found += _bounds(problem, label, proof, effort)
    if wanted is not None and feasible and wanted not in feasible:
        found.append(_count(problem, block_map, feasible, cancelled))
    if leaping(problem, label, inhabited=True):
        holds = not _off(problem, label)
        found += _crossings(problem, block_map, holds=holds, cancelled=cancelled)
    over = _over(problem)
    found += _large(problem, block_map, over, cancelled)
    causes = (*proof.blocks, *proof.around) if proof is not None else ()
    found += _splits(problem, block_map, [one for one in causes if one not in over])
    return tuple(replace(one, params={"code": problem.code, **one.params}) for one in found)


def _splits(problem: Problem, block_map: BlockMap, causes: list[int]) -> list[Offer]:
    """To split each estate that is whole and a cause; one that lies in several blocks is split already."""
    estates = block_map.estate[problem.blocks]
    whole = [
        one
        for one in dict.fromkeys(causes)
        if estates[one] is not None and (estates == estates[one]).sum() == 1
    ]
    return [
        Offer(
            "split",
            _named(problem, block_map, one) | {"estate": str(estates[one])},
            checked=False,
        )
        for one in whole
    ]


def _count(
    problem: Problem,
    block_map: BlockMap,
    feasible: list[int],
    cancelled: Callable[[], bool],
) -> Offer:
    """Another number of grids: the first, roomiest first, for which a plan is found."""
    params: dict[str, object] = {"least": min(feasible), "most": max(feasible)}
    for one in feasible[:MOST_COUNTS]:
        if can_hold(problem, block_map, counts=[one], cancelled=cancelled):
            return Offer("count", params | {"count": one}, checked=True)
    return Offer("count-range", params, checked=False)


def _held(problem: Problem, label: Ints) -> tuple[Bounds, Bounds]:
    """The bounds that a plan holds: those of the rule, widened to its smallest and largest grid."""
    pairs = []
    for load, (low, high) in (
        (problem.households, problem.rule.households),
        (problem.residents, problem.rule.residents),
    ):
        grids = np.bincount(label, load)
        pairs.append((min(low, int(grids.min())), max(high, int(grids.max()))))
    return pairs[0], pairs[1]


def _off(problem: Problem, label: Ints) -> bool:
    return _held(problem, label) != (problem.rule.households, problem.rule.residents)


def _bounds(problem: Problem, label: Ints, proof: Proof | None, effort: float) -> list[Offer]:
    """The bounds that the nearest plan holds, and whether a lesser change is proved not to do."""
    if not _off(problem, label):
        return []
    households, residents = _held(problem, label)
    params: dict[str, object] = {
        "low_households": households[0],
        "high_households": households[1],
        "low_residents": residents[0],
        "high_residents": residents[1],
    }
    known = (
        proof is not None or _over(problem) or not feasible_counts(*problem.totals, problem.rule)
    )
    least = effort > 0 and known and _is_least(problem, label, (households, residents), effort)
    return [Offer("bounds-least" if least else "bounds", params, checked=True)]


def _is_least(problem: Problem, label: Ints, held: tuple[Bounds, Bounds], effort: float) -> bool:
    """Whether every bound that moved is a block's own, or one moved, and moving it by one less is proved not to do."""
    rule = problem.rule
    high = int(problem.households.max()), int(problem.residents.max())
    if held == ((rule.households[0], max(high[0], rule.households[1])),
                (rule.residents[0], max(high[1], rule.residents[1]))):  # fmt: skip
        return True
    before = np.array([*rule.households, *rule.residents])
    after = np.array([*held[0], *held[1]])
    moved = np.flatnonzero(before != after)
    if len(moved) != 1:
        return False
    after[moved] += np.sign(before - after)[moved]
    h_low, h_high, r_low, r_high = (int(value) for value in after)
    lesser = with_rule(problem, (h_low, h_high), (r_low, r_high))
    counts = [one for one in feasible_counts(*lesser.totals, lesser.rule) if one <= lesser.size]
    if not counts:
        return True
    return prove(lesser, counts, label, effort=effort).proof is not None


def _over(problem: Problem) -> list[int]:
    """The blocks above a ceiling, those furthest above it first."""
    rule = problem.rule
    share = np.maximum(
        problem.households / rule.households[1], problem.residents / rule.residents[1]
    )
    order: list[int] = np.argsort(-share, kind="stable").tolist()
    return [block for block in order if share[block] > 1]


def _large(
    problem: Problem, block_map: BlockMap, over: list[int], cancelled: Callable[[], bool]
) -> list[Offer]:
    """What can be done about blocks that no grid can hold: none of them alone is a way out, so all at once."""
    found = []
    if 0 < len(over) <= MOST_DEDICATED:
        found.append(_dedicated(problem, block_map, over, cancelled))
    named = [_named(problem, block_map, block) for block in over[:MOST_UNITS]]
    return [*found, *(Offer("units", one, checked=False) for one in named)]


def _dedicated(
    problem: Problem, block_map: BlockMap, over: list[int], cancelled: Callable[[], bool]
) -> Offer:
    """Grids of their own kind for blocks, and whether the rest then holds; arithmetic alone may forbid it."""
    named = [_named(problem, block_map, block) for block in over]
    options = list(dict.fromkeys(str(one["option"]) for one in named))
    estates = block_map.estate[problem.blocks]
    gone = {*over, *(one for one in range(problem.size) if estates[one] in options)}
    rest = load_of(problem, [one for one in range(problem.size) if one not in gone])
    params: dict[str, object] = {
        "block": " + ".join(str(one["block"]) for one in named),
        "option": f",{problem.code}/".join(options),
        "options": options,
    }
    if not any(rest):
        return Offer("dedicated-empty", params, checked=False)
    if not feasible_counts(*rest, problem.rule):
        return Offer("dedicated-not-enough", params, checked=False)
    parts = [one for one in without(problem, gone) if any(one.totals)]
    holds = all(can_hold(one, block_map, cancelled=cancelled) for one in parts)
    return Offer("dedicated" if holds else "dedicated-tried", params, checked=holds)


def _crossings(
    problem: Problem, block_map: BlockMap, *, holds: bool, cancelled: Callable[[], bool]
) -> list[Offer]:
    """To allow each crossing that the plan makes up, between blocks that have a name: where the ends have none, the
    nearest to them that do; by a bridge in the data where a part has no name at all."""
    found = []
    for ends in problem.joined[:MOST_CROSSINGS]:
        named = _named_ends(problem, block_map, ends)
        pair = ends if named is None else named
        names = [block_name(block_map, problem, one) for one in pair.tolist()]
        params: dict[str, object] = {"one": names[0], "other": names[1]}
        single = len(problem.joined) == 1
        if named is None:
            found.append(Offer("crossing-bridge", params, checked=False))
            continue
        as_drawn = holds and bool((named == ends).all())
        checked = single and (as_drawn or _joined_holds(problem, block_map, named, cancelled))
        option = "=".join(called(block_map, problem, one) for one in named.tolist())
        found.append(Offer("crossing", params | {"option": option}, checked=checked))
    return found


def _named_ends(problem: Problem, block_map: BlockMap, ends: Ints) -> Ints | None:
    """The blocks with a name nearest to both ends of a crossing, each in the part of its end; None without."""
    part = components(problem.size, problem.pairs[: len(problem.pairs) - len(problem.joined)])
    named = np.array([bool(called(block_map, problem, one)) for one in range(problem.size)])
    shapes, found = block_map.metric[problem.blocks], []
    for end in ends.tolist():
        there = np.flatnonzero(named & (part == part[end]))
        if len(there) == 0:
            return None
        away = shapely.distance(shapes[there], shapes[end])
        found.append(end if named[end] else int(there[np.argmin(away)]))
    return np.array(found, dtype=np.intp)


def _joined_holds(
    problem: Problem, block_map: BlockMap, pair: Ints, cancelled: Callable[[], bool]
) -> bool:
    """Whether a plan is found with that crossing."""
    real = len(problem.pairs) - len(problem.joined)
    joined = make_problem(
        problem.households,
        problem.residents,
        np.concatenate([problem.pairs[:real], pair.reshape(1, 2)]),
        np.append(problem.price[:real], 0.0),
        rule=problem.rule,
        code=problem.code,
        blocks=problem.blocks,
    )
    return can_hold(joined, block_map, cancelled=cancelled)


def _named(problem: Problem, block_map: BlockMap, block: int) -> dict[str, object]:
    """A block for people, and as an option takes it."""
    name = block_name(block_map, problem, block)
    return {"block": name, "option": called(block_map, problem, block)}
