"""A plan that changed counts broke -> the plan nearest to it that holds, checked, with everything that moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from api.services.draw import DrawResult, plan_summary, residents_basis
from api.services.progress import Progress, silent
from geo.codes import Profile
from geo.coverage import check
from geo.coverage.oddities import oddities
from geo.model import City, CityPlan, Finding, SizeRule
from geo.redraw import Mended, mend_plan


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
    rule: SizeRule | None = None,
    seed: int = 0,
    profile: Profile = Profile.CN,
    grid_name: str = "{community}-{number}",
    noted: Iterable[Finding] = (),
    progress: Progress = silent,
) -> MendResult:
    """Mend ``plan`` under the counts of ``city``: as few households as possible change their grid.

    Raises what `mend_plan` raises. The same input and seed give the same plan.
    """
    rule = rule or SizeRule()
    progress("draw-mend", 0, None)
    mended = mend_plan(
        plan,
        city,
        rule=rule,
        seed=seed,
        profile=profile,
        grid_name=grid_name,
        progress=lambda done, total: progress("draw-mend", done, total),
    )
    basis = residents_basis(city)
    new = mended.plan
    if basis is not None or "residents_basis" not in new.grids:
        new = replace(new, grids=new.grids.assign(residents_basis=basis))
    progress("draw-check", 0, None)
    checked = check(city.communities, new.grids, city.buildings, rule=rule, profile=profile)
    findings = (*noted, *oddities(city), *mended.findings, *checked)
    summary = plan_summary(new, mended.results, findings, rule)
    drawn = DrawResult(new, findings, mended.results, {**summary, "mend": _figures(mended, new)})
    return MendResult(drawn, replace(mended, plan=new))


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
