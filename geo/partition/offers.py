"""Ways out for a community that has no plan within bounds: what could be changed, and whether that was checked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.partition.assignment import Offer
from geo.partition.islands import leaping, with_rule
from geo.partition.naming import block_name
from geo.partition.problem import Problem
from geo.partition.prove import Proof, prove
from geo.partition.reach import load_of
from geo.partition.screen import feasible_counts

Ints = NDArray[np.intp]

Bounds = tuple[int, int]
EFFORT = 1.5
"""Deterministic time to see whether a lesser change of a bound would do."""


def offers(
    problem: Problem,
    label: Ints,
    proof: Proof | None,
    block_map: BlockMap,
    *,
    wanted: int | None,
) -> tuple[Offer, ...]:
    """Approve the exception; change bounds to what the nearest plan holds; another number of grids; split or dedicate
    what is too large; allow a crossing. ``label``: the nearest plan."""
    feasible = feasible_counts(*problem.totals, problem.rule)
    found = [Offer("approve", {"code": problem.code}, checked=True)]
    if any(problem.totals):
        found += _bounds(problem, label, proof)
    if wanted is not None and feasible and wanted not in feasible:
        params: dict[str, object] = {"least": min(feasible), "most": max(feasible)}
        found.append(Offer("count", params, checked=False))
    if leaping(problem, label):
        crossing = _crossing(problem, block_map)
        found.append(Offer("crossing", crossing, checked=not _off(problem, label)))
    over = _over(problem)
    found += [_dedicated(problem, block_map, block) for block in over]
    causes = (*proof.blocks, *proof.around) if proof is not None else ()
    for block in dict.fromkeys((*over, *causes)):
        if block_map.estate[problem.blocks[block]] is not None:
            split: dict[str, object] = {"block": block_name(block_map, problem, block)}
            found.append(Offer("split", split, checked=False))
    return tuple(found)


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


def _bounds(problem: Problem, label: Ints, proof: Proof | None) -> list[Offer]:
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
    least = proof is not None and _is_least(problem, label, (households, residents))
    return [Offer("bounds-least" if least else "bounds", params, checked=True)]


def _is_least(problem: Problem, label: Ints, held: tuple[Bounds, Bounds]) -> bool:
    """Whether only one bound moved, and moving it by one less is proved not to be enough."""
    rule = problem.rule
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
    return prove(lesser, counts, label, effort=EFFORT).proof is not None


def _over(problem: Problem) -> list[int]:
    rule = problem.rule
    over = (problem.households > rule.households[1]) | (problem.residents > rule.residents[1])
    return np.flatnonzero(over).tolist()


def _dedicated(problem: Problem, block_map: BlockMap, block: int) -> Offer:
    """A grid of its own kind for one block; checked where arithmetic alone already forbids the rest."""
    others = [one for one in range(problem.size) if one != block]
    rest = feasible_counts(*load_of(problem, others), problem.rule)
    params: dict[str, object] = {
        "block": block_name(block_map, problem, block),
        "counts": len(rest),
    }
    return Offer("dedicated" if rest else "dedicated-not-enough", params, checked=not rest)


def _crossing(problem: Problem, block_map: BlockMap) -> dict[str, object]:
    ends = problem.joined[0]
    names = [block_name(block_map, problem, int(one)) for one in ends]
    return {"one": names[0], "other": names[1]}
