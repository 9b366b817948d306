"""Layers -> the data that a page shows, as compact JSON. Only the columns named here leave the frames:
a person's name or telephone number cannot get into a page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, fields
from datetime import date

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import DatumError
from geo.incident_table import IncidentTable
from geo.model import CRS, Finding, SizeRule
from geo.tally import Tallies, tally
from geo.territory import territory
from maps import shapes
from maps.columns import days, drawable, geometries, numbers, texts
from maps.findings import describe, title
from maps.incidents import Detail, incidents
from maps.places import FEW, few, places, unsaid
from maps.registers import RegisterAge, brief, register_rows
from maps.styles import class_breaks, load_class
from maps.texts import LANGUAGES

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

    grids: polygons, GRID_COLUMNS, perhaps ``since`` (when their plan came into force). former: those of plans that have
    ended, also with ``until``. communities: polygons, COMMUNITY_COLUMNS. regions: outlines of streets and towns (code,
    name). buildings: points or polygons, BUILDING_COLUMNS. roads, rivers: lines (or polygons), LINE_COLUMNS. greens:
    polygons. incidents_since: the day of the earliest. tallies: the figures of every place; else they are counted from
    the layers. registers, unchecked: what the headlines rest on, and links that no register tells of. demo: made-up
    data, and marked so. zone: whose days dates are.
    """

    grids: gpd.GeoDataFrame
    former: gpd.GeoDataFrame | None = None
    communities: gpd.GeoDataFrame | None = None
    regions: gpd.GeoDataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    rivers: gpd.GeoDataFrame | None = None
    greens: gpd.GeoDataFrame | None = None
    incidents: IncidentTable | None = None
    incidents_since: date | None = None
    findings: Sequence[Finding] | None = None
    headlines: Sequence[Headline] = ()
    tallies: Tallies | None = None
    registers: Sequence[RegisterAge] = ()
    unchecked: Sequence[str] = ()
    size: SizeRule = field(default_factory=SizeRule)
    demo: bool = False
    zone: str = "Asia/Shanghai"


def page_layers(data: MapData, *, detail: Detail) -> dict[str, object]:
    """All layers of a page. detail: how much of people and incidents goes into it; buildings are left out of a page
    that is SERVED. Raises DatumError if a frame is in another CRS than EPSG:4490."""
    _require_datum(data)
    tallies = data.tallies or _tallies(data)
    findings = None
    if data.findings is not None:
        concerned = [sorted(rows - {0}) for rows in tallies.concerned]
        findings = [_finding(*pair) for pair in zip(data.findings, concerned, strict=True)]
    scrubbed = detail is Detail.SCRUBBED
    figures = places(tallies, scrubbed=scrubbed)
    return {
        "grids": _grids(data.grids, data, unsaid=unsaid(figures)),
        "former": [] if data.former is None else _grids(data.former, data),
        "communities": _areas(data.communities, ("code", "name")),
        "regions": _areas(data.regions, ("code", "name")),
        "greens": [shapes.polygons(shape) for shape in geometries(data.greens)],
        "rivers": _ways(data.rivers),
        "roads": _ways(data.roads),
        "places": figures,
        "buildings": None
        if detail is Detail.SERVED
        else _buildings(data.buildings, tallies, detail),
        "incidents": None
        if data.incidents is None
        or not len(data.incidents)  # none at all: nothing is known of them
        else incidents(
            data.incidents, tallies.territory, detail=detail, since=data.incidents_since
        ),
        "findings": findings,
        "titles": {lang: _titles(data.findings or (), lang) for lang in LANGUAGES},
        "bounds": _bounds(data),
        "size": {"households": data.size.households, "residents": data.size.residents},
        "breaks": {
            "households": class_breaks(data.size.households),
            "residents": class_breaks(data.size.residents),
        },
        "registers": {lang: register_rows(data.registers, lang) for lang in LANGUAGES},
        "headlines": [asdict(one) | {"basis": _basis(one, data)} for one in data.headlines],
    }


def ground(
    roads: gpd.GeoDataFrame, rivers: gpd.GeoDataFrame, greens: gpd.GeoDataFrame
) -> dict[str, object]:
    """What lies on the ground, as a page draws it; frames in EPSG:4490."""
    return {
        "greens": [shapes.polygons(shape) for shape in geometries(greens)],
        "rivers": _named(rivers),
        "roads": _named(roads),
    }


def _named(frame: gpd.GeoDataFrame) -> list[dict[str, object]]:
    """Ways with their names, one after another."""
    named = zip(_ways(frame), texts(frame, "name"), strict=True)
    return [way | ({"name": name} if name else {}) for way, name in named]


def _basis(headline: Headline, data: MapData) -> dict[str, list[str]]:
    return {lang: brief(headline.name, data.registers, data.unchecked, lang) for lang in LANGUAGES}


def _tallies(data: MapData) -> Tallies:
    return tally(
        territory(None, data.grids, data.communities),
        grids=data.grids,
        communities=data.communities,
        buildings=data.buildings,
        coverage=None,
        findings=data.findings or (),
        chain=None,
        rule=data.size,
    )


def _grids(
    frame: gpd.GeoDataFrame, data: MapData, *, unsaid: Set[str] = frozenset()
) -> list[dict[str, object]]:
    rows = _areas(frame, ("code", "name", "community_code", "kind"))
    columns = (
        numbers(frame, "households"), numbers(frame, "residents"),
        days(frame, "since", zone=data.zone), days(frame, "until", zone=data.zone),
    )  # fmt: skip
    for row, households, residents, since, until in zip(rows, *columns, strict=True):
        size = data.size.of(str(row["community_code"]))
        row |= {
            "households": households,
            "residents": FEW if row["code"] in unsaid else few(residents),
            "since": since,
            "until": until,
            "load": {
                "households": load_class(households, size.households).value,
                "residents": load_class(residents, size.residents).value,
            },
        }
    return rows


def _areas(frame: gpd.GeoDataFrame | None, columns: Sequence[str]) -> list[dict[str, object]]:
    if frame is None:
        return []
    said = [texts(frame, name) for name in columns]
    rows = zip(shapes.smoothed(frame), shapes.anchors(frame), *said, strict=True)
    return [
        {**dict(zip(columns, values, strict=True)), "at": at, "shape": shapes.polygons(shape)}
        for shape, at, *values in rows
    ]


def _ways(frame: gpd.GeoDataFrame | None) -> list[dict[str, object]]:
    if frame is None:
        return []
    rows = zip(geometries(frame), texts(frame, "class"), strict=True)
    return [
        {"class": name, "lines": shapes.lines(shape), "areas": shapes.polygons(shape)}
        for shape, name in rows
    ]


def _buildings(
    frame: gpd.GeoDataFrame | None, tallies: Tallies, detail: Detail
) -> dict[str, object] | None:
    """Columns side by side; ``at`` a point for each (its middle, if it is a polygon), ``shape`` its outline, ``place``
    the position of the place that it belongs to. How many people live in a house is not for a file that is mailed."""
    if frame is None:
        return None
    there = drawable(frame)
    placed = frame[there]
    found = geometries(placed)
    spots = shapely.point_on_surface(np.asarray(found, dtype=object))
    columns: dict[str, object] = {name: texts(placed, name) for name in BUILDING_COLUMNS[:4]}
    columns["households"] = numbers(placed, "households")
    people = [few(value) for value in numbers(placed, "residents")]
    columns["residents"] = None if detail is Detail.SCRUBBED else people
    outlined = bool((shapely.get_dimensions(found) == 2).any())
    return columns | {
        "id": texts(placed, "building_id"),
        "place": tallies.homes[there].tolist(),
        "at": shapes.deltas_kept(shapely.get_coordinates(spots)),
        "shape": [shapes.polygons(shape) for shape in found] if outlined else None,
        "unplaced": len(frame) - len(placed),
    }


def _finding(finding: Finding, concerned: Sequence[int]) -> dict[str, object]:
    shape = finding.geometry
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "codes": list(finding.codes),
        "places": concerned,
        "say": {lang: describe(finding, lang, names=False) for lang in LANGUAGES},
        "at": shapes.anchor(shape),
        "areas": shapes.polygons(shape),
        "lines": shapes.lines(shape),
        "points": shapes.points(shape),
    }


def _titles(findings: Sequence[Finding], lang: str) -> dict[str, str]:
    return {code: title(code, lang) for code in sorted({finding.code for finding in findings})}


def _bounds(data: MapData) -> list[float] | None:
    """[west, south, east, north] of what the map is about: the grids, else the communities."""
    for frame in (data.grids, data.communities, data.buildings):
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
