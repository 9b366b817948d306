"""What a check of chains comes to: its findings, and where each grid's and each house's chain breaks first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from geo.chain.terms import Break, Rung
from geo.chain.town import Ladder
from geo.coverage.ages import Age
from geo.model import Finding

ORDER = (
    "code-parent", "line-uncovered", "liaison-missing", "branch-missing", "post-missing", "post-expired",
    "post-duplicate", "group-missing", "household-missing",
)  # fmt: skip
"""The links of one level from the top down; of two that break, the first is the one to mend first."""
WHOLE, OUTSIDE = -1, -2
"""In place of the position of a break: the chain does not break; the house stands in no grid."""


@dataclass(frozen=True, slots=True)
class ChainResult:
    """Which chains are whole, and where the others break first.

    findings: gravest first; levels: at which level each breaks chains (None: at none). broken: of each grid whose chain
    breaks, the finding that breaks it first from the top (its position in ``findings``). houses: of each building
    ``building_id``, ``grid_code`` and ``first``, such a position, WHOLE or OUTSIDE. grids: how many chains are
    demanded. rules: the version that was applied. unchecked: what it demands and nothing is kept about.
    ages: by register (posts, party, contacts), how old its rows are.
    """

    findings: tuple[Finding, ...] = ()
    levels: tuple[Rung | None, ...] = ()
    broken: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    houses: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"building_id": [], "grid_code": [], "first": []})
    )
    grids: int = 0
    rules: str = ""
    unchecked: tuple[str, ...] = ()
    ages: Mapping[str, Age] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def whole(self) -> int:
        """How many grids' chains do not break anywhere."""
        return self.grids - len(self.broken)

    @property
    def houses_whole(self) -> int:
        """How many buildings' chains do not break anywhere."""
        return int((self.houses["first"] == WHOLE).sum())

    def first_breaks(self) -> dict[tuple[Rung, str], int]:
        """How many grids' chains break first at which level by which kind of finding, from the top down."""
        firsts = [(self.levels[one], self.findings[one].code) for one in self.broken.values()]
        known = [(level, code) for level, code in firsts if level is not None]
        ranked = sorted(set(known), key=lambda one: (one[0], ORDER.index(one[1])))
        return {one: known.count(one) for one in ranked}


def _rank(one: Break, position: int) -> tuple[int, int, int]:
    return (one.level or 0, ORDER.index(one.finding.code), position)


def _breaking(breaks: Sequence[Break]) -> list[tuple[int, Break]]:
    """What breaks chains, with its position, from the top down."""
    numbered = [(position, one) for position, one in enumerate(breaks) if one.level is not None]
    return sorted(numbered, key=lambda pair: _rank(pair[1], pair[0]))


def first_breaks(breaks: Sequence[Break]) -> dict[str, int]:
    """Grid -> the finding that breaks its chain first."""
    first: dict[str, int] = {}
    for position, one in _breaking(breaks):
        for grid in one.grids:
            first.setdefault(grid, position)
    return first


def houses_first(steps: Ladder, breaks: Sequence[Break]) -> pd.DataFrame:
    """Of each building where its chain breaks first: what its grid lacks comes before what it lacks itself."""
    if steps.houses is None:
        return ChainResult().houses
    houses = pd.DataFrame(steps.houses[["building_id", "grid_code"]])
    above = first_breaks([one if one.buildings is None else Break(one.finding) for one in breaks])
    below: dict[str, int] = {}
    for position, one in _breaking(breaks):
        for building in one.buildings or ():
            below.setdefault(building, position)
    first = houses["grid_code"].map(above).fillna(houses["building_id"].map(below)).fillna(WHOLE)
    stands = houses["grid_code"].isin(steps.grids.index)
    return houses.assign(first=np.where(stands, first, OUTSIDE).astype(np.int64))
