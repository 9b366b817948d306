"""Layers in files -> what is wrong with them: the use case behind ``wangge check``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.services.chain import ONE_OFFICER, chain_figures, chain_of_layers
from api.services.progress import Progress, silent
from api.services.reports import blocks, rate_json
from data.readers.checked import COLUMNS, read_checked
from data.readers.columns import require
from data.readers.contacts import TARGETS as CONTACT_TARGETS
from data.readers.contacts import read_contacts
from data.readers.datums import Datums, for_layers
from data.readers.party import TARGETS as PARTY_TARGETS
from data.readers.party import read_party
from data.readers.posts import TARGETS, read_posts
from data.readers.renaming import Renaming
from data.readers.vector import split_spec
from geo.bounds import with_own_bounds
from geo.chain import ChainResult, ChainRules, Registers
from geo.codes import Profile
from geo.coverage import (
    Coverage,
    CoverageRate,
    Delivered,
    Measure,
    examine,
    gravest_first,
    summarize,
)
from geo.coverage.regions import communities_among
from geo.crs import Datum
from geo.errors import OptionError
from geo.model import CRS, Finding
from maps.findings import describe, title

_FAMILIES = {
    "Point": "points",
    "MultiPoint": "points",
    "LineString": "lines",
    "MultiLineString": "lines",
}


@dataclass(frozen=True, slots=True)
class CheckFiles:
    """What is checked: each a layer as ``F[:layer]``, the registers as ``F[:sheet]``.

    regions: outlines of streets and cities (without ``communities``, those among them are taken). things: layers by
    their own names, of whatever else a grid should answer for.
    """

    communities: str | Path | None = None
    grids: str | Path | None = None
    buildings: str | Path | None = None
    regions: str | Path | None = None
    roads: str | Path | None = None
    rivers: str | Path | None = None
    greens: str | Path | None = None
    things: Sequence[str] = ()
    posts: str | Path | None = None
    party: str | Path | None = None
    contacts: str | Path | None = None

    @property
    def registers(self) -> dict[str, str | Path]:
        """The registers of posts, of the party's units and of estates' contacts that were named."""
        named = {"posts": self.posts, "party": self.party, "contacts": self.contacts}
        return {name: spec for name, spec in named.items() if spec is not None}

    @property
    def ground(self) -> dict[str, str | Path]:
        """Every layer of things by name: roads, rivers, greens, and the others called as their layer or file."""
        named = {"roads": self.roads, "rivers": self.rivers, "greens": self.greens}
        found: dict[str, str | Path] = {name: spec for name, spec in named.items() if spec}
        for spec in self.things:
            path, layer = split_spec(spec)
            name = layer or path.stem
            if name in found:
                raise OptionError("thing-twice", value=name)
            found[name] = spec
        return found

    @property
    def all(self) -> list[str | Path]:
        """Every file that was named."""
        return [*self.layers, *self.registers.values()]

    @property
    def layers(self) -> list[str | Path]:
        """Every layer that was named."""
        return list(self.named.values())

    @property
    def named(self) -> dict[str, str | Path]:
        """Every layer that was named, by its name."""
        outlines = {
            name: getattr(self, name) for name in ("communities", "grids", "buildings", "regions")
        }
        return {
            **{name: spec for name, spec in outlines.items() if spec is not None},
            **self.ground,
        }


@dataclass(frozen=True, slots=True)
class CheckResult:
    """findings: gravest first. rate: 横向覆盖率. summary: the report's figures, with the tolerance that they hold for.
    delivered: what was checked, as it was read; measure: by what; coverage: what came of it. registers, chain: those of
    people that were handed over, and what came of them."""

    findings: tuple[Finding, ...]
    rate: CoverageRate
    summary: dict[str, object]
    delivered: Delivered
    measure: Measure
    coverage: Coverage
    registers: Registers
    chain: ChainResult | None

    @property
    def blocked(self) -> bool:
        """Whether anything stops a publication."""
        return blocks(self.findings)


def run_check(
    files: CheckFiles,
    *,
    measure: Measure,
    zone: ZoneInfo,
    rules: ChainRules | None = None,
    mapping: Mapping[str, str] | None = None,
    datum: Datum | Datums | None = None,
    encoding: str | None = None,
    progress: Progress = silent,
) -> CheckResult:
    """Read the layers and registers and check them, as things stand now.

    ``mapping``: ours -> theirs for every layer that has the column; ``grids.code`` -> theirs for one layer only, and
    ``posts.person`` -> theirs for a register. ``zone``: whose days dates are. ``measure``: without a day, today.
    ``rules``: which links are demanded (default: one officer a grid). ``datum``: of layers that declare no CRS.
    Raises what `read_checked`, `read_posts`, `read_party` and `read_contacts` raise; OptionError without any layer, or
    registers without grids; ColumnMissing for a mapped column that no layer has.
    """
    now = datetime.now(zone)
    measure = replace(measure, at=measure.at or now.date())
    renaming = _renaming(files, mapping)
    shared = for_layers(datum, files.named)
    reading = _Reading(renaming, zone, measure.profile, shared, encoding)
    progress("read", 0, None)
    delivered = reading.layers(files)
    registers = reading.registers(files.registers)
    renaming.all_met()
    progress("draw-check", 0, None)
    measure = replace(measure, rule=with_own_bounds(measure.rule, delivered.communities))
    seen = examine(delivered, measure)
    found = list(seen.findings)
    rates: dict[str, object] = {"coverage": rate_json(seen.rate)}
    chain = None
    if files.registers:
        for name in ("communities", "grids"):
            if (layer := getattr(delivered, name)) is not None:
                require(layer, ("code",), file=str(files.named.get(name, name)))
        layers = {name: getattr(delivered, name) for name in ("communities", "grids", "buildings")}
        chain = chain_of_layers(
            layers, registers, rules=rules or ONE_OFFICER, now=now, stale_days=measure.stale_days
        )
        found = gravest_first([*found, *chain.findings])
        rates["chain"] = chain_figures(chain)
    summary = {**summarize(found), **rates, "tolerance_m": measure.tolerance_m}
    return CheckResult(tuple(found), seen.rate, summary, delivered, measure, seen, registers, chain)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How files are read."""

    renaming: Renaming
    zone: ZoneInfo
    profile: Profile
    datums: Datums
    encoding: str | None

    def layers(self, files: CheckFiles) -> Delivered:
        """All layers; communities from among the regions where they are not named themselves."""
        regions = self._layer("regions", files.regions)
        communities = self._layer("communities", files.communities)
        if communities is None and regions is not None:
            communities = communities_among(regions, profile=self.profile)
        return Delivered(
            communities=communities,
            grids=self._layer("grids", files.grids),
            buildings=self._layer("buildings", files.buildings),
            regions=regions,
            things={
                name: frame
                for name, spec in files.ground.items()
                if (frame := self._layer(name, spec)) is not None
            },
        )

    def _layer(self, layer: str, spec: str | Path | None) -> gpd.GeoDataFrame | None:
        if spec is None:
            return None
        return read_checked(
            layer,
            spec,
            zone=self.zone,
            profile=self.profile,
            renaming=self.renaming,
            datum=self.datums.of(layer),
            encoding=self.encoding,
        )

    def registers(self, specs: Mapping[str, str | Path]) -> Registers:
        """The registers that were handed over."""
        read: dict[str, pd.DataFrame] = {}
        for name, spec in specs.items():
            ours = self.renaming.named(name)
            if name == "party":
                read[name] = read_party(spec, mapping=ours, encoding=self.encoding, zone=self.zone)
            else:
                reader = read_posts if name == "posts" else read_contacts
                read[name] = reader(spec, mapping=ours, encoding=self.encoding, zone=self.zone)
        return Registers(read.get("posts"), read.get("party"), read.get("contacts"))


def _renaming(files: CheckFiles, mapping: Mapping[str, str] | None) -> Renaming:
    """What a mapping may name: columns of the layers that can be read, and of registers with their names."""
    layers = {name: columns for name, columns in COLUMNS.items() if name != "things"}
    things = dict.fromkeys(files.ground, COLUMNS["things"])
    registers = {"posts": TARGETS, "party": PARTY_TARGETS, "contacts": CONTACT_TARGETS}
    return Renaming(mapping, {**things, **layers, **registers}, apart=tuple(registers))


def findings_layers(findings: tuple[Finding, ...], *, lang: str) -> dict[str, gpd.GeoDataFrame]:
    """Findings as layers by kind of geometry (areas, lines, points; those without a place go to areas as null)."""
    table = gpd.GeoDataFrame(
        {
            "code": [one.code for one in findings],
            "severity": [one.severity.value for one in findings],
            "title": [title(one.code, lang) for one in findings],
            "text": [describe(one, lang) for one in findings],
            "codes": [" ".join(one.codes[:50]) for one in findings],
            "area_m2": np.array([one.area_m2 for one in findings], dtype=float),
            "width_m": np.array([one.width_m for one in findings], dtype=float),
            "count": np.array([one.count for one in findings], dtype=float),
            "households": np.array([one.households for one in findings], dtype=float),
        },
        geometry=[one.geometry for one in findings],
        crs=CRS,
    )
    family = [_FAMILIES.get(str(kind), "areas") for kind in table.geometry.geom_type]
    layers = {str(name): rows.copy() for name, rows in table.groupby(np.array(family))}
    if "areas" in layers or not layers:
        areas = layers.get("areas", table)
        flat = [_multi(shape) for shape in areas.geometry]
        layers["areas"] = areas.set_geometry(gpd.GeoSeries(flat, index=areas.index, crs=CRS))
    return layers


def _multi(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    """One type for the whole layer, as GIS programs want it."""
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape
