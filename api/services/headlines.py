"""The two figures that leaders ask for, each with the findings that lower it."""

from __future__ import annotations

from geo.chain import ChainResult
from geo.chain.result import ORDER
from geo.coverage import CoverageRate
from geo.coverage.ages import Age
from geo.coverage.rates import EXCEPTIONS
from maps.layers import Headline

EXCEPTIONS_OF = {"horizontal": EXCEPTIONS, "vertical": ORDER}
"""The codes of the findings that lower each."""


def headlines(rate: CoverageRate | None, chain: ChainResult | None) -> tuple[Headline, ...]:
    """横向覆盖率 and 纵向到底率 as a page shows them; what was not checked is left out."""
    found = []
    if rate is not None:
        found.append(_headline("horizontal", rate.covered, rate.buildings))
    if chain is not None:
        found.append(_headline("vertical", chain.whole, chain.grids, rules=chain.rules))
    return tuple(found)


def _headline(name: str, part: int, whole: int, *, rules: str | None = None) -> Headline:
    return Headline(name, part, whole, EXCEPTIONS_OF[name], rules)


def ages_of(rate: CoverageRate | None, chain: ChainResult | None) -> dict[str, Age]:
    """By layer or register, how old the records are that the figures rest on."""
    found: dict[str, Age] = {} if rate is None else dict(rate.ages)
    return found if chain is None else found | dict(chain.ages)
