"""What stands in a fault: buildings with their households and residents, and the length, area or number of things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coverage.layers import Layer
from geo.coverage.shapes import Shapes
from geo.coverage.things import Things
from geo.model import Finding, Severity

_AREAL = frozenset({"gap", "overlap", "spill", "multipart", "exclave", "sliver"})

Floats = NDArray[np.float64]


def with_contents(
    found: Sequence[Finding],
    buildings: Layer,
    tree: shapely.STRtree,
    things: Sequence[Things],
    *,
    tolerance_m: float,
) -> list[Finding]:
    """Faults of shape with what stands in them; notes keep their count of places.

    ``count`` and ``households`` tell the buildings; ``params["standing"]`` has ``residents`` and, for each layer of
    things, ``{count, m, m2}`` as far as there is any. What only runs along a fault's rim is not in it.
    """
    rows = [
        row
        for row, finding in enumerate(found)
        if finding.code in _AREAL and finding.severity is not Severity.NOTE
    ]
    result = list(found)
    if not rows or not (len(buildings) or things):
        return result
    places = np.array([found[row].geometry for row in rows], dtype=object)
    count, sums = _buildings_in(places, buildings, tree)
    standing = _things_in(places, things, tolerance_m=tolerance_m)
    for at, row in enumerate(rows):
        inside: dict[str, object] = dict(standing[at])
        if sums["residents"][at] > 0:
            inside["residents"] = int(sums["residents"][at])
        result[row] = replace(
            found[row],
            count=int(count[at]) if len(buildings) else None,
            households=_whole(sums["households"][at]) if len(buildings) else None,
            params={**found[row].params, **({"standing": inside} if inside else {})},
        )
    return result


def _buildings_in(
    places: Shapes, buildings: Layer, tree: shapely.STRtree
) -> tuple[NDArray[np.intp], dict[str, Floats]]:
    """How many buildings stand in each place, and their sums: NaN where nothing is known of any."""
    place, inside = tree.query(places, predicate="intersects")
    count = np.bincount(place, minlength=len(places))
    sums = {}
    for measure in ("households", "residents"):
        values = buildings.number(measure)[inside]
        known = ~np.isnan(values)
        total = np.bincount(place, weights=np.where(known, values, 0.0), minlength=len(places))
        told = np.bincount(place, weights=known, minlength=len(places)) > 0
        sums[measure] = np.where(told | (count == 0), total, np.nan)
    return count, sums


def _whole(value: np.float64) -> int | None:
    return None if np.isnan(value) else int(value)


def _things_in(
    places: Shapes, things: Sequence[Things], *, tolerance_m: float
) -> list[dict[str, object]]:
    """For each place what of each layer is in it, by name and unit."""
    found: list[dict[str, object]] = [{} for _ in places]
    if not things:
        return found
    inner = shapely.buffer(places, -tolerance_m / 2, join_style="mitre")
    for layer in things:
        measured = {
            "count": _number(places, layer.points),
            "m": _extent(inner, layer.lines, length=True),
            "m2": _extent(places, layer.areas, length=False),
        }
        for at, held in enumerate(found):
            told = {unit: values[at] for unit, values in measured.items() if values[at] > 0}
            if told:
                held[layer.name] = {
                    unit: int(value) if unit == "count" else round(float(value), 2)
                    for unit, value in told.items()
                }
    return found


def _number(places: Shapes, points: Shapes) -> Floats:
    place, _ = shapely.STRtree(points).query(places, predicate="intersects")
    return np.asarray(np.bincount(place, minlength=len(places)), dtype=np.float64)


def _extent(places: Shapes, shapes: Shapes, *, length: bool) -> Floats:
    place, thing = shapely.STRtree(shapes).query(places, predicate="intersects")
    shared = shapely.intersection(shapes[thing], places[place])
    size = shapely.length(shared) if length else shapely.area(shared)
    return np.asarray(np.bincount(place, weights=size, minlength=len(places)), dtype=np.float64)
