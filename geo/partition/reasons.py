"""Why a community does not hold both bounds, as findings that name the numbers and the buildings."""

from __future__ import annotations

import numpy as np
import shapely

from geo.blocks import BlockMap
from geo.model import Finding, Severity
from geo.partition.assignment import CommunityResult, State
from geo.partition.problem import Problem
from geo.partition.screen import count_range, feasible_counts


def reasons(
    problem: Problem, result: CommunityResult, block_map: BlockMap, *, planned: bool
) -> list[Finding]:
    """The findings of one community: assumed crossings, and why bounds are broken where they are."""
    index = int(block_map.community[problem.blocks[0]])
    row = block_map.communities.iloc[index]
    facts = _facts(problem, result, str(row["name"]))
    found = _crossings(problem, block_map, facts)
    if result.state is State.FEASIBLE:
        return found
    households, residents = problem.totals
    feasible = feasible_counts(households, residents, problem.rule)
    found += _too_large(problem, block_map, facts)
    if households == 0 and residents == 0:
        found.append(_finding("draw-empty", Severity.NOTE, problem, row.geometry, facts))
    elif not feasible:
        found.append(_finding("draw-no-count", Severity.WARNING, problem, row.geometry, facts))
    elif planned and result.grids not in feasible:
        low, high = min(feasible), max(feasible)
        facts |= {"least": low, "most": high}
        found.append(_finding("draw-planned-off", Severity.WARNING, problem, row.geometry, facts))
    elif result.state is State.NOT_FOUND:
        found.append(_finding("draw-not-found", Severity.WARNING, problem, row.geometry, facts))
    return found


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
    """One finding for each block that no grid can hold."""
    rule = problem.rule
    over = (problem.households > rule.households[1]) | (problem.residents > rule.residents[1])
    return [
        _finding(
            "draw-block-too-large",
            Severity.WARNING,
            problem,
            block_map.geometry[problem.blocks[block]],
            facts
            | {
                "households": int(problem.households[block]),
                "residents": int(problem.residents[block]),
            },
        )
        for block in np.flatnonzero(over)
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
