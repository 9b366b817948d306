"""What is delivered -> what can be drawn on: shapes repaired, codes resolved, counts made whole numbers.

Nothing is dropped in silence: whatever is repaired, guessed or left out is a Finding, one for each kind of
trouble, with the keys concerned and where they are. Only what makes drawing impossible raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.errors import CodeError, GeometryError
from geo.model import City, Finding, Severity

Geometries = NDArray[np.object_]
COUNTS = ("households", "residents")
POLYGONAL = (3, 6)


@dataclass(frozen=True, slots=True)
class Tidied:
    """A city fit to be drawn.

    communities: sorted by code, valid polygons. buildings: in the order delivered; community_code is a code or
    None; households and residents are int64, 0 where unknown; ``counted`` says where both were known.
    """

    communities: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    findings: tuple[Finding, ...]


def tidy(city: City) -> Tidied:
    """Repair a city and say what was repaired. EPSG:4490 in and out.

    Raises CodeError for a missing or repeated community code, GeometryError for a community without a polygon.
    """
    communities, community_findings = tidy_communities(city.communities)
    buildings, building_findings = tidy_buildings(city.buildings, communities)
    return Tidied(communities, buildings, (*community_findings, *building_findings))


def polygon_part(geometries: Geometries) -> Geometries:
    """Each shape made valid, with only its polygons kept where it has any; points and lines stay as they are."""
    valid = shapely.make_valid(geometries)
    mixed = np.flatnonzero(shapely.get_type_id(valid) == 7)
    for index in mixed:
        parts = shapely.get_parts(valid[index])
        polygons = parts[np.isin(shapely.get_type_id(parts), POLYGONAL)]
        if len(polygons):
            valid[index] = shapely.union_all(polygons)
    return np.asarray(valid)


def tidy_communities(
    communities: gpd.GeoDataFrame,
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Communities by code, repaired, with a finding for those that were not valid."""
    if len(communities) == 0:
        raise GeometryError("communities-none")
    _refuse_bad_codes(communities["code"])
    frame = communities.assign(code=communities["code"].astype(str)).sort_values("code")
    frame = frame.reset_index(drop=True)
    shapes = np.asarray(frame.geometry.array)
    repaired = polygon_part(shapes)
    shapeless = ~np.isin(shapely.get_type_id(repaired), POLYGONAL) | shapely.is_empty(repaired)
    if shapeless.any():
        raise GeometryError("community-no-polygon", value=", ".join(frame["code"][shapeless]))
    broken = np.flatnonzero(~shapely.is_valid(shapes) | (shapely.get_type_id(shapes) == 7))
    found = _one_finding("invalid-geometry", Severity.WARNING, frame["code"], repaired, broken)
    return frame.set_geometry(gpd.GeoSeries(repaired, crs=frame.crs)), found


def _refuse_bad_codes(codes: pd.Series) -> None:
    if codes.isna().any():
        raise CodeError("community-code-missing", row=int(np.flatnonzero(codes.isna())[0]) + 1)
    repeated = codes[codes.duplicated()]
    if len(repeated):
        raise CodeError("community-code-repeated", value=str(repeated.iloc[0]))


def tidy_buildings(
    buildings: gpd.GeoDataFrame, communities: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Buildings with codes resolved and counts whole, and a finding for each kind of trouble."""
    delivered = np.asarray(buildings.geometry.array)
    shapes = polygon_part(delivered)
    ids = buildings["building_id"]
    names = ids.astype(object).where(ids.notna(), None)
    placeless = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    broken = ~placeless & (~shapely.is_valid(delivered) | (shapely.get_type_id(delivered) == 7))
    code, unknown = resolve_communities(buildings["community_code"], communities)
    counts, negative, uncounted = _whole_counts(buildings)
    troubles = (
        ("building-id-missing", Severity.NOTE, ids.isna()),
        ("building-id-repeated", Severity.WARNING, ids.notna() & ids.duplicated()),
        ("building-no-place", Severity.WARNING, placeless),
        ("building-shape-repaired", Severity.NOTE, broken),
        ("building-no-community", Severity.NOTE, buildings["community_code"].isna()),
        ("building-community-unknown", Severity.WARNING, unknown),
        ("building-count-negative", Severity.WARNING, negative),
        ("building-not-counted", Severity.NOTE, uncounted),
    )
    found = [
        finding
        for name, severity, where in troubles
        for finding in _one_finding(name, severity, names, shapes, np.flatnonzero(where))
    ]
    columns = {**counts, "community_code": code, "counted": ~uncounted}
    frame = buildings.assign(**columns).set_geometry(gpd.GeoSeries(shapes, buildings.index))
    return frame.set_crs(buildings.crs, allow_override=True).reset_index(drop=True), found


def resolve_communities(
    values: pd.Series, communities: gpd.GeoDataFrame
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """A code for each value that is a community's code or its (unambiguous) name, else None; and which values
    were given but are neither."""
    by_name = communities.drop_duplicates("name", keep=False).set_index("name")["code"]
    known = {str(name): str(code) for name, code in by_name.items() if name is not None}
    known |= {str(code): str(code) for code in communities["code"]}
    given = values.notna().to_numpy()
    text = values.astype(object).map(lambda value: known.get(str(value).strip()))
    code = text.where(text.notna(), None).to_numpy(dtype=object)
    return code, given & pd.isna(code)


def _whole_counts(
    buildings: gpd.GeoDataFrame,
) -> tuple[dict[str, NDArray[np.int64]], NDArray[np.bool_], NDArray[np.bool_]]:
    """Both counts as whole numbers; where one was negative, and where one was unknown."""
    counts: dict[str, NDArray[np.int64]] = {}
    negative = np.zeros(len(buildings), dtype=bool)
    uncounted = np.zeros(len(buildings), dtype=bool)
    for column in COUNTS:
        numbers = pd.to_numeric(buildings[column], errors="coerce").to_numpy(float, na_value=np.nan)
        finite = np.isfinite(numbers)
        negative |= finite & (numbers < 0)
        uncounted |= ~finite
        counts[column] = np.rint(np.where(finite, numbers, 0.0).clip(min=0)).astype(np.int64)
    return counts, negative, uncounted


def _one_finding(
    code: str,
    severity: Severity,
    keys: pd.Series | NDArray[np.object_],
    shapes: Geometries,
    where: NDArray[np.intp],
) -> list[Finding]:
    """A finding for the rows ``where``, or none if there are none."""
    if len(where) == 0:
        return []
    names = np.asarray(keys, dtype=object)[where]
    return [
        Finding(
            code=code,
            severity=severity,
            codes=tuple(str(name) for name in names if name is not None),
            count=len(where),
            geometry=places(shapes[where]),
            params={"count": len(where), "examples": examples(names, where)},
        )
    ]


def places(shapes: Sequence[BaseGeometry] | Geometries) -> BaseGeometry | None:
    """One point for each shape, as a multipoint; None where no shape has a place."""
    points = shapely.point_on_surface(np.asarray(shapes, dtype=object))
    points = points[~shapely.is_missing(points) & ~shapely.is_empty(points)]
    return shapely.MultiPoint(shapely.get_coordinates(points)) if len(points) else None


def examples(names: NDArray[np.object_], rows: NDArray[np.intp]) -> str:
    """The first few keys, for a sentence; where a key is missing, the row (counted from 1)."""
    shown = [
        f"#{row + 1}" if name is None or pd.isna(name) else str(name)
        for name, row in zip(names[:5], rows[:5], strict=True)
    ]
    return ", ".join(shown) + (" …" if len(names) > 5 else "")
