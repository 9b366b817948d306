"""A city -> its plan: blocks cut, grids drawn, the result checked, with a line about every community."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from api.services.progress import Progress, silent
from geo.blocks import cut_blocks
from geo.codes import Profile
from geo.coverage import check, summarize
from geo.coverage.oddities import oddities
from geo.model import City, CityPlan, Finding, SizeRule
from geo.partition.assignment import CommunityResult, State
from geo.partition.dedicated import rejoined, reserve, wishes
from geo.partition.draw import draw_grids
from geo.partition.load import block_load
from geo.partition.scores import plan_scores
from geo.partition.search import BALANCED, Aims
from geo.partition.splitting import splits_tried
from geo.plans import assemble


@dataclass(frozen=True, slots=True)
class DrawResult:
    """plan: the three layers. findings: about the city as delivered, the drawing and the plan. results: one a
    community. summary: all of that as figures, JSON-ready."""

    plan: CityPlan
    findings: tuple[Finding, ...]
    results: tuple[CommunityResult, ...]
    summary: dict[str, object]


def draw(
    city: City,
    *,
    rule: SizeRule | None = None,
    grids: int | None = None,
    seed: int = 0,
    profile: Profile = Profile.CN,
    grid_name: str = "{community}-{number}",
    noted: Iterable[Finding] = (),
    dedicated: Sequence[str] = (),
    areas: gpd.GeoDataFrame | None = None,
    load: Mapping[str, float] | None = None,
    aims: Aims = BALANCED,
    progress: Progress = silent,
) -> DrawResult:
    """Draw the grids of a whole city. The same city, rule and seed give the same plan.

    ``grids``: how many in all; a column planned_grids in communities fixes it for each. ``grid_name``: pattern of
    names with {community} and {number}. ``noted``: findings of the reader, passed on. ``dedicated``, ``areas``: what
    gets dedicated grids, as `wishes` takes it (a column ``dedicated`` of the buildings counts too). ``load``: columns
    of the buildings and their weights, balanced instead of households. ``aims``: what counts beside the bounds.
    Raises CodeError, GeometryError or OptionError where nothing can be drawn.
    """
    rule = rule or SizeRule()
    progress("draw-blocks", 0, None)
    asked = wishes(city, dedicated, areas=areas)
    block_map = cut_blocks(city, rule=rule, parts=asked.parts, apart=asked.apart)
    reserved = reserve(block_map, asked)
    drawn = draw_grids(
        reserved.rest,
        rule=rule,
        grids=grids,
        planned=planned_grids(city),
        load=block_load(reserved.rest, city.buildings, load) if load else None,
        aims=aims,
        seed=seed,
        progress=lambda done, total: progress("draw-grids", done, total),
    )
    if not asked.names:
        drawn = splits_tried(city, block_map, drawn, rule=rule)
    assignment = rejoined(reserved, drawn)
    plan = assemble(
        block_map, assignment, profile=profile, grid_name=grid_name, dedicated=reserved.name
    )
    plan = replace(plan, grids=plan.grids.assign(residents_basis=residents_basis(city)))
    weight = block_load(block_map, city.buildings, load) if load else None
    if weight is not None:
        plan = _with_load(plan, weight)
    scores = plan_scores(block_map, assignment.grid, load=weight)
    progress("draw-check", 0, None)
    checked = check(city.communities, plan.grids, city.buildings, rule=rule, profile=profile)
    findings = (*noted, *oddities(city), *block_map.findings, *assignment.findings, *checked)
    results = assignment.results
    summary = plan_summary(plan, results, findings, rule) | {"scores": asdict(scores)}
    return DrawResult(plan, findings, results, summary)


def _with_load(plan: CityPlan, load: NDArray[np.float64]) -> CityPlan:
    """A plan whose grids and blocks carry what was balanced."""
    blocks = plan.blocks.assign(load=load)
    of_grid = blocks.groupby("grid_code")["load"].sum()
    grids = plan.grids.assign(load=of_grid.loc[plan.grids["code"]].round(6).to_numpy())
    return replace(plan, grids=grids, blocks=blocks)


def planned_grids(city: City) -> dict[str, int]:
    """How many grids the city's own column asks for, by community code."""
    asked = city.communities.dropna(subset=["planned_grids"])
    pairs = zip(asked["code"], asked["planned_grids"], strict=True)
    return {str(code): int(count) for code, count in pairs}


def residents_basis(city: City) -> str | None:
    """On what basis the people of a city are counted (人口口径); None where it is not said, or mixed."""
    known = city.buildings["residents_basis"].dropna().unique()
    return str(known[0]) if len(known) == 1 else None


def plan_summary(
    plan: CityPlan,
    results: tuple[CommunityResult, ...],
    findings: tuple[Finding, ...],
    rule: SizeRule,
) -> dict[str, object]:
    """The figures of a plan, JSON-ready."""
    return {
        "communities": len(results),
        "communities_inside": sum(one.state is State.FEASIBLE for one in results),
        "grids": len(plan.grids),
        "grids_inside": sum(one.inside for one in results),
        "blocks": len(plan.blocks),
        "households": sum(one.households for one in results),
        "residents": sum(one.residents for one in results),
        "worst": max((one.worst for one in results), default=0.0),
        "rule": asdict(rule),
        "by_community": [asdict(one) for one in results],
        "findings": summarize(findings),
    }
