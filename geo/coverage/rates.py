"""横向覆盖率: how many buildings stand in exactly one grid, and how much of everything else somebody answers for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.coverage.ages import Age
from geo.coverage.layers import Layer
from geo.coverage.things import Part

EXCEPTIONS = (
    "gap", "overlap", "spill", "multipart", "exclave", "sliver", "invalid-geometry",
    "building-uncovered", "building-multiple", "building-wrong-community", "thing-uncovered",
)  # fmt: skip
"""The findings that keep a city from 横向到边."""


@dataclass(frozen=True, slots=True)
class CoverageRate:
    """buildings: those with a usable place. covered: of these, those that stand in exactly one grid (where no grids
    were handed over: community).

    by_kind: the same two numbers by kind of building ("": not recorded). households, residents: what is recorded in
    those that do not, None where nothing is recorded of any building. things: for each further layer, what of it is
    in exactly one grid; lines and areas only as far as communities reach. ages: by layer, how old the records are
    that all this rests on.
    """

    buildings: int
    covered: int
    by_kind: Mapping[str, tuple[int, int]]
    households: int | None
    residents: int | None
    things: Mapping[str, tuple[Part, ...]]
    ages: Mapping[str, Age]


def coverage_rate(
    buildings: Layer,
    out: NDArray[np.bool_],
    *,
    things: Mapping[str, tuple[Part, ...]],
    ages: Mapping[str, Age],
) -> CoverageRate:
    """The rate of ``buildings``, of which ``out`` are in no grid or in several."""
    kinds = buildings.text("kind")
    return CoverageRate(
        buildings=len(buildings),
        covered=int((~out).sum()),
        by_kind={
            str(kind): (int((mine & ~out).sum()), int(mine.sum()))
            for kind in sorted(set(kinds))
            if (mine := kinds == kind).any()
        },
        households=_sum(buildings.number("households"), out),
        residents=_sum(buildings.number("residents"), out),
        things=things,
        ages=ages,
    )


def _sum(values: NDArray[np.float64], rows: NDArray[np.bool_]) -> int | None:
    return None if np.isnan(values).all() else int(np.nansum(values[rows]))
