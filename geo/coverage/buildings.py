"""Buildings: in no grid, in two, or in another community than their record says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.coverage.layers import Layer, grouped
from geo.coverage.shapes import Shapes
from geo.model import Finding, Severity

Rows = NDArray[np.intp]
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Standing:
    """Where each building stands: the row of its community and of its grid, `NOWHERE` for none.

    On a shared border, and where polygons overlap, the lowest code has it.
    """

    community: Rows
    grid: Rows


def stand(places: Shapes, tree: shapely.STRtree, areas: Layer, *, tolerance_m: float) -> Rows:
    """The row of ``areas`` that covers each point; one that stands off by no more than the tolerance counts.

    ``tree``: of the places.
    """
    result = np.full(len(places), NOWHERE, dtype=np.intp)
    if len(places) == 0 or len(areas) == 0:
        return result
    order = np.argsort(areas.codes.astype(str), kind="stable")[::-1]
    position, hit = tree.query(areas.shapes[order], predicate="intersects")
    # Written in falling order of code (NumPy keeps the last of several): the lowest one stays.
    last = np.argsort(position, kind="stable")
    result[hit[last]] = order[position[last]]
    astray = np.flatnonzero(result == NOWHERE)
    near, row = shapely.STRtree(areas.shapes).query_nearest(
        places[astray], max_distance=max(tolerance_m, 1e-9), all_matches=False
    )
    result[astray[near]] = row
    return result


def uncovered(
    buildings: Layer, standing: Standing, *, communities: Layer, areas: Layer
) -> list[Finding]:
    """Buildings that nothing in ``areas`` (grids; communities where there are no grids) covers, by community."""
    inside = standing.grid if areas.kind == "grids" else standing.community
    lost = np.flatnonzero(inside == NOWHERE)
    found = []
    for community, rows in grouped(standing.community[lost], lost):
        name = communities.label(community) if community != NOWHERE else ""
        params = {"layer": areas.kind, "community": name, "case": "inside" if name else "outside"}
        found.append(_finding("building-uncovered", Severity.BLOCKING, buildings, rows, params))
    return found


@dataclass(frozen=True, slots=True)
class Shared:
    """An overlap wider than the tolerance, and the rows of the places that stand in it."""

    overlap: Finding
    rows: Rows


def shared_places(tree: shapely.STRtree, overlaps: Iterable[Finding]) -> list[Shared]:
    """What of the places in ``tree`` stands in an overlap. ``overlaps`` in metres; notes are left out."""
    real = [one for one in overlaps if one.severity is not Severity.NOTE]
    found = (tree.query(one.geometry, predicate="intersects") for one in real)
    pairs = zip(real, found, strict=True)
    return [Shared(one, np.sort(rows)) for one, rows in pairs if len(rows)]


def multiple(buildings: Layer, shared: Iterable[Shared]) -> list[Finding]:
    """Buildings in two grids at once, one finding an overlap."""
    return [
        _finding(
            "building-multiple",
            Severity.BLOCKING,
            buildings,
            one.rows,
            {name: one.overlap.params[name] for name in ("layer", "labels")},
        )
        for one in shared
    ]


def wrong_community(
    buildings: Layer, standing: Standing, *, communities: Layer, tolerance_m: float
) -> list[Finding]:
    """Buildings that stand in another community than their record (code or name) says, by pair of communities.

    Records that name a community which is not there, or none while others do, are code-parent findings.
    """
    if len(communities) == 0:
        return []
    record = buildings.text("community_code")
    recorded = _recorded_rows(record, communities)
    found = _unknown(buildings, record, recorded)
    off = np.flatnonzero(
        (recorded >= 0) & (standing.community >= 0) & (recorded != standing.community)
    )
    distance = shapely.distance(buildings.shapes[off], communities.shapes[recorded[off]])
    off = off[distance > tolerance_m]
    pairs = recorded[off] * len(communities) + standing.community[off]
    for pair, rows in grouped(pairs, off):
        params = {
            "layer": "buildings",
            "recorded": communities.label(pair // len(communities)),
            "standing_in": communities.label(pair % len(communities)),
        }
        found.append(
            _finding("building-wrong-community", Severity.WARNING, buildings, rows, params)
        )
    return found


def _recorded_rows(record: NDArray[np.object_], communities: Layer) -> Rows:
    known: dict[str, int] = {}
    for names in (communities.names, communities.codes):
        known.update({str(name): row for row, name in enumerate(names) if name})
    numbers, values = pd.factorize(record)
    rows = np.array([known.get(str(value), NOWHERE) for value in values], dtype=np.intp)
    return rows[numbers]


def _unknown(buildings: Layer, record: NDArray[np.object_], recorded: Rows) -> list[Finding]:
    absent = record == ""
    strange = np.flatnonzero(~absent & (recorded < 0))
    numbers, values = pd.factorize(record[strange], sort=True)
    found = []
    for number, rows in grouped(numbers, strange):
        params = {"layer": "buildings", "case": "buildings", "value": str(values[number])}
        found.append(_finding("code-parent", Severity.WARNING, buildings, rows, params))
    if absent.any() and not absent.all():
        params = {"layer": "buildings", "case": "unrecorded"}
        found.append(
            _finding("code-parent", Severity.NOTE, buildings, np.flatnonzero(absent), params)
        )
    return found


def _finding(
    code: str, severity: Severity, buildings: Layer, rows: Rows, params: Mapping[str, object]
) -> Finding:
    residents = known_sum(buildings.number("residents")[rows])
    return Finding(
        code,
        severity,
        codes=tuple(str(value) for value in buildings.codes[rows]),
        count=len(rows),
        households=known_sum(buildings.number("households")[rows]),
        geometry=shapely.MultiPoint(list(buildings.shapes[rows])),
        params={**params, "residents": residents},
    )


def known_sum(values: NDArray[np.float64]) -> int | None:
    """The sum of what is known, None where nothing is."""
    return None if np.isnan(values).all() else int(np.nansum(values))
