"""A file that holds some of the ground, read whole as it stands: a table, or one layer in its own coordinates. What is
said of it (datum, columns) is applied afterwards, as often as somebody says something else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from data.readers.formats import TABLE_ENDINGS, check_file
from data.readers.sheets import open_book
from data.readers.table import Table, read_table
from data.readers.unpacking import unpack
from data.readers.vector import RawLayer, list_layers, read_raw, refuse_not_finite
from geo.errors import LayerMissing

LAYERS = (".zip", ".shp", ".gpkg", ".kml", ".kmz", ".geojson", ".json", ".dxf", ".fgb")
TABLES = tuple(ending for ending in TABLE_ENDINGS if ending != ".parquet")
_CONTAINERS = (".zip", ".kmz")
_BOOKS = (".xlsx", ".xls")


@dataclass(frozen=True, slots=True)
class Opened:
    """parts: its layers or sheets, by the names that people see; part: the one that was read. One of table and layer is
    there once it is known which part to read."""

    file: str
    parts: tuple[str, ...]
    part: str | None = None
    table: Table | None = None
    layer: RawLayer | None = None

    @property
    def by_convention(self) -> bool:
        """Whether its kind, not the file, says that its coordinates are WGS84."""
        layer = self.layer
        return layer is not None and layer.frame.crs is not None and not layer.declared

    @property
    def cells(self) -> pd.DataFrame:
        """Its columns as they stand; none before it is known which part to read."""
        if self.table is not None:
            return self.table.frame
        return pd.DataFrame() if self.layer is None else _without_shapes(self.layer.frame)

    @property
    def encoding(self) -> str | None:
        """Of its texts, where its format leaves that open."""
        read = self.layer if self.table is None else self.table
        return None if read is None else read.encoding


def open_file(
    path: Path,
    *,
    name: str,
    into: Path,
    defaults: Sequence[str] = (),
    part: str | None = None,
    encoding: str | None = None,
    tables: bool = True,
) -> Opened:
    """Read a file that is called ``name``. Without ``part`` its only layer or sheet is read, else the first of
    ``defaults``, else none yet. ``into``: a folder in which containers are taken apart. ``tables``: whether a table
    will do. LayerMissing for a part that is not there; what reading raises."""
    if path.suffix.lower() in TABLES and tables:
        return _open_table(path, name, part, encoding)
    check_file(path, LAYERS)
    places = _places(path, into, name)
    if part is None:
        part = next(
            (one for one in defaults if one in places),
            next(iter(places)) if len(places) == 1 else None,
        )
    if part is None:
        return Opened(name, tuple(places))
    _refuse_absent(part, places, name)
    inner, layer = places[part]
    raw = read_raw(inner, layer, encoding=encoding)
    refuse_not_finite(np.asarray(raw.frame.geometry.array, dtype=object), file=name)
    frame = _plain(raw.frame)
    return Opened(name, tuple(places), part, layer=replace(raw, file=name, frame=frame))


def _open_table(path: Path, name: str, part: str | None, encoding: str | None) -> Opened:
    sheets = _sheets(path)
    if part is not None:
        _refuse_absent(part, sheets, name)
    table = read_table(path if part is None else f"{path}:{part}", encoding=encoding)
    frame = table.frame.map(lambda cell: str(cell) if isinstance(cell, timedelta) else cell)
    return Opened(name, sheets, table.sheet, table=replace(table, file=name, frame=frame))


def _sheets(path: Path) -> tuple[str, ...]:
    """The sheets of a workbook; none of any other table."""
    check_file(path, TABLES)
    if path.suffix.lower() not in _BOOKS:
        return ()
    with open_book(path) as book:
        return tuple(book.sheet_names)


def _places(path: Path, into: Path, name: str) -> Mapping[str, tuple[Path, str]]:
    """Where each layer of a file lies, by the name that people see."""
    if path.suffix.lower() not in _CONTAINERS:
        return {
            layer if path.stem != layer else Path(name).stem: (path, layer)
            for layer in list_layers(path)
        }
    inside = unpack(path, into)
    found = {}
    for one in inside:
        layers = list_layers(one.path)
        for layer in layers:
            stem = str(Path(one.name).with_suffix(""))
            known = stem if len(layers) == 1 else f"{stem}/{layer}" if len(inside) > 1 else layer
            found[known] = one.path, layer
    return found


def _refuse_absent(part: str, parts: Collection[str], name: str) -> None:
    if part not in parts:
        present = ", ".join(parts) or "-"
        raise LayerMissing("part-missing", file=name, part=part, present=present)


def _plain(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Values that have no name among ours (lists, durations) as the texts that people would read."""
    odd = [
        name
        for name in frame.columns
        if name != frame.geometry.name
        and frame[name].map(lambda cell: isinstance(cell, list | dict | timedelta)).any()
    ]
    return frame.assign(**{name: frame[name].astype("str") for name in odd}) if odd else frame


def _without_shapes(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.drop(columns=frame.geometry.name))
