"""Why a community does not hold both bounds, as findings that name the numbers and the buildings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from geo.blocks import BlockMap
from geo.model import Finding, Severity
from geo.partition.assignment import CommunityResult, State
from geo.partition.islands import leaping, stranded
from geo.partition.naming import Ints, block_name, place_of
from geo.partition.problem import Problem
from geo.partition.prove import Cause, Proof
from geo.partition.reach import load_of
from geo.partition.screen import count_range, feasible_counts

MEASURES = ("households", "residents")
MOST_TOLD = 6
"""Blocks above a ceiling that have a finding each."""
NOTHING = ("—",)
"""Said where there is nothing to name."""


def reasons(
    problem: Problem,
    result: CommunityResult,
    block_map: BlockMap,
    *,
    label: Ints,
    wanted: int | None,
    proof: Proof | None,
) -> list[Finding]:
    """The findings of one community: crossings that are not there, and why bounds are broken where they are.

    ``label``: the plan. ``wanted``: the number of grids that was asked for, if any. ``proof``: that none can do it.
    """
    index = int(block_map.community[problem.blocks[0]])
    row = block_map.communities.iloc[index]
    facts = _facts(problem, result, str(row["name"]))
    found = _crossings(problem, block_map, facts) if leaping(problem, label) else []
    if result.state is not State.FEASIBLE:
        found += _too_large(problem, block_map, facts)
        found += _stranded(problem, block_map, facts) if leaping(problem, label) else []
    if proof is not None:
        return [*found, _proved(problem, proof, block_map, facts)]
    code = _why(problem, result, wanted)
    if code is None:
        return found
    severity = Severity.NOTE if code == "draw-empty" else Severity.WARNING
    if code == "draw-no-count":
        facts |= _arithmetic(problem)
    feasible = feasible_counts(*problem.totals, problem.rule) or [result.grids]
    facts |= {"asked": wanted, "least": min(feasible), "most": max(feasible)}
    return [*found, _finding(code, severity, problem, row.geometry, facts)]


def _why(problem: Problem, result: CommunityResult, wanted: int | None) -> str | None:
    """The finding that says why, or None where nothing is left to say."""
    feasible = feasible_counts(*problem.totals, problem.rule)
    if wanted is not None and wanted != result.grids:
        return "draw-too-few-blocks"
    if result.state is State.FEASIBLE:
        return None
    if not any(problem.totals):
        return "draw-empty"
    if not feasible:
        return "draw-too-few" if _too_few(problem) else "draw-no-count"
    if wanted is not None and wanted not in feasible:
        return "draw-planned-off"
    return "draw-not-found" if result.state is State.NOT_FOUND else None


def _too_few(problem: Problem) -> bool:
    """Whether even one grid would be below a floor, and above no ceiling."""
    rule = problem.rule
    pairs = list(zip(problem.totals, (rule.households, rule.residents), strict=True))
    below = any(total < low for total, (low, _) in pairs)
    return below and all(total <= high for total, (_, high) in pairs)


def _arithmetic(problem: Problem) -> dict[str, object]:
    """Which bound forbids which number of grids: so few that a ceiling is broken, and one more, that breaks a floor."""
    totals = dict(zip(MEASURES, problem.totals, strict=True))
    rule = problem.rule
    most = {name: count_range(totals[name], getattr(rule, name)) for name in MEASURES}
    fewer = max(1, max(least for least, _ in most.values()) - 1)
    more = fewer + 1
    over = max(MEASURES, key=lambda name: totals[name] / fewer / getattr(rule, name)[1])
    under = min(MEASURES, key=lambda name: totals[name] / more / max(1, getattr(rule, name)[0]))
    return {
        "case": f"{over}-{under}",
        "fewer": fewer,
        "more": more,
        "fewer_mean": round(totals[over] / fewer, 1),
        "more_mean": round(totals[under] / more, 1),
        "high": getattr(rule, over)[1],
        "low": getattr(rule, under)[0],
    }


def _facts(problem: Problem, result: CommunityResult, name: str) -> dict[str, object]:
    households, residents = problem.totals
    rule = problem.rule
    by_households = count_range(households, rule.households)
    by_residents = count_range(residents, rule.residents)
    return {
        "code": problem.code,
        "name": name,
        "households": households,
        "residents": residents,
        "grids": result.grids,
        "inside": result.inside,
        "worst_percent": round(100 * result.worst, 1),
        "mean_households": round(households / result.grids),
        "mean_residents": round(residents / result.grids),
        "least_by_households": by_households[0],
        "most_by_households": by_households[1],
        "least_by_residents": by_residents[0],
        "most_by_residents": by_residents[1],
        "low_households": rule.households[0],
        "high_households": rule.households[1],
        "low_residents": rule.residents[0],
        "high_residents": rule.residents[1],
    }


def _finding(
    code: str,
    severity: Severity,
    problem: Problem,
    geometry: shapely.Geometry,
    facts: dict[str, object],
) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        codes=(problem.code,),
        households=problem.totals[0],
        geometry=shapely.point_on_surface(geometry),
        params=dict(facts),
    )


def _too_large(problem: Problem, block_map: BlockMap, facts: dict[str, object]) -> list[Finding]:
    """One finding for each block that no grid can hold; one for all where they are many."""
    rule = problem.rule
    over = np.flatnonzero(
        (problem.households > rule.households[1]) | (problem.residents > rule.residents[1])
    )
    over = over[np.argsort(-problem.households[over], kind="stable")]
    told = [
        {
            "block": block_name(block_map, problem, block),
            "households": int(problem.households[block]),
            "residents": int(problem.residents[block]),
        }
        for block in over.tolist()
    ]
    if len(over) > MOST_TOLD:
        names: dict[str, object] = {"blocks": [one["block"] for one in told[:MOST_TOLD]]}
        place = shapely.union_all(block_map.geometry[problem.blocks[over]])
        code = "draw-blocks-too-large"
        found = _finding(code, Severity.WARNING, problem, place, facts | names)
        return [replace(found, count=len(over))]
    places = block_map.geometry[problem.blocks[over]]
    return [
        _finding("draw-block-too-large", Severity.WARNING, problem, place, facts | one)
        for one, place in zip(told, places, strict=True)
    ]


def _crossings(problem: Problem, block_map: BlockMap, facts: dict[str, object]) -> list[Finding]:
    """One finding for each place where two parts of a community had to be joined without a bridge."""
    return [
        _finding(
            "draw-crossing-assumed",
            Severity.WARNING,
            problem,
            block_map.geometry[problem.blocks[pair[0]]],
            facts,
        )
        for pair in problem.joined
    ]


def _stranded(problem: Problem, block_map: BlockMap, facts: dict[str, object]) -> list[Finding]:
    """One finding for each part that nothing joins to the rest and that fits no number of grids."""
    found = []
    for blocks in stranded(problem):
        households, residents = load_of(problem, blocks.tolist())
        largest = int(blocks[np.argmax(problem.households[blocks])])
        told = {
            "block": block_name(block_map, problem, largest),
            "households": households,
            "residents": residents,
        }
        place = block_map.geometry[problem.blocks[largest]]
        found.append(_finding("draw-part-stranded", Severity.WARNING, problem, place, facts | told))
    return found


def _proved(
    problem: Problem, proof: Proof, block_map: BlockMap, facts: dict[str, object]
) -> Finding:
    """That no plan exists, and the blocks that cause it."""
    names = [block_name(block_map, problem, block) for block in proof.blocks]
    around = [block_name(block_map, problem, block) for block in proof.around]
    told: dict[str, object] = {
        "blocks": names,
        "around": around or list(NOTHING),
        "within_households": proof.within[0],
        "within_residents": proof.within[1],
        "any_count": proof.any_count,
        "number": len(proof.blocks),
    }
    if proof.cause is Cause.HEMMED and len(names) == 1:
        told["case"] = "one"
    return Finding(
        code=f"draw-proved-{proof.cause.value}",
        severity=Severity.WARNING,
        codes=(problem.code,),
        count=len(proof.blocks),
        households=problem.totals[0],
        geometry=place_of(block_map, problem, proof.blocks),
        params=facts | told,
    )
