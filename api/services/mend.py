"""A plan that changed counts broke -> the plan nearest to it that holds, checked, with everything that moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np

from api.services.draw import (
    DrawResult,
    Wanted,
    cut_short,
    plan_summary,
    residents_basis,
    with_load,
)
from api.services.exceptions import exceptions_of, excused
from api.services.progress import Progress, silent
from geo.bounds import with_own_bounds
from geo.codes import Profile
from geo.coverage import check
from geo.coverage.oddities import oddities
from geo.model import City, CityPlan, Finding, SizeRule
from geo.partition.load import block_load, load_findings
from geo.partition.scores import Scores, plan_scores
from geo.redraw import Mended, mend_plan
from geo.redraw.standing import block_map_of, stand


@dataclass(frozen=True, slots=True)
class MendResult:
    """drawn: the plan, its findings and figures, as `draw` gives them. mended: what changed."""

    drawn: DrawResult
    mended: Mended

    @property
    def households(self) -> int:
        """How many households changed their grid."""
        return sum(move.households for move in self.mended.moves)


def mend(
    plan: CityPlan,
    city: City,
    *,
    wanted: Wanted | None = None,
    seed: int = 0,
    profile: Profile = Profile.CN,
    grid_name: str = "{community}-{number}",
    noted: Iterable[Finding] = (),
    progress: Progress = silent,
    cancelled: Callable[[], bool] = lambda: False,
) -> MendResult:
    """Mend ``plan`` under the counts of ``city``: as few households as possible change their grid.

    Of ``wanted`` its rule and exceptions count, beside those that ``plan`` carries; its load is told, not balanced.
    Raises what `mend_plan` raises. The same input and seed give the same plan.
    """
    wanted = wanted or Wanted()
    rule = with_own_bounds(wanted.rule, city.communities)
    progress("draw-mend", 0, None)
    mended = mend_plan(
        plan,
        city,
        rule=rule,
        seed=seed,
        profile=profile,
        grid_name=grid_name,
        progress=lambda done, total: progress("draw-mend", done, total),
        cancelled=cancelled,
    )
    results = tuple(replace(one, cut_short=cancelled()) for one in mended.results)
    basis = residents_basis(city)
    new = mended.plan
    if basis is not None or "residents_basis" not in new.grids:
        new = replace(new, grids=new.grids.assign(residents_basis=basis))
    if not wanted.load:
        new = _without_load(new)
    new, scores = _scored(new, city, rule, profile, wanted.load)
    progress("draw-check", 0, None)
    checked = check(city.communities, new.grids, city.buildings, rule=rule, profile=profile)
    reasons = exceptions_of(city, wanted.exceptions, former=plan)
    results, checked = excused(results, checked, new, reasons)
    findings = (
        *noted, *oddities(city), *load_findings(city.buildings, wanted.load),
        *mended.findings, *cut_short(results), *checked,
    )  # fmt: skip
    summary = plan_summary(new, results, findings, rule) | {"scores": asdict(scores)}
    if wanted.load:
        summary["load"] = dict(wanted.load)
    drawn = DrawResult(new, findings, results, {**summary, "mend": _figures(mended, new)})
    return MendResult(drawn, replace(mended, plan=new))


def _without_load(plan: CityPlan) -> CityPlan:
    """What was balanced once is not known of today."""
    grids, blocks = (one.drop(columns="load", errors="ignore") for one in (plan.grids, plan.blocks))
    return replace(plan, grids=grids, blocks=blocks)


def _scored(
    plan: CityPlan, city: City, rule: SizeRule, profile: Profile, load: Mapping[str, float]
) -> tuple[CityPlan, Scores]:
    """How good the plan is now; with the load of its grids where that is asked for."""
    standing = stand(plan, city, rule=rule, profile=profile)
    block_map, _ = block_map_of(standing, np.ones(len(standing.blocks), dtype=bool))
    grid = np.unique(standing.blocks["grid_code"].to_numpy(str), return_inverse=True)[1]
    weight = block_load(block_map, city.buildings, load) if load else None
    scores = plan_scores(block_map, grid.reshape(-1), load=weight)
    if weight is not None:
        of_block = dict(zip(standing.blocks["block_id"], weight, strict=True))
        plan = with_load(plan, plan.blocks["block_id"].map(of_block).to_numpy(np.float64))
    return plan, scores


def _figures(mended: Mended, plan: CityPlan) -> dict[str, object]:
    households = int(plan.grids["households"].sum())
    moved = sum(move.households for move in mended.moves)
    return {
        "households_moved": moved,
        "residents_moved": sum(move.residents for move in mended.moves),
        "buildings_moved": sum(move.buildings for move in mended.moves),
        "blocks_moved": sum(move.blocks for move in mended.moves),
        "share_moved": moved / households if households else 0.0,
        "communities_mended": list(mended.mended),
        "communities_proved_least": list(mended.least),
        "grids_new": list(mended.new),
        "grids_gone": list(mended.gone),
        "moves": [asdict(move) for move in mended.moves],
    }
