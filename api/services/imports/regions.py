"""Outlines, or lists, of city, streets and communities."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from api.services.imports.layer import open_layer
from api.services.imports.opening import is_table, open_table
from api.services.imports.result import Imported, Noted, Options, result, source_name
from data.intake import Reason, State
from data.readers import settle
from data.readers.columns import refuse_unknown, require, understand
from data.readers.table import Table, cell_text
from data.readers.vector import list_layers, split_spec
from data.store import frames, regions
from data.tables import Level, RegionKind
from geo import areas
from geo.bounds import with_own_bounds
from geo.codes import Profile, level_of, normalize_code, parent_code
from geo.errors import CodeError
from geo.model import BOUND_COLUMNS, CRS, SizeRule

NOUN = "regions"
COLUMNS = ("code", "name", "level", "kind", "parent_code", "planned_grids")
WITH_BOUNDS = (*COLUMNS, *BOUND_COLUMNS)
LAYERS = (NOUN, "communities", "boundary")
"""What a layer of outlines goes by."""
_ENDINGS = {
    RegionKind.STREET: ("街道", "街道办事处"),
    RegionKind.TOWN: ("镇", "乡"),
    RegionKind.ZONE: ("开发区", "园区", "新区"),
    RegionKind.VILLAGE: ("村", "村委会"),
}
_DEFAULT_KIND = {
    Level.CITY: RegionKind.CITY,
    Level.STREET: RegionKind.STREET,
    Level.COMMUNITY: RegionKind.COMMUNITY,
}


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Add or update regions by code. A broken outline is mended and the delivered one kept beside it. OptionError where
    a community's bounds would be none together with those in the store: nobody could check the city then."""
    table, frame, understood = _read(spec, options)
    require(frame, ("code",), file=spec)
    options.progress("import-judge", 0, len(frame))
    notes = settle.Notes(source_name(spec), NOUN)
    frame = settle.communities(frame, notes)
    codes, faults = _codes(frame, options.profile)
    shapes, shape_faults = _outlines(frame, options)
    number_faults = _number_faults(frame, options.rule)
    rows = [
        Noted(number, code, (*one, *two, *three))
        for number, code, one, two, three in zip(
            table.rows, codes, faults, shape_faults, number_faults, strict=True
        )
    ]
    ready = _ready(frame.assign(code=codes), shapes, spec, options)
    options.progress("import-store", 0, len(ready))
    merged = regions.merge(connection, ready[[State.REFUSED not in row.states for row in rows]])
    if options.profile is Profile.CN:
        regions.link_parents(connection)
    with_own_bounds(options.rule, frames.regions(connection, level="community", outlined=False))
    return result(
        NOUN,
        rows,
        options,
        table=table.frame,
        understood=understood,
        added=merged.added,
        updated=merged.updated,
        findings=tuple(notes.findings),
    )


def _read(spec: str, options: Options) -> tuple[Table, gpd.GeoDataFrame, dict[str, str]]:
    """The file as it stands, and with our columns."""
    if is_table(spec, options):
        refuse_unknown(options.mapping, WITH_BOUNDS)
        table = open_table(spec, options).renamed(options.mapping)
        raw = gpd.GeoDataFrame(table.frame, geometry=[None] * len(table.frame), crs=CRS)
        wanted = [name for name in WITH_BOUNDS if name not in options.mapping]
        frame, understood = understand(raw, wanted)
    else:
        layer = open_layer(spec, options, WITH_BOUNDS, default_layer=_default_layer(spec, options))
        frame, understood = layer.frame, layer.understood
        table = Table(spec, layer.cells, tuple(range(1, len(frame) + 1)))
    if options.code is not None and len(frame) == 1:
        frame = frame.assign(code=options.code)
    if options.name is not None and len(frame) == 1:
        frame = frame.assign(name=options.name)
    missing = [name for name in COLUMNS if name not in frame.columns and name != "code"]
    return table, frame.assign(**dict.fromkeys(missing)), understood


def _default_layer(spec: str, options: Options) -> str:
    """The first of the names that a layer of outlines goes by."""
    path, asked = split_spec(spec)
    present = [] if asked is not None or options.opened is not None else list_layers(path)
    return next((name for name in LAYERS if name in present), NOUN)


def _codes(frame: gpd.GeoDataFrame, profile: Profile) -> tuple[list[str], list[list[Reason]]]:
    """Codes as we write them, and what is wrong with them."""
    codes: list[str] = []
    faults: list[list[Reason]] = []
    seen: dict[str, int] = {}
    for number, given in enumerate(frame["code"], start=1):
        text, wrong = cell_text(given), []
        try:
            text = normalize_code(text, profile=profile)
        except CodeError:
            wrong.append(Reason("code-malformed", State.REFUSED, {"value": text}))
        else:
            if profile is Profile.CN and len(text) == 15:
                wrong.append(Reason("code-of-grid", State.REFUSED, {"value": text}))
            first = seen.setdefault(text, number)
            if first != number:
                wrong.append(
                    Reason("code-repeated", State.REFUSED, {"value": text, "first": first})
                )
        codes.append(text)
        faults.append(wrong)
    return codes, faults


def _number_faults(frame: gpd.GeoDataFrame, rule: SizeRule) -> list[list[Reason]]:
    """What is wrong with a region's numbers: below zero; of its own bounds a least above its most, where one of them is
    not told the usual one's."""
    faults: list[list[Reason]] = [[] for _ in range(len(frame))]
    for name in ("planned_grids", *BOUND_COLUMNS):
        for index, number in enumerate(frame.get(name, ())):
            if pd.notna(number) and number < (name.endswith("_max")):
                params = {"column": name, "value": int(number)}
                faults[index].append(Reason("count-malformed", State.REFUSED, params))
    for measure, usual in (("households", rule.households), ("residents", rule.residents)):
        nothing = [None] * len(frame)
        told = zip(*(frame.get(f"{measure}_{end}", nothing) for end in ("min", "max")), strict=True)
        for index, ends in enumerate(told):
            low, high = (
                other if pd.isna(one) else int(one) for one, other in zip(ends, usual, strict=True)
            )
            if low > high and not pd.isna(list(ends)).all():
                params = {"low": low, "high": high}
                faults[index].append(Reason("bounds-crossed", State.REFUSED, params))
    return faults


def _outlines(
    frame: gpd.GeoDataFrame, options: Options
) -> tuple[NDArray[np.object_], list[list[Reason]]]:
    """Valid (multi)polygons, and what had to be done or can't be."""
    given = np.array(frame.geometry.array, dtype=object)
    shapes, wrong = options.calculate(areas.mended, given)
    faults: list[list[Reason]] = [
        [] if reason is None else [Reason("outline-mended", State.NOTE, {"reason": reason})]
        for reason in wrong
    ]
    for index, (shape, area) in enumerate(zip(given, shapes, strict=True)):
        if shape is not None and area is None:
            params = {"found": shape.geom_type}
            faults[index].append(Reason("outline-no-area", State.REFUSED, params))
    return shapes, faults


def _ready(
    frame: gpd.GeoDataFrame, shapes: NDArray[np.object_], spec: str, options: Options
) -> gpd.GeoDataFrame:
    """The columns of the store."""
    levels = [_level(row, options.profile) for row in frame.to_dict("records")]
    cn = options.profile is Profile.CN
    known = set(frame["code"])
    parents = [parent_code(code) if cn and code.isdigit() else None for code in frame["code"]]
    delivered = np.array(frame.geometry.array, dtype=object)
    return gpd.GeoDataFrame(
        {
            "code": frame["code"],
            "name": frame["name"],
            "level": levels,
            "kind": [_kind(*pair) for pair in zip(frame["name"].fillna(""), levels, strict=True)],
            "parent_code": [code if code in known else None for code in parents],
            "planned_grids": frame["planned_grids"],
            **{name: frame[name] for name in BOUND_COLUMNS if name in frame},
            "source": source_name(spec),
            "raw_datum": str(options.datum) if options.datum else None,
            "source_geom": delivered,
        },
        geometry=shapes,
        crs=CRS,
    )


def _level(row: dict[Any, Any], profile: Profile) -> Level:
    told = cell_text(row.get("level"))
    if told in set(Level):
        return Level(told)
    found = level_of(row["code"], profile=profile) if profile is Profile.CN else None
    own = {level.value for level in Level}
    return Level(found.value) if found is not None and found.value in own else Level.COMMUNITY


def _kind(name: str, level: Level) -> RegionKind:
    for kind, endings in _ENDINGS.items():
        suits = (kind is RegionKind.VILLAGE) == (level is Level.COMMUNITY)
        if level is not Level.CITY and suits and name.endswith(endings):
            return kind
    return _DEFAULT_KIND[level]
