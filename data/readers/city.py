"""Files -> a City: what ``draw`` and ``check`` start from.

Reported here is what only the file shows: headings that were recognised, kinds, classes and numbers that mean
nothing, outlines that had to be closed. Ids, codes, shapes and counts stay as they stand: geo.blocks.tidy judges those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from data.readers import settle
from data.readers.columns import apply_mapping, require, require_mapped, understand
from data.readers.settle import Notes, Settle
from data.readers.vector import list_layers, read_layer, split_spec
from geo.crs import Datum
from geo.errors import ColumnMissing, LayerMissing, OptionError
from geo.model import (
    BOUND_COLUMNS,
    BUILDING_COLUMNS,
    COMMUNITY_COLUMNS,
    EXCEPTION_COLUMN,
    LINE_COLUMNS,
    City,
    Finding,
    LineClass,
    Severity,
    empty_layer,
)

_MORE = (*BOUND_COLUMNS, EXCEPTION_COLUMN)
_COUNTS = ("households", "residents", "planned_grids")
_OSM = frozenset({".osm", ".pbf"})
# In an OSM extract everything is in two layers; the column tells what a row is.
_OSM_LAYERS = {
    "roads": ("lines", "highway"),
    "rivers": ("lines", "waterway"),
    "buildings": ("multipolygons", "building"),
}


@dataclass(frozen=True, slots=True)
class _Want:
    """One layer of a city: its name, our columns, whether a city needs it, and what makes rows of it ours.

    more: columns that are there only where the file has them.
    """

    layer: str
    columns: tuple[str, ...]
    needed: bool
    values: Settle
    more: tuple[str, ...] = ()


def read_city(
    source: str | Path | None,
    *,
    communities: str | Path | None = None,
    buildings: str | Path | None = None,
    roads: str | Path | None = None,
    rivers: str | Path | None = None,
    bridges: str | Path | None = None,
    mapping: Mapping[str, str] | None = None,
    datum: Datum | None = None,
    encoding: str | None = None,
) -> tuple[City, list[Finding]]:
    """A city from one file with layers of these names, from a file for each layer (``F[:layer]``, which win), or both.

    ``mapping``: ours -> theirs, for every layer that has the column. Community names in buildings become codes.
    Unknown optional layers are empty, unknown optional columns null, counts Int64.
    Raises LayerMissing without communities or buildings, ColumnMissing without ``building_id`` or community
    ``code``, and whatever `read_layer` raises.
    """
    specs = {
        "communities": communities,
        "buildings": buildings,
        "roads": roads,
        "rivers": rivers,
        "bridges": bridges,
    }
    wanted, used, layers = dict(mapping or {}), set[str](), {}
    findings: list[Finding] = []
    for want in _WANTED:
        spec = specs[want.layer] or _in_source(source, want)
        if spec is None:
            layers[want.layer] = empty_layer(want.columns)
            continue
        notes = Notes(split_spec(spec)[0].name, want.layer)
        frame = read_layer(
            spec, default_layer=_layer_name(spec, want), datum=datum, encoding=encoding
        )
        frame = _osm_rows(frame, spec, want)
        frame, applied = _our_columns(frame, want, wanted, notes)
        used |= applied
        layers[want.layer] = want.values(frame, notes)
        findings += notes.findings
    _all_used(wanted, used, source or communities or "-")
    layers["buildings"] = _codes_for_names(layers["buildings"], layers["communities"])
    return City(**layers), findings


def _in_source(source: str | Path | None, want: _Want) -> str | None:
    """The spec of a layer in the city's own file, or None where it has none. LayerMissing if it is needed."""
    if source is not None:
        path, asked = split_spec(source)
        if asked is not None:
            raise OptionError("city-with-layer", value=str(source))
        present = list_layers(path)
        if want.layer in present or (path.suffix.lower() in _OSM and want.layer in _OSM_LAYERS):
            return str(path)
        if want.needed:
            raise LayerMissing(
                "layer-missing", file=str(path), layer=want.layer, present=", ".join(present)
            )
    elif want.needed:
        raise OptionError("city-incomplete", value=want.layer)
    return None


def _layer_name(spec: str | Path, want: _Want) -> str:
    is_osm = split_spec(spec)[0].suffix.lower() in _OSM
    return _OSM_LAYERS[want.layer][0] if is_osm and want.layer in _OSM_LAYERS else want.layer


def _osm_rows(frame: gpd.GeoDataFrame, spec: str | Path, want: _Want) -> gpd.GeoDataFrame:
    if split_spec(spec)[0].suffix.lower() not in _OSM or want.layer not in _OSM_LAYERS:
        return frame
    column = _OSM_LAYERS[want.layer][1]
    rows = frame[frame[column].notna()].reset_index(drop=True)
    return rows.rename(
        columns={"osm_id": "building_id"} if want.layer == "buildings" else {column: "class"}
    )


def _our_columns(
    frame: gpd.GeoDataFrame, want: _Want, mapping: Mapping[str, str], notes: Notes
) -> tuple[gpd.GeoDataFrame, set[str]]:
    """The frame with all of our columns (null where unknown), and which entries of the mapping applied."""
    mine = {
        ours: theirs
        for ours, theirs in mapping.items()
        if ours in (*want.columns, *want.more) and theirs in frame.columns
    }
    frame = apply_mapping(frame, mine, file=notes.file)
    _, understood = understand(
        frame.drop(columns=[c for c in mine if c in frame.columns]),
        [name for name in (*want.columns, *want.more) if name not in mine],
    )
    frame = frame.rename(columns={theirs: ours for ours, theirs in understood.items()})
    pairs = [f"{theirs} → {ours}" for ours, theirs in understood.items()]
    notes.add("file-columns-understood", Severity.NOTE, pairs)
    missing = [name for name in want.columns if name not in frame.columns]
    if want.needed and want.columns[0] in missing:
        _no_key(frame, want, mapping, notes)
    for name in missing:
        frame[name] = pd.Series(
            None, index=frame.index, dtype="Int64" if name in _COUNTS else "str"
        )
    return frame, set(mine)


def _no_key(frame: gpd.GeoDataFrame, want: _Want, mapping: Mapping[str, str], notes: Notes) -> None:
    key = want.columns[0]
    file = f"{notes.file}:{notes.layer}"
    if key in mapping:
        require_mapped(frame, {key: mapping[key]}, file=file)
    require(frame, (mapping.get(key, key),), file=file)


def _all_used(mapping: Mapping[str, str], used: set[str], source: str | Path) -> None:
    """Every entry of a mapping must have met its column somewhere: a typing error is no wish for nulls."""
    known = {*COMMUNITY_COLUMNS, *_MORE, *BUILDING_COLUMNS, *LINE_COLUMNS}
    for ours, theirs in mapping.items():
        if ours not in known:
            raise OptionError("map-unknown", value=ours, known=", ".join(sorted(known)))
        if ours not in used:
            raise ColumnMissing("column-nowhere", file=str(source), column=theirs, ours=ours)


def _codes_for_names(
    buildings: gpd.GeoDataFrame, communities: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Community names replaced by their codes where they name exactly one; anything else stays as it stands."""
    single = communities.dropna(subset=["name"]).drop_duplicates("name", keep=False)
    by_name = dict(zip(single["name"].astype(str), single["code"], strict=True))
    for code in communities["code"].dropna():
        by_name[str(code)] = code
    given = buildings["community_code"]
    return buildings.assign(
        community_code=given.map(
            lambda value: by_name.get(value, value), na_action="ignore"
        ).astype("str")
    )


_WANTED = (
    _Want("communities", COMMUNITY_COLUMNS, True, settle.communities, _MORE),
    _Want("buildings", BUILDING_COLUMNS, True, settle.buildings),
    _Want("roads", LINE_COLUMNS, False, settle.lines(LineClass.STREET)),
    _Want("rivers", LINE_COLUMNS, False, settle.lines(LineClass.RIVER)),
    _Want("bridges", (), False, settle.bridges),
)
