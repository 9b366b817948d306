"""Layers -> the data that a page shows, as compact JSON. Only the columns named here leave the frames:
a person's name or telephone number cannot get into a page."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.errors import DatumError
from geo.model import CRS, Finding, SizeRule
from maps import shapes
from maps.findings import describe, title
from maps.styles import class_breaks, load_class
from maps.texts import LANGUAGES

MANY_INCIDENTS = 30_000
"""Above this, incidents are gathered in cells of CELL_DEG: a browser is not handed a million points."""
CELL_DEG = 0.0005

INCIDENT_COLUMNS = ("incident_id", "title", "category", "status", "reported_at", "grid_code")
BUILDING_COLUMNS = ("name", "kind", "estate", "community_code", "households", "residents")

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure that a page leads with: ``part`` of ``whole``. exceptions: the codes of the findings that lower it.
    rules: the version of the rules that it was judged by, if there is one."""

    name: str
    part: int
    whole: int
    exceptions: Sequence[str]
    rules: str | None = None


@dataclass(frozen=True, slots=True)
class MapData:
    """What a map shows. Every layer is a frame in EPSG:4490 with the columns of geo.model; None: not known.

    grids: polygons, GRID_COLUMNS. communities: polygons, COMMUNITY_COLUMNS. regions: outlines of streets and
    towns (code, name). buildings: points or polygons, BUILDING_COLUMNS. roads, rivers: lines (or polygons),
    LINE_COLUMNS. greens: polygons. incidents: points, any of INCIDENT_COLUMNS. demo: made-up data, and marked so.
    """

    grids: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame | None = None
    regions: gpd.GeoDataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    rivers: gpd.GeoDataFrame | None = None
    greens: gpd.GeoDataFrame | None = None
    incidents: gpd.GeoDataFrame | None = None
    findings: Sequence[Finding] | None = None
    headlines: Sequence[Headline] = ()
    size: SizeRule = field(default_factory=SizeRule)
    demo: bool = False


def page_layers(data: MapData) -> dict[str, object]:
    """All layers of a page. Raises DatumError if a frame is in another CRS than EPSG:4490."""
    _require_datum(data)
    grids = _grids(data.grids, data.size)
    findings = None if data.findings is None else [_finding(one) for one in data.findings]
    return {
        "grids": grids,
        "communities": _areas(data.communities, ("code", "name")),
        "regions": _areas(data.regions, ("code", "name")),
        "greens": [shapes.polygons(shape) for shape in _geometries(data.greens)],
        "rivers": _ways(data.rivers),
        "roads": _ways(data.roads),
        "buildings": _buildings(data.buildings),
        "incidents": _incidents(data.incidents),
        "findings": findings,
        "titles": {lang: _titles(data.findings or (), lang) for lang in LANGUAGES},
        "bounds": _bounds(data),
        "breaks": {
            "households": class_breaks(data.size.households),
            "residents": class_breaks(data.size.residents),
        },
        "figures": _figures(data, grids),
        "headlines": [asdict(one) for one in data.headlines],
    }


def _grids(frame: gpd.GeoDataFrame, size: SizeRule) -> list[dict[str, object]]:
    rows = _areas(frame, ("code", "name", "community_code", "kind"))
    for row, households, residents in zip(
        rows, _numbers(frame, "households"), _numbers(frame, "residents"), strict=True
    ):
        row |= {
            "households": households,
            "residents": residents,
            "load": {
                "households": load_class(households, size.households).value,
                "residents": load_class(residents, size.residents).value,
            },
        }
    return rows


def _areas(frame: gpd.GeoDataFrame | None, columns: Sequence[str]) -> list[dict[str, object]]:
    if frame is None:
        return []
    texts = [_texts(frame, name) for name in columns]
    places = zip(_geometries(frame), shapes.anchors(frame), *texts, strict=True)
    return [
        {**dict(zip(columns, values, strict=True)), "at": at, "shape": shapes.polygons(shape)}
        for shape, at, *values in places
    ]


def _ways(frame: gpd.GeoDataFrame | None) -> list[dict[str, object]]:
    if frame is None:
        return []
    rows = zip(_geometries(frame), _texts(frame, "class"), strict=True)
    return [
        {"class": name, "lines": shapes.lines(shape), "areas": shapes.polygons(shape)}
        for shape, name in rows
    ]


def _buildings(frame: gpd.GeoDataFrame | None) -> dict[str, object] | None:
    """Columns side by side; ``at`` a point for each (its middle, if it is a polygon), ``shape`` its outline."""
    if frame is None:
        return None
    placed = frame[_drawable(frame)]
    geometries = _geometries(placed)
    spots = shapely.point_on_surface(np.asarray(geometries, dtype=object))
    columns: dict[str, object] = {name: _texts(placed, name) for name in BUILDING_COLUMNS[:4]}
    columns |= {name: _numbers(placed, name) for name in BUILDING_COLUMNS[4:]}
    outlined = bool((shapely.get_dimensions(geometries) == 2).any())
    return columns | {
        "id": _texts(placed, "building_id"),
        "at": shapes.deltas_kept(shapely.get_coordinates(spots)),
        "shape": [shapes.polygons(shape) for shape in geometries] if outlined else None,
        "unplaced": len(frame) - len(placed),
    }


def _incidents(frame: gpd.GeoDataFrame | None) -> dict[str, object] | None:
    """Single points with what may be said of them, or (very many) cells with a count each."""
    if frame is None:
        return None
    placed = frame[_drawable(frame)]
    xy = shapely.get_coordinates(shapely.centroid(np.asarray(_geometries(placed), dtype=object)))
    common: dict[str, object] = {"total": len(placed), "unplaced": len(frame) - len(placed)}
    if len(placed) > MANY_INCIDENTS:
        cells, counts = np.unique(np.floor(xy / CELL_DEG), axis=0, return_counts=True)
        middles = (cells + 0.5) * CELL_DEG
        return common | {"at": shapes.deltas_kept(middles), "count": counts.tolist()}
    said = {name: _texts(placed, name) for name in INCIDENT_COLUMNS if name in placed.columns}
    return common | said | {"at": shapes.deltas_kept(xy)}


def _finding(finding: Finding) -> dict[str, object]:
    shape = finding.geometry
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "codes": list(finding.codes),
        "say": {lang: describe(finding, lang, names=False) for lang in LANGUAGES},
        "at": shapes.anchor(shape),
        "areas": shapes.polygons(shape),
        "lines": shapes.lines(shape),
        "points": shapes.points(shape),
    }


def _titles(findings: Sequence[Finding], lang: str) -> dict[str, str]:
    return {code: title(code, lang) for code in sorted({finding.code for finding in findings})}


def _figures(data: MapData, grids: Sequence[Json]) -> dict[str, object]:
    """The numbers at the head of the page. A share is of the grids whose counts are known."""
    known = [g for g in grids if g["households"] is not None and g["residents"] is not None]
    inside = sum(
        _within(g["households"], data.size.households)
        and _within(g["residents"], data.size.residents)
        for g in known
    )
    severities = Counter(finding.severity.value for finding in data.findings or ())
    return {
        "communities": None if data.communities is None else len(data.communities),
        "grids": len(grids),
        "known": len(known),
        "inside": inside,
        "households": _total(grids, "households"),
        "residents": _total(grids, "residents"),
        "buildings": None if data.buildings is None else len(data.buildings),
        "incidents": None if data.incidents is None else len(data.incidents),
        "severities": None if data.findings is None else dict(severities),
    }


def _within(value: object, bounds: tuple[int, int]) -> bool:
    return isinstance(value, int | float) and bounds[0] <= value <= bounds[1]


def _total(rows: Sequence[Json], name: str) -> int | float | None:
    known = [value for row in rows if isinstance(value := row[name], int | float)]
    return sum(known) if known else None


def _bounds(data: MapData) -> list[float] | None:
    """[west, south, east, north] of what the map is about: the grids, else the communities."""
    for frame in (data.grids, data.communities, data.buildings, data.incidents):
        if frame is not None and len(frame):
            bounds = frame.total_bounds.tolist()
            if all(math.isfinite(value) for value in bounds):
                return [round(value, 6) for value in bounds]
    return None


def _require_datum(data: MapData) -> None:
    for name in (item.name for item in fields(data)):
        frame = getattr(data, name)
        if isinstance(frame, gpd.GeoDataFrame) and len(frame) and frame.crs != CRS:
            found = None if frame.crs is None else frame.crs.to_string()
            raise DatumError("map-datum", layer=name, found=found, wanted=CRS)


def _geometries(frame: gpd.GeoDataFrame | None) -> list[BaseGeometry | None]:
    return [] if frame is None else list(frame.geometry)


def _drawable(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    shapes_of = np.asarray(frame.geometry.array, dtype=object)
    lost: NDArray[np.bool_] = shapely.is_missing(shapes_of) | shapely.is_empty(shapes_of)
    return ~lost


def _texts(frame: gpd.GeoDataFrame, name: str) -> list[str | None]:
    if name not in frame.columns:
        return [None] * len(frame)
    return [None if pd.isna(value) else str(value) for value in frame[name].tolist()]


def _numbers(frame: gpd.GeoDataFrame, name: str) -> list[int | float | None]:
    if name not in frame.columns:
        return [None] * len(frame)
    values = pd.to_numeric(frame[name], errors="coerce").tolist()
    return [None if pd.isna(value) or math.isinf(value) else _whole(value) for value in values]


def _whole(value: float) -> int | float:
    return int(value) if float(value).is_integer() else round(float(value), 1)
