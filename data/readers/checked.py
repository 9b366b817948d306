"""Layers to be checked: with our column names, words and codes, and everything else as it stands in the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd

from data.readers.columns import apply_mapping, understand
from data.readers.dates import days
from data.readers.point_table import PLACE_COLUMNS, read_placed
from data.readers.renaming import Renaming
from data.readers.settle import as_text
from data.readers.words import building_kind, grid_kind, region_level, residents_basis
from geo.codes import Profile, normalize_code
from geo.coverage.things import KEY, KIND
from geo.crs import Datum
from geo.errors import CodeError
from geo.model import (
    BOUND_COLUMNS,
    BUILDING_COLUMNS,
    COMMUNITY_COLUMNS,
    GRID_COLUMNS,
    REGION_COLUMNS,
)

AS_OF = "as_of"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "communities": (*COMMUNITY_COLUMNS, *BOUND_COLUMNS, "parent_code", AS_OF),
    "grids": (*GRID_COLUMNS, "residents_basis", AS_OF),
    "buildings": (*BUILDING_COLUMNS, AS_OF, *PLACE_COLUMNS),
    "regions": REGION_COLUMNS,
    "things": (KIND, KEY, AS_OF),
}
"""The columns that a check reads, by layer (``things``: every other one)."""

_CODES = ("code", "parent_code", "community_code")
_WORDS: Mapping[tuple[str, str], Callable[[object], object]] = {
    ("buildings", "kind"): building_kind,
    ("buildings", "residents_basis"): residents_basis,
    ("grids", "kind"): grid_kind,
    ("grids", "residents_basis"): residents_basis,
    ("regions", "level"): region_level,
}


def read_checked(
    layer: str,
    spec: str | Path,
    *,
    zone: ZoneInfo,
    profile: Profile = Profile.CN,
    renaming: Renaming,
    datum: Datum | None = None,
    encoding: str | None = None,
) -> gpd.GeoDataFrame:
    """A layer (a key of `COLUMNS`, or the name of a thing) in EPSG:4490.

    Words that mean nothing stay as they are; a table's trailing 000 of codes is dropped; ``as_of`` becomes days of
    ``zone``. Buildings may be a table with coordinates. Raises what `read_layer`, `read_point_table` and `Renaming`
    raise.
    """
    frame = read_placed(layer, spec, renaming=renaming, datum=datum, encoding=encoding)
    columns = COLUMNS.get(layer, COLUMNS["things"])
    mine = renaming.of(layer, frame.columns, spec=spec)
    frame = apply_mapping(frame, mine, file=str(spec))
    open_columns = [name for name in columns if name not in mine]
    _, understood = understand(frame.drop(columns=list(mine)), open_columns)
    renamed = {theirs: ours for ours, theirs in understood.items() if theirs != ours}
    return _settled(frame.rename(columns=renamed), layer, zone=zone, profile=profile)


def _settled(
    frame: gpd.GeoDataFrame, layer: str, *, zone: ZoneInfo, profile: Profile
) -> gpd.GeoDataFrame:
    changed: dict[str, pd.Series] = {}
    for (of, column), means in _WORDS.items():
        if of == layer and column in frame:
            changed[column] = _each(frame[column], means)
    if layer in COLUMNS and profile is Profile.CN:
        changed |= {name: _each(frame[name], _unpadded) for name in _CODES if name in frame}
    if AS_OF in frame:
        changed[AS_OF] = days(frame[AS_OF], zone)
    return frame.assign(**changed)


def _each(column: pd.Series, means: Callable[[object], object]) -> pd.Series:
    """Every value as what it means, or as it stands where that is nothing; each looked up once."""
    given = as_text(column)
    known = {word: means(word) or word for word in given.dropna().unique()}
    return pd.Series(given.map(known, na_action="ignore"))


def _unpadded(code: object) -> str | None:
    try:
        return normalize_code(code)
    except CodeError:
        return None
