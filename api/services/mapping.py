"""Layers in files -> one page that shows them. No database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd

from api.services import incident_tables
from api.services.file_ages import changed, file_ages
from api.services.headlines import headlines
from api.services.progress import Progress, silent
from api.services.reports import blocks
from api.services.targets import refuse_inputs
from data.readers.city import CITY_COLUMNS, read_city
from data.readers.datums import Datums, for_layers
from data.readers.parts import COLUMNS, read_part, read_points
from data.readers.renaming import Renaming
from data.readers.vector import list_layers, split_spec
from data.writers.atomic import check_target, staging
from geo.codes import Profile
from geo.coverage import Delivered, Measure, examine
from geo.crs import Datum
from geo.model import Finding, SizeRule
from geo.tally import tally
from geo.territory import territory
from maps.page import Basemap, MapData, coverage_page

ENDINGS = (".html", ".htm")


@dataclass(frozen=True, slots=True)
class MapFiles:
    """What a map is made from, each as ``F[:layer]``; only the grids are needed."""

    grids: str | Path
    communities: str | Path | None = None
    buildings: str | Path | None = None
    roads: str | Path | None = None
    rivers: str | Path | None = None
    greens: str | Path | None = None
    points: str | Path | None = None
    lon: str | None = None
    lat: str | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """The file written, its size, and what was found (None: nothing to check against)."""

    output: Path
    size_bytes: int
    grids: int
    findings: list[Finding] | None

    @property
    def blocked(self) -> bool:
        """Whether any finding stops a publication."""
        return blocks(self.findings or ())


def render_map(
    files: MapFiles,
    *,
    output: Path,
    title: str,
    lang: str,
    timezone: ZoneInfo,
    as_of: date | None = None,
    rule: SizeRule | None = None,
    profile: Profile = Profile.CN,
    mapping: Mapping[str, str] | None = None,
    datum: Datum | Datums | None = None,
    encoding: str | None = None,
    basemap: Basemap | None = None,
    every_incident: bool = False,
    progress: Progress = silent,
) -> Mapped:
    """Write one HTML file that opens with no network and shows the layers, scrubbed as `coverage_page` tells unless
    ``every_incident``.

    Communities that lie beside the grids in one file are taken from there; with communities, everything is checked
    and the findings shown. ``as_of``: the data's date; else the day of the newest file, in ``timezone``.
    ``mapping``: ours -> theirs, for every layer that has the column; ``grids.code`` -> theirs for one layer only.
    ``datum``: of files that do not declare one. Raises InputError, and
    EnvironmentMissing where the page's scripts have not been made.
    """
    check_target(output, ENDINGS)
    refuse_inputs(output, _specs(files))
    renaming = Renaming(mapping, {**CITY_COLUMNS, **COLUMNS, "points": incident_tables.COLUMNS})
    said = for_layers(datum, _named(files))
    progress("read", 0, None)
    data = _read(
        _with_communities(files),
        renaming=renaming,
        datums=said if files.communities else said.also("communities", like="grids"),
        encoding=encoding,
        zone=timezone,
    )
    renaming.all_met()
    rule = rule or SizeRule()
    seen = None
    if data.communities is not None:
        progress("map-check", 0, None)
        delivered = Delivered(data.communities, data.grids, data.buildings)
        seen = examine(delivered, Measure(rule=rule, profile=profile))
    findings = None if seen is None else list(seen.findings)
    rate = None if seen is None or data.buildings is None else seen.rate
    tallies = tally(
        territory(None, data.grids, data.communities),
        grids=data.grids,
        communities=data.communities,
        buildings=data.buildings,
        coverage=seen,
        findings=findings or (),
        chain=None,
        rule=rule,
    )
    progress("map-page", 0, None)
    page = coverage_page(
        replace(
            data, findings=findings, headlines=headlines(rate, None), tallies=tallies, size=rule
        ),
        lang=lang,
        self_contained=True,
        title=title,
        as_of=as_of or newest(files, timezone),
        basemap=basemap,
        every_incident=every_incident,
    )
    with staging(output.parent) as stage:
        (stage / output.name).write_text(page.html, "utf-8")
    return Mapped(output, output.stat().st_size, len(data.grids), findings)


def newest(files: MapFiles, timezone: ZoneInfo) -> date:
    """The day on which the newest of the files was last changed."""
    return max(changed(spec, timezone) for spec in _specs(files))


def _read(
    files: MapFiles,
    *,
    renaming: Renaming,
    datums: Datums,
    encoding: str | None,
    zone: ZoneInfo,
) -> MapData:
    def part(name: str, spec: str | Path) -> gpd.GeoDataFrame:
        return read_part(name, spec, renaming=renaming, datum=datums.of(name), encoding=encoding)

    def optional(name: str, spec: str | Path | None) -> gpd.GeoDataFrame | None:
        return None if spec is None else part(name, spec)

    communities, buildings = files.communities, files.buildings
    if communities and buildings:
        # Read together, so that buildings may name their community instead of giving its code.
        city, _ = read_city(
            None, communities=communities, buildings=buildings, mapping=renaming,
            datum=datums, encoding=encoding,
        )  # fmt: skip
        areas, houses = city.communities, city.buildings
    else:
        areas, houses = optional("communities", communities), optional("buildings", buildings)
    grids = part("grids", files.grids)
    incidents = None
    if files.points is not None:
        points = read_points(
            files.points, lon=files.lon, lat=files.lat, columns=incident_tables.COLUMNS, renaming=renaming,
            datum=datums.of("points"), encoding=encoding,
        )  # fmt: skip
        incidents = incident_tables.of_layer(points, grids, zone=zone)
    known = (("grids", files.grids, grids), ("buildings", files.buildings, houses))
    return MapData(
        grids=grids,
        communities=areas,
        buildings=houses,
        roads=optional("roads", files.roads),
        rivers=optional("rivers", files.rivers),
        greens=optional("greens", files.greens),
        incidents=incidents.table if incidents else None,
        incidents_since=incidents.first if incidents else None,
        registers=file_ages(known, zone),
        zone=str(zone),
    )


def _with_communities(files: MapFiles) -> MapFiles:
    """A plan's file holds the communities that its grids tile: use them unless others are named."""
    path, _ = split_spec(files.grids)
    if files.communities or not path.is_file() or path.suffix.lower() == ".zip":
        return files
    if "communities" not in list_layers(path):
        return files
    named = {name: getattr(files, name) for name in MapFiles.__slots__}
    return MapFiles(**(named | {"communities": f"{path}:communities"}))


def _specs(files: MapFiles) -> list[str | Path]:
    return list(_named(files).values())


def _named(files: MapFiles) -> dict[str, str | Path]:
    layers = ("grids", "communities", "buildings", "roads", "rivers", "greens", "points")
    named = {name: getattr(files, name) for name in layers}
    return {name: spec for name, spec in named.items() if spec is not None}
