"""Buildings: in no grid, in two, or in another community than their record says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.coverage.layers import Layer, number_column, text_column
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


def stand(buildings: Layer, areas: Layer, *, tolerance_m: float) -> Rows:
    """The row of ``areas`` that covers each building; one that stands off by no more than the tolerance counts."""
    result = np.full(len(buildings), NOWHERE, dtype=np.intp)
    if len(buildings) == 0 or len(areas) == 0:
        return result
    order = np.argsort(areas.codes.astype(str), kind="stable")[::-1]
    tree = shapely.STRtree(buildings.shapes)
    position, hit = tree.query(areas.shapes[order], predicate="intersects")
    # Written in falling order of code: the lowest one stays.
    for place in np.argsort(position, kind="stable"):
        result[hit[place]] = order[position[place]]
    astray = np.flatnonzero(result == NOWHERE)
    near, row = shapely.STRtree(areas.shapes).query_nearest(
        buildings.shapes[astray], max_distance=max(tolerance_m, 1e-9), all_matches=False
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
    for community, rows in _grouped(lost, standing.community[lost]):
        name = communities.label(int(community)) if community != NOWHERE else ""
        params = {"layer": areas.kind, "community": name, "case": "inside" if name else "outside"}
        found.append(_finding("building-uncovered", Severity.BLOCKING, buildings, rows, params))
    return found


def multiple(buildings: Layer, overlaps: Iterable[Finding]) -> list[Finding]:
    """Buildings in an overlap wider than the tolerance, one finding an overlap. ``overlaps`` in metres."""
    tree = shapely.STRtree(buildings.shapes)
    found = []
    for overlap in overlaps:
        rows = np.sort(tree.query(overlap.geometry, predicate="intersects"))
        if overlap.severity is not Severity.NOTE and len(rows):
            params = {"layer": overlap.params["layer"], "labels": overlap.params["labels"]}
            found.append(_finding("building-multiple", Severity.BLOCKING, buildings, rows, params))
    return found


def wrong_community(
    buildings: Layer, standing: Standing, *, communities: Layer, tolerance_m: float
) -> list[Finding]:
    """Buildings that stand in another community than their record (code or name) says, by pair of communities.

    Records that name a community which is not there, or none while others do, are code-parent findings.
    """
    if len(communities) == 0:
        return []
    record = text_column(buildings.table, "community_code")
    recorded = _recorded_rows(record, communities)
    found = _unknown(buildings, record, recorded)
    off = np.flatnonzero(
        (recorded >= 0) & (standing.community >= 0) & (recorded != standing.community)
    )
    distance = shapely.distance(buildings.shapes[off], communities.shapes[recorded[off]])
    off = off[distance > tolerance_m]
    pairs = recorded[off] * len(communities) + standing.community[off]
    for pair, rows in _grouped(off, pairs):
        params = {
            "layer": "buildings",
            "recorded": communities.label(int(pair) // len(communities)),
            "standing_in": communities.label(int(pair) % len(communities)),
        }
        found.append(
            _finding("building-wrong-community", Severity.WARNING, buildings, rows, params)
        )
    return found


def _recorded_rows(record: NDArray[np.object_], communities: Layer) -> Rows:
    rows: dict[str, int] = {}
    for names in (communities.names, communities.codes):
        rows.update({str(name): row for row, name in enumerate(names) if name})
    return np.array([rows.get(str(value), NOWHERE) for value in record], dtype=np.intp)


def _unknown(buildings: Layer, record: NDArray[np.object_], recorded: Rows) -> list[Finding]:
    absent = record == ""
    found = []
    for value, rows in _grouped(
        np.flatnonzero(~absent & (recorded < 0)), record[~absent & (recorded < 0)]
    ):
        params = {"layer": "buildings", "case": "buildings", "value": str(value)}
        found.append(_finding("code-parent", Severity.WARNING, buildings, rows, params))
    if absent.any() and not absent.all():
        params = {"layer": "buildings", "case": "unrecorded"}
        found.append(
            _finding("code-parent", Severity.NOTE, buildings, np.flatnonzero(absent), params)
        )
    return found


def _grouped(rows: Rows, keys: NDArray[Any]) -> list[tuple[Any, Rows]]:
    """Rows by key, in the order of keys."""
    return [(key, rows[index]) for key, index in pd.Series(keys).groupby(keys).indices.items()]


def _finding(
    code: str, severity: Severity, buildings: Layer, rows: Rows, params: Mapping[str, object]
) -> Finding:
    return Finding(
        code,
        severity,
        codes=tuple(str(value) for value in buildings.codes[rows]),
        count=len(rows),
        households=known_sum(number_column(buildings.table, "households")[rows]),
        geometry=shapely.MultiPoint(list(buildings.shapes[rows])),
        params=params,
    )


def known_sum(values: NDArray[np.float64]) -> int | None:
    """The sum of what is known, None where nothing is."""
    return None if np.isnan(values).all() else int(np.nansum(values))
