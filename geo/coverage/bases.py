"""人口口径: counts on different bases (常住, 户籍, 实有) do not add up, and must not be added in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.coverage.buildings import NOWHERE, Standing
from geo.coverage.layers import Layer
from geo.model import Finding, Severity

MIXED = "mixed"


def grid_bases(
    grids: Layer, buildings: Layer | None, standing: Standing | None
) -> NDArray[np.object_]:
    """The basis of each grid's residents: that of the counts in it, `MIXED` for several, "" where none is recorded."""
    own = grids.text("residents_basis")
    if buildings is None or standing is None:
        return own
    basis, counted = _counted(buildings)
    if not counted.any():
        return own
    held = (standing.grid != NOWHERE) & counted & (basis != "")
    result = np.full(len(grids), "", dtype=object)
    grid, names = standing.grid[held], basis[held]
    result[grid] = names  # the last one; those that it is not the only one of are mixed
    result[grid[names != result[grid]]] = MIXED
    return result


def mixed_bases(grids: Layer, buildings: Layer | None, bases: NDArray[np.object_]) -> list[Finding]:
    """Grids in which counts on several bases are added up; grids that are counted on different ones; a note for
    counts that do not say theirs while others do. ``bases``: of `grid_bases`."""
    found = []
    within = bases == MIXED
    if within.any():
        found.append(_grids(grids, within, "within", _names(buildings)))
    told = bases[~within & (bases != "")]
    if len(set(told)) > 1:
        usual = pd.Series(told).mode().iloc[0]
        fewer = ~within & (bases != "") & (bases != usual)
        found.append(_grids(grids, fewer, "between", sorted(set(told)), usual=str(usual)))
    return found + _unrecorded(buildings)


def _counted(buildings: Layer) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    counted = ~np.isnan(buildings.number("residents"))
    return buildings.text("residents_basis"), counted


def _names(buildings: Layer | None) -> list[str]:
    if buildings is None:
        return []
    basis, counted = _counted(buildings)
    return sorted({str(name) for name in basis[counted] if name})


def _grids(
    grids: Layer, rows: NDArray[np.bool_], case: str, bases: list[str], **more: str
) -> Finding:
    return Finding(
        "basis-mixed",
        Severity.WARNING,
        codes=tuple(str(code) for code in grids.codes[rows]),
        count=int(rows.sum()),
        geometry=shapely.MultiPolygon(list(shapely.get_parts(grids.shapes[rows]))),
        params={"layer": "grids", "case": case, "bases": bases, **more},
    )


def _unrecorded(buildings: Layer | None) -> list[Finding]:
    if buildings is None:
        return []
    basis, counted = _counted(buildings)
    lost = counted & (basis == "")
    if not lost.any() or not (counted & (basis != "")).any():
        return []
    return [
        Finding(
            "basis-mixed",
            Severity.NOTE,
            codes=tuple(str(code) for code in buildings.codes[lost]),
            count=int(lost.sum()),
            geometry=shapely.MultiPoint(list(buildings.shapes[lost])),
            params={"layer": "buildings", "case": "unrecorded", "bases": _names(buildings)},
        )
    ]
