"""What comes out: a grid for every block, and an honest word about each community."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geo.model import Finding


class State(StrEnum):
    """可行, 算术不可行, 已证明不可行, 限时内未找到."""

    FEASIBLE = "feasible"
    IMPOSSIBLE = "impossible"
    PROVED = "proved"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, slots=True)
class Offer:
    """A way out for a community that can't be divided as asked (its text: ``offer.<kind>``).

    checked: whether a plan within bounds was found (or is at hand) for it. Kinds ending in ``-tried`` were redrawn in
    vain, in ``-not-enough`` are forbidden by arithmetic; other unchecked ones were not tried.
    """

    kind: str
    params: dict[str, object]
    checked: bool


@dataclass(frozen=True, slots=True)
class CommunityResult:
    """How one community came out.

    grids: how many. inside: how many of them hold both bounds. worst: by what share of a bound the worst grid
    breaks it (0 where none does). offers: ways out, where there is no plan within bounds. exception: why the plan may
    stand though it breaks bounds, where a user approved it. cut_short: the search was told to end.
    """

    code: str
    state: State
    grids: int
    inside: int
    worst: float
    households: int
    residents: int
    offers: tuple[Offer, ...] = ()
    exception: str | None = None
    cut_short: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """grid: for each block of a block map, the number of its grid within its community (0, 1, …).

    results: one a community, in the block map's order. findings: why bounds do not hold where they don't.
    """

    grid: NDArray[np.intp]
    results: tuple[CommunityResult, ...]
    findings: tuple[Finding, ...]
