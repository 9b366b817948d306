"""横向覆盖率: how many buildings stand in exactly one grid, told from the same findings that name the exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coverage.layers import number_column, text_column
from geo.model import Finding

EXCEPTIONS = (
    "gap", "overlap", "spill", "multipart", "exclave", "sliver", "invalid-geometry",
    "building-uncovered", "building-multiple", "building-wrong-community",
)  # fmt: skip
"""The findings that keep a city from 横向到边."""
_UNCOVERED = ("building-uncovered", "building-multiple")


@dataclass(frozen=True, slots=True)
class CoverageRate:
    """buildings: those with a place. covered: of these, those that stand in exactly one grid.

    by_kind: the same two numbers by kind of building ("": not recorded). households, residents: what is recorded in
    those that do not, None where nothing is recorded of any building.
    """

    buildings: int
    covered: int
    by_kind: Mapping[str, tuple[int, int]]
    households: int | None
    residents: int | None


def coverage_rate(buildings: gpd.GeoDataFrame, findings: Iterable[Finding]) -> CoverageRate:
    """The rate of ``buildings``, of which ``findings`` (of a `check` of just these) tell the exceptions."""
    shapes = np.asarray(buildings.geometry.array, dtype=object)
    placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    names = text_column(buildings, "building_id")
    names[names == ""] = [f"#{row + 1}" for row in np.flatnonzero(names == "")]
    lost = {code for one in findings if one.code in _UNCOVERED for code in one.codes}
    out = np.array([name in lost for name in names], dtype=bool) & placed
    kinds = text_column(buildings, "kind")
    return CoverageRate(
        buildings=int(placed.sum()),
        covered=int((placed & ~out).sum()),
        by_kind={
            str(kind): (int((mine & ~out).sum()), int(mine.sum()))
            for kind in sorted(set(kinds[placed]))
            if (mine := placed & (kinds == kind)).any()
        },
        households=_sum(number_column(buildings, "households"), out),
        residents=_sum(number_column(buildings, "residents"), out),
    )


def _sum(values: NDArray[np.float64], rows: NDArray[np.bool_]) -> int | None:
    return None if np.isnan(values).all() else int(np.nansum(values[rows]))
