"""The whole chain from the community down to the building, and where each grid's first breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from geo.chain.lines import check_lines
from geo.chain.officers import check_posts
from geo.chain.party import check_party
from geo.chain.rules import ChainRules
from geo.chain.terms import by_code
from geo.coverage.layers import text_column
from geo.coverage.summary import gravest_first
from geo.model import PARTY_COLUMNS, POST_COLUMNS, Finding

ORDER = (
    "line-uncovered", "liaison-missing", "branch-missing", "post-missing", "post-expired",
    "post-duplicate", "group-missing", "household-missing",
)  # fmt: skip
"""The links from the top down; the first that breaks is the one to mend first."""


@dataclass(frozen=True, slots=True)
class ChainResult:
    """findings: gravest first. broken: of each grid whose chain breaks, the finding that breaks it first (its position
    in ``findings``). grids: how many chains are demanded. rules: the version that was applied."""

    findings: tuple[Finding, ...] = ()
    broken: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    grids: int = 0
    rules: str = ""

    @property
    def whole(self) -> int:
        """How many chains do not break anywhere."""
        return self.grids - len(self.broken)


def check_chain(
    communities: gpd.GeoDataFrame,
    grids: gpd.GeoDataFrame,
    posts: pd.DataFrame,
    units: pd.DataFrame | None,
    *,
    rules: ChainRules,
    at: datetime,
    standing: Mapping[str, str] = MappingProxyType({}),
) -> ChainResult:
    """Hold the registers of people against what ``rules`` demand, at the moment ``at`` (time-zone aware).

    ``communities`` (code, name), ``grids`` (code, name, community_code, kind): EPSG:4490. ``posts``: POST_COLUMNS;
    without any B post lines and liaisons are not held against it. ``units``: the party's units (PARTY_COLUMNS); None:
    no such register, its links are not checked. ``standing``: the grid that each building stands in.
    Findings line-uncovered, liaison-missing, branch-missing, post-…, group-missing, household-missing, code-parent.
    What a community lacks breaks the chain of each of its grids.
    """
    town = by_code(grids)
    homes = town.get("community_code", pd.Series(index=town.index, dtype=object))
    governed = by_code(communities)
    governed = governed[governed.index.isin(set(homes.dropna()))]
    register = posts.reindex(columns=list(POST_COLUMNS))
    demanded = [rules.of(kind) for kind in town.get("kind", pd.Series(None, index=town.index))]
    answered = town[[demand.officer for demand in demanded]]
    findings = [
        one for one in check_posts(answered, register, at=at) if _concerns(one, town, answered)
    ]
    if (register["kind"] == "B").any():
        findings += check_lines(governed, register, rules=rules, at=at)
    if units is not None:
        known = units.reindex(columns=list(PARTY_COLUMNS))
        known = known.assign(code=text_column(known, "code"))
        findings += check_party(governed, town, known, rules=rules, standing=standing)
    ordered = gravest_first(findings)
    return ChainResult(
        findings=tuple(ordered),
        broken=_first_breaks(ordered, homes),
        grids=len(town) if rules.demands else 0,
        rules=rules.version,
    )


def _concerns(finding: Finding, town: gpd.GeoDataFrame, answered: gpd.GeoDataFrame) -> bool:
    """A post of a grid that needs no officer is no post of an unknown grid."""
    if finding.code != "code-parent":
        return True
    return not set(finding.codes) <= set(town.index) - set(answered.index)


def _first_breaks(findings: Iterable[Finding], homes: pd.Series) -> dict[str, int]:
    """Grid -> the finding that breaks its chain first."""
    of_community: dict[str, list[str]] = {}
    for grid, community in homes.items():
        of_community.setdefault(str(community), []).append(str(grid))
    first: dict[str, int] = {}
    ranked = [
        (ORDER.index(one.code), n, one) for n, one in enumerate(findings) if one.code in ORDER
    ]
    for _, position, finding in sorted(ranked, key=lambda each: each[:2]):
        for code in finding.codes:
            for grid in of_community.get(code, [code]):
                first.setdefault(grid, position)
    return first
