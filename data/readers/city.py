"""Files -> a City: what ``draw`` and ``check`` start from.

Reported here is what only the file shows: headings that were recognised, kinds, classes and numbers that mean
nothing, outlines that had to be closed. Ids, codes, shapes and counts stay as they stand: geo.blocks.tidy judges those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from data.readers import settle
from data.readers.columns import apply_mapping, understand
from data.readers.datums import Datums
from data.readers.point_table import PLACE_COLUMNS, read_placed
from data.readers.renaming import Renaming
from data.readers.settle import Notes, Settle
from data.readers.vector import list_layers, refuse_not_finite, split_spec
from geo.crs import Datum
from geo.errors import LayerMissing, OptionError
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
    mapping: Mapping[str, str] | Renaming | None = None,
    datum: Datum | Datums | None = None,
    encoding: str | None = None,
) -> tuple[City, list[Finding]]:
    """A city from one file with layers of these names, from a file for each layer (``F[:layer]``, which win), or both.

    ``mapping``: ours -> theirs, for every layer that has the column; a `Renaming` where other layers share it, and its
    maker asks in the end whether all was met. Buildings may be a table with coordinates. Community names in buildings
    become codes.
    ``datum``: what coordinates refer to where a layer declares no CRS.
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
    renaming = mapping if isinstance(mapping, Renaming) else Renaming(mapping, CITY_COLUMNS)
    datums = datum if isinstance(datum, Datums) else Datums(datum)
    layers = {}
    findings: list[Finding] = []
    for want in _WANTED:
        spec = specs[want.layer] or _in_source(source, want)
        if spec is None:
            layers[want.layer] = empty_layer(want.columns)
            continue
        notes = Notes(split_spec(spec)[0].name, want.layer)
        frame = read_placed(
            want.layer, spec, default_layer=_layer_name(spec, want), renaming=renaming,
            datum=datums.of(want.layer), encoding=encoding,
        )  # fmt: skip
        refuse_not_finite(np.asarray(frame.geometry.array, dtype=object), file=str(spec))
        frame = _osm_rows(frame, spec, want)
        frame = _our_columns(frame, want, renaming, spec, notes)
        layers[want.layer] = want.values(frame, notes)
        if want.layer == "buildings":
            _note_located(layers["buildings"], notes)
        findings += notes.findings
    if renaming is not mapping:
        renaming.all_met()
    layers["buildings"] = _codes_for_names(layers["buildings"], layers["communities"])
    return City(**layers), findings


def _note_located(buildings: gpd.GeoDataFrame, notes: Notes) -> None:
    """Say it where no building names its community: all of them then belong where they stand."""
    if buildings["community_code"].isna().all():
        notes.add(
            "file-buildings-by-place", Severity.NOTE, buildings["building_id"].astype(str).tolist()
        )


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
    frame: gpd.GeoDataFrame, want: _Want, renaming: Renaming, spec: str | Path, notes: Notes
) -> gpd.GeoDataFrame:
    """The frame with all of our columns, null where unknown. ColumnMissing without the key that a city needs."""
    mine = renaming.of(want.layer, frame.columns, spec=spec)
    frame = apply_mapping(frame, mine, file=notes.file)
    _, understood = understand(
        frame.drop(columns=[c for c in mine if c in frame.columns]),
        [name for name in (*want.columns, *want.more) if name not in mine],
    )
    frame = frame.rename(columns={theirs: ours for ours, theirs in understood.items()})
    pairs = [f"{theirs} → {ours}" for ours, theirs in understood.items()]
    notes.add("file-columns-understood", Severity.NOTE, pairs)
    missing = [name for name in want.columns if name not in frame.columns]
    if want.needed:
        renaming.require(frame, want.layer, want.columns[:1], spec=spec)
    for name in missing:
        frame[name] = pd.Series(
            None, index=frame.index, dtype="Int64" if name in _COUNTS else "str"
        )
    return frame


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
CITY_COLUMNS: Mapping[str, tuple[str, ...]] = {
    want.layer: (*want.columns, *want.more, *(PLACE_COLUMNS if want.layer == "buildings" else ()))
    for want in _WANTED
}
"""The layers of a city -> the columns that a mapping may name."""
