"""A table with coordinates as a layer of points: a ledger (台账) in place of a layer of buildings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.readers.columns import present_columns
from data.readers.formats import TABLE_ENDINGS, VECTOR_ENDINGS
from data.readers.ledger_cells import decimal, row_key
from data.readers.renaming import Renaming
from data.readers.table import Table, cell_text, read_table
from data.readers.vector import read_layer, split_spec
from data.readers.words import BLANK_WORDS, column_for
from geo import crs
from geo.crs import Datum
from geo.errors import ColumnMissing, FileUnreadable

PLACE_COLUMNS = ("lon", "lat")
"""Our names of the columns that place a row of a table."""
_LAYER, _KEY = "buildings", "building_id"


def is_table(spec: str | Path) -> bool:
    """Whether a file is a table by its ending; a Parquet file is taken for a layer."""
    ending = split_spec(spec)[0].suffix.lower()
    return ending in TABLE_ENDINGS and ending not in VECTOR_ENDINGS


def read_placed(
    layer: str,
    spec: str | Path,
    *,
    renaming: Renaming,
    datum: Datum | None = None,
    encoding: str | None = None,
    default_layer: str | None = None,
) -> gpd.GeoDataFrame:
    """A layer as `read_layer` reads it (the one called ``default_layer``, else ``layer``); buildings may be a table."""
    if layer == _LAYER and is_table(spec):
        return read_point_table(layer, spec, renaming=renaming, datum=datum, encoding=encoding)
    return read_layer(spec, default_layer=default_layer or layer, datum=datum, encoding=encoding)


def read_point_table(
    layer: str,
    spec: str | Path,
    *,
    renaming: Renaming,
    datum: Datum | None = None,
    encoding: str | None = None,
) -> gpd.GeoDataFrame:
    """A CSV or spreadsheet (``F[:sheet]``) as points in EPSG:4490, its columns as they stand, blanks null.

    Longitude and latitude (or x, y) are the columns that ``renaming`` or headings.py know for `PLACE_COLUMNS`. A row
    without coordinates has no shape; without a number of its own it goes by the key that an import would give it.
    Raises what `read_table` raises; ColumnMissing without those columns, DatumError without a datum, FileUnreadable
    with the row whose coordinates are none.
    """
    table = read_table(spec, encoding=encoding)
    names = [str(name) for name in table.frame.columns]
    mine = renaming.of(layer, names, spec=spec)
    free = [name for name in names if name not in mine.values()]
    lon, lat = (mine.get(ours) or column_for(ours, free) for ours in PLACE_COLUMNS)
    if lon is None or lat is None:
        present = present_columns(table.frame)
        raise ColumnMissing("table-unplaced", file=table.file, present=present)
    reference = crs.agreed(None, datum, file=table.file)
    x, y = _numbers(table, lon), _numbers(table, lat)
    lng, lat_deg = crs.to_lonlat(x, y, datum=reference)
    known = np.isfinite(x) & np.isfinite(y)
    if (lost := np.flatnonzero(known & ~np.isfinite(lng))).size:
        row = int(lost[0])
        raise _unreadable(table, row, f"{lon}, {lat}", f"{x[row]:g}, {y[row]:g}")
    shapes = np.full(len(table.frame), None, dtype=object)
    shapes[known] = shapely.points(lng[known], lat_deg[known])
    frame = _blanks_null(table.frame)
    if mine.get(_KEY) is None and column_for(_KEY, free) is None:
        frame[_KEY] = _keys(table, mine, free)
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs.LONLAT)


def _keys(table: Table, mine: Mapping[str, str], free: list[str]) -> list[str | None]:
    """What a row without a number goes by: as an import of the ledger makes it, of its name and address."""
    columns = [mine.get(ours) or column_for(ours, free) for ours in ("name", "address")]
    texts = [
        [""] * len(table.frame) if c is None else [*map(cell_text, table.frame[c])] for c in columns
    ]
    return [row_key(*pair) if any(pair) else None for pair in zip(*texts, strict=True)]


def _numbers(table: Table, column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A column of coordinates, NaN where blank. FileUnreadable names the row of a cell that holds none."""
    values = np.full(len(table.frame), np.nan)
    for index, cell in enumerate(table.frame[column]):
        text = cell_text(cell)
        if text.lower() in BLANK_WORDS:
            continue
        number = decimal(text)
        if number is None:
            raise _unreadable(table, index, column, text)
        values[index] = number
    return values


def _unreadable(table: Table, index: int, column: str, value: str) -> FileUnreadable:
    row = table.rows[index]
    return FileUnreadable(
        "coordinate-unreadable", file=table.file, row=row, column=column, value=value
    )


def _blanks_null(frame: pd.DataFrame) -> pd.DataFrame:
    """What people write into a cell that they can't fill is null, as in a layer."""
    blank = frame.map(lambda cell: cell_text(cell).lower() in BLANK_WORDS)
    return frame.mask(blank, None)
