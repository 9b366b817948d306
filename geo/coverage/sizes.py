"""Whether grids keep both bounds, and estates stay whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.coverage.layers import Layer, number_column, text_column
from geo.coverage.things import NOWHERE, Standing, known_sum
from geo.model import BuildingKind, Finding, GridKind, Severity, SizeRule

MEASURES = ("households", "residents")


@dataclass(frozen=True, slots=True)
class Count:
    """What is known of one measure in each grid. ``complete``: no dwelling in it is still uncounted."""

    least: NDArray[np.float64]
    complete: NDArray[np.bool_]


def sizes(
    grids: Layer, buildings: Layer | None, standing: Standing | None, *, rule: SizeRule
) -> list[Finding]:
    """Basic grids outside the bounds, and by how much; dedicated grids have none.

    Counted from the buildings where they carry the measure, else from the grids' own columns. A grid with
    uncounted dwellings can only be too large: below the floor nothing is known.
    """
    basic = text_column(grids.table, "kind") != GridKind.DEDICATED
    rules = [rule.of(code) for code in text_column(grids.table, "community_code")]
    found = []
    for measure in MEASURES:
        count = _counted(grids, buildings, standing, measure)
        bounds = [getattr(one, measure) for one in rules]
        low, high = np.array(bounds, dtype=float).reshape(-1, 2).T
        over = basic & (count.least > high)
        under = basic & (count.least < low) & count.complete
        found += [
            _size(grids, int(row), measure, int(count.least[row]), bounds[row])
            for row in np.flatnonzero(over | under)
        ]
    return found


def _counted(
    grids: Layer, buildings: Layer | None, standing: Standing | None, measure: str
) -> Count:
    own = number_column(grids.table, measure)
    if buildings is None or standing is None:
        return Count(own, ~np.isnan(own))
    values = number_column(buildings.table, measure)
    if np.isnan(values).all():
        return Count(own, ~np.isnan(own))
    inside = standing.grid != NOWHERE
    rows, held = standing.grid[inside], values[inside]
    dwelling = ~np.isin(
        text_column(buildings.table, "kind"),
        [kind.value for kind in BuildingKind if kind is not BuildingKind.RESIDENCE],
    )
    uncounted = np.isnan(held) & dwelling[inside]
    least = np.bincount(rows, weights=np.nan_to_num(held), minlength=len(grids)).astype(float)
    return Count(least, np.bincount(rows, weights=uncounted, minlength=len(grids)) == 0)


def _size(grids: Layer, row: int, measure: str, value: int, bounds: tuple[int, int]) -> Finding:
    low, high = bounds
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
        },
    )


def estates(grids: Layer, buildings: Layer, standing: Standing, *, rule: SizeRule) -> list[Finding]:
    """Estates that would fit one grid and lie in several. An estate is a name within one community."""
    table = pd.DataFrame(
        {
            "estate": text_column(buildings.table, "estate"),
            "community": standing.community,
            "record": text_column(buildings.table, "community_code"),
            "grid": standing.grid,
            "households": number_column(buildings.table, "households"),
            "residents": number_column(buildings.table, "residents"),
        }
    )
    table = table[(table.estate != "") & (table.grid != NOWHERE)]
    found = []
    for (name, _, record), rows in table.groupby(["estate", "community", "record"]):
        own = rule.of(str(record))
        fits = all(np.nansum(rows[measure]) <= getattr(own, measure)[1] for measure in MEASURES)
        if rows.grid.nunique() > 1 and fits:
            found.append(_split(grids, buildings, str(name), rows))
    return found


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
