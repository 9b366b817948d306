"""A city -> its plan: blocks cut, grids drawn, the result checked, with a line about every community."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from api.services.exceptions import exceptions_of, excused
from api.services.progress import Progress, silent
from geo.blocks import BlockMap
from geo.bounds import with_own_bounds
from geo.codes import Profile
from geo.coverage import check, summarize
from geo.coverage.oddities import oddities
from geo.model import City, CityPlan, Finding, Severity, SizeRule
from geo.partition.assignment import Assignment, CommunityResult, State
from geo.partition.crossings import crossings
from geo.partition.dedicated import Reserved, wishes
from geo.partition.draw import draw_grids
from geo.partition.load import block_load, load_findings
from geo.partition.named import buildings_named
from geo.partition.rejoining import rejoined
from geo.partition.scores import plan_scores
from geo.partition.search import BALANCED, Aims
from geo.partition.setting import Setting
from geo.partition.splitting import splits_tried
from geo.plans import assemble


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user asks for beyond what the city says of itself; communities by code.

    rule: both bounds, ``own`` ones included. grids: how many in all; planned: in a community. dedicated, areas: as
    `wishes` takes them. split: estates not kept whole; cross: crossings that count (``community/A=B``). exceptions:
    why a community may break bounds. load: columns of the buildings and their weights, balanced instead of households.
    """

    rule: SizeRule = field(default_factory=SizeRule)
    grids: int | None = None
    planned: Mapping[str, int] = field(default_factory=dict)
    dedicated: Sequence[str] = ()
    areas: gpd.GeoDataFrame | None = None
    split: Sequence[str] = ()
    cross: Sequence[str] = ()
    exceptions: Mapping[str, str] = field(default_factory=dict)
    load: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DrawResult:
    """plan: the three layers. findings: about the city as delivered, the drawing and the plan. results: one a
    community. summary: all of that as figures, JSON-ready. drawn: what other aims can be tried against."""

    plan: CityPlan
    findings: tuple[Finding, ...]
    results: tuple[CommunityResult, ...]
    summary: dict[str, object]
    drawn: Assignment | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A city cut into blocks, to be drawn once or with several aims."""

    setting: Setting
    wanted: Wanted
    block_map: BlockMap
    reserved: Reserved
    seed: int
    profile: Profile
    grid_name: str
    noted: tuple[Finding, ...]
    progress: Progress
    cancelled: Callable[[], bool]

    @property
    def city(self) -> City:
        """What is drawn."""
        return self.setting.city

    @property
    def rule(self) -> SizeRule:
        """Both bounds, with those of communities of their own."""
        return self.setting.rule

    def drawn(self, aims: Aims = BALANCED, *, known: DrawResult | None = None) -> DrawResult:
        """The plan for some aims. ``known``: the plan for others, whose proofs and offers stand (the findings of the
        drawing are told there)."""
        load = self.wanted.load
        self.progress("draw-grids", 0, len(self.reserved.rest.communities))
        found = draw_grids(
            self.reserved.rest,
            rule=self.rule,
            grids=self.wanted.grids,
            planned={**planned_grids(self.city), **self.wanted.planned},
            load=block_load(self.reserved.rest, self.city.buildings, load) if load else None,
            aims=aims,
            seed=self.seed,
            known=None if known is None else known.drawn,
            progress=lambda done, total: self.progress("draw-grids", done, total),
            cancelled=self.cancelled,
        )
        if known is None:
            found = splits_tried(
                self.setting,
                self.block_map,
                found,
                part=self.reserved.part.tolist(),
                cancelled=self.cancelled,
            )
        return self._finished(found)

    def _finished(self, found: Assignment) -> DrawResult:
        """The plan that an assignment means, checked."""
        city, load = self.city, self.wanted.load
        assignment = rejoined(self.reserved, found)
        plan = assemble(
            self.block_map,
            assignment,
            profile=self.profile,
            grid_name=self.grid_name,
            dedicated=self.reserved.name,
        )
        plan = replace(plan, grids=plan.grids.assign(residents_basis=residents_basis(city)))
        weight = block_load(self.block_map, city.buildings, load) if load else None
        if weight is not None:
            plan = with_load(plan, weight)
        # Dedicated grids have no size and no shape to be judged by.
        rest, basic = self.reserved.rest, found.grid
        if len(basic) == 0:
            rest, basic = self.block_map, assignment.grid
        judged = block_load(rest, city.buildings, load) if load else None
        scores = plan_scores(rest, basic, load=judged)
        self.progress("draw-check", 0, None)
        checked = check(
            city.communities, plan.grids, city.buildings, rule=self.rule, profile=self.profile
        )
        results, checked = excused(
            assignment.results,
            checked,
            plan,
            exceptions_of(city, self.wanted.exceptions),
            split=self.wanted.split,
        )
        findings = (
            *self.noted, *oddities(city), *self.block_map.findings, *self.reserved.noted,
            *load_findings(city.buildings, load), *assignment.findings,
            *cut_short(results), *checked,
        )  # fmt: skip
        summary = plan_summary(plan, results, findings, self.rule) | {"scores": asdict(scores)}
        if load:
            summary["load"] = dict(load)
        return DrawResult(plan, findings, results, summary, found)


def prepare(
    city: City,
    *,
    wanted: Wanted | None = None,
    seed: int = 0,
    profile: Profile = Profile.CN,
    grid_name: str = "{community}-{number}",
    noted: Iterable[Finding] = (),
    progress: Progress = silent,
    cancelled: Callable[[], bool] = lambda: False,
) -> Drawing:
    """A city cut into blocks. ``grid_name``: pattern of names with {community} and {number}. ``noted``: findings of the
    reader, passed on. ``cancelled()`` true ends the search, not the plan.

    Raises CodeError, GeometryError or OptionError where nothing can be drawn.
    """
    wanted = wanted or Wanted()
    progress("draw-blocks", 0, None)
    asked = wishes(city, wanted.dedicated, areas=wanted.areas)
    loose = np.zeros(len(city.buildings), dtype=bool)
    for name in wanted.split:
        loose[buildings_named(city, name)] = True
    rule = with_own_bounds(wanted.rule, city.communities)
    setting = Setting(city, rule, asked, crossings(city, wanted.cross), loose)
    return Drawing(
        setting, wanted, *setting.cut(), seed, profile, grid_name, tuple(noted),
        progress, cancelled,
    )  # fmt: skip


def draw(
    city: City,
    *,
    wanted: Wanted | None = None,
    seed: int = 0,
    profile: Profile = Profile.CN,
    grid_name: str = "{community}-{number}",
    noted: Iterable[Finding] = (),
    progress: Progress = silent,
) -> DrawResult:
    """Draw the grids of a whole city, as `prepare` says. The same city, wishes and seed give the same plan."""
    return prepare(
        city,
        wanted=wanted,
        seed=seed,
        profile=profile,
        grid_name=grid_name,
        noted=noted,
        progress=progress,
    ).drawn()


def with_load(plan: CityPlan, load: NDArray[np.float64]) -> CityPlan:
    """A plan whose grids and blocks carry what was balanced (``load``: of each of its blocks)."""
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


def cut_short(results: Sequence[CommunityResult]) -> list[Finding]:
    """That the search was told to end, and where it had not come to its own end."""
    codes = tuple(dict.fromkeys(one.code for one in results if one.cut_short))
    if not codes:
        return []
    told = {"count": len(codes), "codes": codes}
    return [Finding("draw-cut-short", Severity.WARNING, codes=codes, count=len(codes), params=told)]


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
        "communities_excepted": sum(one.exception is not None for one in results),
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
