"""Whether grids keep both bounds, and estates stay whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.coverage.buildings import NOWHERE, Standing, known_sum
from geo.coverage.layers import Layer
from geo.model import BuildingKind, Finding, GridKind, Severity, SizeRule

MEASURES = ("households", "residents")


@dataclass(frozen=True, slots=True)
class Count:
    """What is known of one measure in each grid. ``complete``: no dwelling in it is still uncounted."""

    least: NDArray[np.float64]
    complete: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Measured:
    """A measure and its bounds."""

    name: str
    low: int
    high: int


def sizes(
    grids: Layer,
    buildings: Layer | None,
    standing: Standing | None,
    bases: NDArray[np.object_],
    *,
    rule: SizeRule,
) -> list[Finding]:
    """Basic grids outside the bounds, and by how much; dedicated grids have none.

    Counted from the buildings where they carry the measure, else from the grids' own columns. A grid with
    uncounted dwellings can only be too large: below the floor nothing is known. ``bases``: on which each grid's
    residents are counted (`bases.grid_bases`).
    """
    basic = grids.text("kind") != GridKind.DEDICATED
    rules = [rule.of(code) for code in grids.text("community_code")]
    found = []
    for measure in MEASURES:
        count = _counted(grids, buildings, standing, measure)
        bounds = [getattr(one, measure) for one in rules]
        low, high = np.array(bounds, dtype=float).reshape(-1, 2).T
        over = basic & (count.least > high)
        under = basic & (count.least < low) & count.complete
        for row in np.flatnonzero(over | under):
            of = _Measured(measure, *bounds[row])
            found.append(_size(grids, int(row), of, int(count.least[row]), str(bases[row])))
    return found


def _counted(
    grids: Layer, buildings: Layer | None, standing: Standing | None, measure: str
) -> Count:
    own = grids.number(measure)
    if buildings is None or standing is None:
        return Count(own, ~np.isnan(own))
    values = buildings.number(measure)
    if np.isnan(values).all():
        return Count(own, ~np.isnan(own))
    inside = standing.grid != NOWHERE
    rows, held = standing.grid[inside], values[inside]
    dwelling = ~np.isin(
        buildings.text("kind"),
        [kind.value for kind in BuildingKind if kind is not BuildingKind.RESIDENCE],
    )
    uncounted = np.isnan(held) & dwelling[inside]
    least = np.bincount(rows, weights=np.nan_to_num(held), minlength=len(grids)).astype(float)
    return Count(least, np.bincount(rows, weights=uncounted, minlength=len(grids)) == 0)


def _size(grids: Layer, row: int, of: _Measured, value: int, basis: str) -> Finding:
    low, high, measure = of.low, of.high, of.name
    case = "over" if value > high else "under"
    shape = grids.shapes[row]
    return Finding(
        f"size-{measure}",
        Severity.WARNING,
        codes=(str(grids.codes[row]),),
        area_m2=float(shape.area),
        households=value if measure == "households" else None,
        geometry=shape,
        params={
            "layer": "grids",
            "case": case,
            "label": grids.label(row),
            "value": value,
            "low": low,
            "high": high,
            "off_by": value - high if case == "over" else low - value,
            **({"basis": basis} if measure == "residents" else {}),
        },
    )


def estates(grids: Layer, buildings: Layer, standing: Standing, *, rule: SizeRule) -> list[Finding]:
    """Estates that would fit one grid and lie in several. An estate is a name within one community."""
    name = buildings.text("estate")
    held = np.flatnonzero((name != "") & (standing.grid != NOWHERE))
    held = held[_in_several(buildings, standing, held)]
    if len(held) == 0:
        return []
    keys = ["estate", "community", "record"]
    split = pd.DataFrame(
        {
            "estate": name[held],
            "community": standing.community[held],
            "record": buildings.text("community_code")[held],
            "grid": standing.grid[held],
            **{one: buildings.number(one)[held] for one in MEASURES},
        },
        index=held,
    )
    found = []
    for (estate, _, record), rows in split.groupby(keys):
        own = rule.of(str(record))
        if all(np.nansum(rows[measure]) <= getattr(own, measure)[1] for measure in MEASURES):
            found.append(_split(grids, buildings, str(estate), rows))
    return found


def _in_several(buildings: Layer, standing: Standing, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which of these buildings are of an estate that lies in several grids. Most estates lie in one: only of the others
    is more asked."""
    told = (buildings.text("estate"), buildings.text("community_code"))
    name, record = (pd.factorize(one[rows])[0] for one in told)
    key = np.unique(
        np.column_stack([name, standing.community[rows], record]), axis=0, return_inverse=True
    )[1].reshape(-1)
    pairs = np.unique(np.column_stack([key, standing.grid[rows]]), axis=0)
    several: NDArray[np.bool_] = (np.bincount(pairs[:, 0]) > 1)[key]
    return several


def _split(grids: Layer, buildings: Layer, name: str, rows: pd.DataFrame) -> Finding:
    among = sorted(set(rows.grid), key=lambda row: str(grids.codes[row]))
    codes = [str(grids.codes[row]) for row in among]
    return Finding(
        "estate-split",
        Severity.WARNING,
        codes=tuple(codes),
        count=len(rows),
        households=known_sum(np.asarray(rows.households, dtype=np.float64)),
        geometry=shapely.MultiPoint(list(buildings.shapes[rows.index])),
        params={"layer": "grids", "estate": name, "grids": codes},
    )
