"""Layers in files -> what is wrong with them: the use case behind ``wangge check``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.services.chain import ONE_OFFICER, chain_figures, chain_of_layers
from api.services.progress import Progress, silent
from api.services.reports import blocks
from data.readers.columns import apply_mapping, understand
from data.readers.contacts import TARGETS as CONTACT_TARGETS
from data.readers.contacts import read_contacts
from data.readers.party import TARGETS as PARTY_TARGETS
from data.readers.party import read_party
from data.readers.posts import TARGETS, read_posts
from data.readers.vector import read_layer
from geo.bounds import with_own_bounds
from geo.chain import ChainRules, Registers
from geo.codes import Profile
from geo.coverage import TOLERANCE_M, check, coverage_rate, gravest_first, summarize
from geo.crs import Datum
from geo.errors import ColumnMissing, OptionError
from geo.model import (
    BOUND_COLUMNS,
    BUILDING_COLUMNS,
    COMMUNITY_COLUMNS,
    CRS,
    GRID_COLUMNS,
    Finding,
    SizeRule,
)
from maps.findings import describe, title

COLUMNS = {
    "communities": (*COMMUNITY_COLUMNS, *BOUND_COLUMNS),
    "grids": GRID_COLUMNS,
    "buildings": BUILDING_COLUMNS,
    "posts": TARGETS,
    "party": PARTY_TARGETS,
    "contacts": CONTACT_TARGETS,
}
_FAMILIES = {"Point": "points", "MultiPoint": "points"}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """findings: gravest first. summary: the report's figures, with the tolerance that they hold for."""

    findings: tuple[Finding, ...]
    summary: dict[str, object]

    @property
    def blocked(self) -> bool:
        """Whether anything stops a publication."""
        return blocks(self.findings)


def run_check(
    *,
    communities: str | Path | None = None,
    grids: str | Path | None = None,
    buildings: str | Path | None = None,
    posts: str | Path | None = None,
    party: str | Path | None = None,
    contacts: str | Path | None = None,
    rules: ChainRules | None = None,
    zone: ZoneInfo,
    rule: SizeRule | None = None,
    profile: Profile = Profile.CN,
    tolerance_m: float = TOLERANCE_M,
    mapping: Mapping[str, str] | None = None,
    datum: Datum | None = None,
    encoding: str | None = None,
    progress: Progress = silent,
) -> CheckResult:
    """Read the layers (``F[:layer]``) and the registers (``F[:sheet]``) and check them, as things stand now.

    ``mapping``: ours -> theirs for every layer that has the column; ``grids.code`` -> theirs for one layer only, and
    ``posts.person`` -> theirs for a register. ``zone``: whose days the dates of the registers are. ``posts``,
    ``party``, ``contacts``: the registers of posts, of the party's units and of estates' contacts, any of them;
    ``rules``: which links are demanded (default: one officer a grid). Raises what `read_layer`, `read_posts`,
    `read_party` and `read_contacts` raise; OptionError without any layer, or registers without grids; ColumnMissing
    for a mapped column that no layer has.
    """
    specs = {"communities": communities, "grids": grids, "buildings": buildings}
    wanted, used = dict(mapping or {}), set[str]()
    layers: dict[str, gpd.GeoDataFrame | None] = {}
    progress("read", 0, None)
    for layer, spec in specs.items():
        if spec is None:
            layers[layer] = None
            continue
        frame = read_layer(spec, default_layer=layer, datum=datum, encoding=encoding)
        layers[layer], applied = _ours(frame, layer, wanted, file=str(spec))
        used |= applied
    told = {"posts": posts, "party": party, "contacts": contacts}
    registers = _registers(told, wanted, used, encoding=encoding, zone=zone)
    given = (*specs.values(), *told.values())
    _all_used(wanted, used, file=", ".join(str(spec) for spec in given if spec))
    progress("draw-check", 0, None)
    found = check(
        layers["communities"],
        layers["grids"],
        layers["buildings"],
        rule=with_own_bounds(rule or SizeRule(), layers["communities"]),
        profile=profile,
        tolerance_m=tolerance_m,
    )
    rates: dict[str, object] = {}
    if layers["buildings"] is not None:
        rates["coverage"] = asdict(coverage_rate(layers["buildings"], found))
    if any(told.values()):
        now = datetime.now(zone)
        chain = chain_of_layers(layers, registers, rules=rules or ONE_OFFICER, now=now)
        found = gravest_first([*found, *chain.findings])
        rates["chain"] = chain_figures(chain)
    return CheckResult(tuple(found), {**summarize(found), **rates, "tolerance_m": tolerance_m})


def _registers(
    specs: Mapping[str, str | Path | None],
    wanted: Mapping[str, str],
    used: set[str],
    *,
    encoding: str | None,
    zone: ZoneInfo,
) -> Registers:
    """The registers that were handed over. ``used``: gets the keys of the mapping that are about them."""
    read: dict[str, pd.DataFrame | None] = {}
    for name, spec in specs.items():
        mine = {key: theirs for key, theirs in wanted.items() if key.startswith(f"{name}.")}
        ours = {key.removeprefix(f"{name}."): theirs for key, theirs in mine.items()}
        if spec is None:
            read[name] = None
        elif name == "party":
            read[name] = read_party(spec, mapping=ours, encoding=encoding)
        else:
            reader = read_posts if name == "posts" else read_contacts
            read[name] = reader(spec, mapping=ours, encoding=encoding, zone=zone)
        used |= set(mine) if spec is not None else set()
    return Registers(read["posts"], read["party"], read["contacts"])


def _ours(
    frame: gpd.GeoDataFrame, layer: str, wanted: Mapping[str, str], *, file: str
) -> tuple[gpd.GeoDataFrame, set[str]]:
    """The frame with our column names, and which keys of the mapping applied to it."""
    mine: dict[str, str] = {}
    used = set()
    for key, theirs in wanted.items():
        only, _, ours = key.rpartition(".")
        if ours in COLUMNS[layer] and only in ("", layer) and theirs in frame.columns:
            mine[ours] = theirs
            used.add(key)
    frame = apply_mapping(frame, mine, file=file)
    open_columns = [name for name in COLUMNS[layer] if name not in mine]
    _, understood = understand(frame.drop(columns=list(mine)), open_columns)
    renamed = {theirs: ours for ours, theirs in understood.items() if theirs != ours}
    return frame.rename(columns=renamed), used


def _all_used(wanted: Mapping[str, str], used: set[str], *, file: str) -> None:
    """A mapping that meets no column is a typing error, not a wish."""
    known = sorted({name for names in COLUMNS.values() for name in names})
    for key, theirs in wanted.items():
        ours = key.rpartition(".")[2]
        if ours not in known:
            raise OptionError("map-unknown", value=key, known=", ".join(known))
        if key not in used:
            raise ColumnMissing("column-nowhere", file=file, column=theirs, ours=key)


def findings_layers(findings: tuple[Finding, ...], *, lang: str) -> dict[str, gpd.GeoDataFrame]:
    """Findings as layers by kind of geometry (areas, points; those without a place go to areas as null)."""
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
