"""What does not fit while blocks are cut: borders that gap or overlap, buildings that stand elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.crs import project
from geo.model import Finding, Severity
from geo.noding import LONLAT, Geometries, mean_width_m
from geo.pieces import NOISE_M, OUTSIDE
from geo.tidy import examples, places, polygon_part

Ints = NDArray[np.intp]


def overlap_findings(
    outlines: Geometries, codes: NDArray[np.object_], crs: pyproj.CRS
) -> tuple[list[Finding], int]:
    """Where two communities (metric, sorted by code) overlap, and how many overlaps are mere noise.

    The lower code keeps the piece.
    """
    a, b = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    low, high = a[a < b], b[a < b]
    shared = polygon_part(shapely.intersection(outlines[low], outlines[high]))
    real = shapely.area(shared) > 0
    wide = np.zeros(len(shared), dtype=bool)
    wide[real] = mean_width_m(shared[real]) >= NOISE_M
    order = [int(row) for row in np.flatnonzero(wide)]
    found = [
        _shape_finding("overlap", shared[row], (str(codes[low[row]]), str(codes[high[row]])), crs)
        for row in sorted(order, key=lambda row: (low[row], high[row]))
    ]
    return found, int((real & ~wide).sum())


def gap_findings(
    gaps: Sequence[tuple[Geometries, Ints]], codes: NDArray[np.object_], crs: pyproj.CRS
) -> list[Finding]:
    """Where communities leave a gap between them: the pieces (metric) of each, and the communities around it."""
    return [
        _shape_finding(
            "gap", shapely.union_all(pieces), tuple(str(codes[one]) for one in around), crs
        )
        for pieces, around in gaps
    ]


def noise_finding(count: int) -> list[Finding]:
    """How many gaps and overlaps were too narrow to argue about and were closed."""
    if count == 0:
        return []
    params = {"count": count, "tolerance_m": NOISE_M}
    return [Finding(code="border-noise", severity=Severity.NOTE, count=count, params=params)]


def placement_findings(
    buildings: gpd.GeoDataFrame, points: Geometries, community: Ints, codes: NDArray[np.object_]
) -> list[Finding]:
    """Buildings in no community, and those that stand in another than their record says."""
    placed = ~shapely.is_empty(points)
    nowhere = placed & (community == OUTSIDE)
    recorded = buildings["community_code"].to_numpy(dtype=object)
    stands_in = codes[community]
    known = np.array([value is not None for value in recorded], dtype=bool)
    elsewhere = placed & ~nowhere & known & (recorded != stands_in)
    households = buildings["households"].to_numpy(np.int64)
    names = buildings["building_id"].to_numpy(dtype=object)
    return [
        Finding(
            code=code,
            severity=severity,
            codes=tuple(str(name) for name in names[rows]),
            count=int(rows.sum()),
            households=int(households[rows].sum()),
            geometry=places(points[rows]),
            params={
                "count": int(rows.sum()),
                "households": int(households[rows].sum()),
                "examples": examples(names[rows], np.flatnonzero(rows)),
            },
        )
        for code, severity, rows in (
            ("building-uncovered", Severity.BLOCKING, nowhere),
            ("building-wrong-community", Severity.WARNING, elsewhere),
        )
        if rows.any()
    ]


def _shape_finding(
    code: str, shape: BaseGeometry, codes: tuple[str, ...], crs: pyproj.CRS
) -> Finding:
    area, width = shape.area, float(mean_width_m(np.array([shape], dtype=object))[0])
    return Finding(
        code=code,
        severity=Severity.WARNING,
        codes=codes,
        area_m2=area,
        width_m=width,
        geometry=project(np.array([shape], dtype=object), source=crs, target=LONLAT)[0],
        params={"codes": ", ".join(codes), "area_m2": round(area, 1), "width_m": round(width, 2)},
    )
