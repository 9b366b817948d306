"""What is to be a dedicated grid: names on the command line, a table of names, or a layer of named outlines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd

from data.readers.formats import TABLE_ENDINGS
from data.readers.settle import as_text
from data.readers.table import cell_text, read_table
from data.readers.vector import read_layer, split_spec
from geo.crs import Datum

_TABLES = frozenset(TABLE_ENDINGS)


def read_dedicated(
    given: Sequence[str], *, datum: Datum | None = None, encoding: str | None = None
) -> tuple[list[str], gpd.GeoDataFrame | None]:
    """Names (separated by commas), and outlines with their names, or None. An item that is a file is read: the first
    column (or ``name``) of a table, or a layer of polygons with a column ``name``. Raises what reading raises.
    """
    names: list[str] = []
    areas: gpd.GeoDataFrame | None = None
    for item in (part.strip() for text in given for part in text.replace("，", ",").split(",")):
        path = split_spec(item)[0] if item else Path()
        if not (item and path.is_file()):
            names += [item] if item else []
        elif path.suffix.lower() in _TABLES:
            frame = read_table(item, encoding=encoding).frame
            column = "name" if "name" in frame else frame.columns[0]
            names += [text for text in map(cell_text, frame[column]) if text]
        else:
            layer = read_layer(
                item, default_layer="dedicated", datum=datum, encoding=encoding, required=("name",)
            )
            areas = layer.assign(name=as_text(layer["name"]))
    return names, areas
