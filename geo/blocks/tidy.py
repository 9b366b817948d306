"""What is delivered -> what can be drawn on: shapes repaired, codes resolved, counts made whole numbers.

Nothing is dropped here. Shapes, codes and ids that were wrong are what geo.coverage reports; found here is what it
does not look at: counts that can't be used as they are. Only what makes drawing impossible raises.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import CodeError, GeometryError
from geo.model import BuildingKind, City, Finding, Severity

Geometries = NDArray[np.object_]
Bools = NDArray[np.bool_]
COUNTS = ("households", "residents")
_POLYGONAL = (3, 6)
_COLLECTION = 7


@dataclass(frozen=True, slots=True)
class Tidied:
    """A city fit to be drawn.

    communities: sorted by code, valid polygons. buildings: in the order delivered, valid; households and residents
    are int64, 0 where unknown; ``counted`` says where both were known.
    """

    communities: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    findings: tuple[Finding, ...]


def tidy(city: City) -> Tidied:
    """A city (EPSG:4490) made fit, inputs left alone.

    Raises CodeError for a missing or repeated community code, GeometryError for a community without a polygon.
    """
    buildings, findings = tidy_buildings(city.buildings)
    return Tidied(tidy_communities(city.communities), buildings, findings)


def polygon_part(geometries: Geometries) -> Geometries:
    """Each shape made valid; of a collection its polygons, where it has any. Points and lines stay as they are."""
    valid = shapely.make_valid(geometries)
    for index in np.flatnonzero(shapely.get_type_id(valid) == _COLLECTION):
        parts = shapely.get_parts(shapely.get_parts(valid[index]))
        polygons = parts[np.isin(shapely.get_type_id(parts), _POLYGONAL)]
        if len(polygons):
            valid[index] = shapely.union_all(polygons)
    return np.asarray(valid, dtype=object)


def tidy_communities(communities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Communities sorted by code, repaired."""
    if len(communities) == 0:
        raise GeometryError("communities-none")
    _refuse_bad_codes(communities["code"])
    frame = communities.assign(code=communities["code"].astype(str))
    frame = frame.sort_values("code", ignore_index=True)
    shapes = polygon_part(np.asarray(frame.geometry.array))
    shapeless = ~np.isin(shapely.get_type_id(shapes), _POLYGONAL) | shapely.is_empty(shapes)
    if shapeless.any():
        raise GeometryError("community-no-polygon", value=", ".join(frame["code"][shapeless]))
    return frame.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs))


def _refuse_bad_codes(codes: pd.Series) -> None:
    if codes.isna().any():
        raise CodeError("community-code-missing", row=int(np.flatnonzero(codes.isna())[0]) + 1)
    repeated = codes[codes.duplicated()]
    if len(repeated):
        raise CodeError("community-code-repeated", value=str(repeated.iloc[0]))


def tidy_buildings(
    buildings: gpd.GeoDataFrame,
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """Buildings with valid shapes and whole counts, and what was odd about the counts."""
    frame = buildings.reset_index(drop=True)
    shapes = polygon_part(np.asarray(frame.geometry.array))
    counts, negative, unknown = _whole_counts(frame)
    homes = (frame["kind"].isna() | (frame["kind"] == BuildingKind.RESIDENCE.value)).to_numpy(bool)
    found = (
        *_odd_counts("building-count-negative", Severity.WARNING, frame, shapes, negative),
        *_odd_counts("building-not-counted", Severity.WARNING, frame, shapes, unknown & homes),
    )
    frame = frame.assign(**counts, counted=~unknown)
    return frame.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs)), found


def _whole_counts(buildings: gpd.GeoDataFrame) -> tuple[dict[str, NDArray[np.int64]], Bools, Bools]:
    """Both counts as whole numbers; where one was negative, and where one was unknown."""
    counts: dict[str, NDArray[np.int64]] = {}
    negative, unknown = np.zeros((2, len(buildings)), dtype=bool)
    for column in COUNTS:
        numbers = pd.to_numeric(buildings[column], errors="coerce")
        values = numbers.to_numpy(dtype=float, na_value=np.nan)
        finite = np.isfinite(values)
        negative |= finite & (values < 0)
        unknown |= ~finite
        counts[column] = np.rint(np.where(finite, values, 0.0).clip(min=0)).astype(np.int64)
    return counts, negative, unknown


def _odd_counts(
    code: str, severity: Severity, buildings: gpd.GeoDataFrame, shapes: Geometries, where: Bools
) -> list[Finding]:
    """A finding about the buildings ``where``, or none if there are none."""
    rows = np.flatnonzero(where)
    if len(rows) == 0:
        return []
    ids = buildings["building_id"].to_numpy(dtype=object)
    names = [f"#{row + 1}" if pd.isna(ids[row]) else str(ids[row]) for row in rows]
    points = shapely.point_on_surface(shapes[rows])
    return [
        Finding(
            code=code,
            severity=severity,
            codes=tuple(names),
            count=len(rows),
            geometry=shapely.MultiPoint(shapely.get_coordinates(points)),
            params={
                "count": len(rows),
                "examples": ", ".join(names[:5]) + (" …" if len(names) > 5 else ""),
            },
        )
    ]
