"""Whether a file that GDAL wrote is whole: where the disk is full, it does not tell of all that it could not write."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from geo.errors import OptionError

_ENDS = {".kml": b"</kml>", ".geojson": b"]\n}"}
_TAIL_BYTES = 64


def check_geopackage(path: Path, rows: Mapping[str, int]) -> None:
    """OptionError "write-incomplete" unless every layer has so many rows, and its spatial index."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
        try:
            tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master")}
            shapes = dict(
                file.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
            )
            for layer, count in rows.items():
                quoted = layer.replace('"', '""')
                (kept,) = file.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()
                whole = layer not in shapes or f"rtree_{layer}_{shapes[layer]}" in tables
                if kept != count or not whole:
                    raise _incomplete(path)
        except sqlite3.Error as error:
            raise _incomplete(path) from error


def check_end(path: Path) -> None:
    """OptionError "write-incomplete" unless a KML or GeoJSON document is closed."""
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - _TAIL_BYTES, 0))
        if not stream.read().rstrip().endswith(_ENDS[path.suffix.lower()]):
            raise _incomplete(path)


def check_shapefile(path: Path, rows: int) -> None:
    """OptionError "write-incomplete" unless the three parts are as long as their heads tell, and have so many rows."""
    for part in (path, path.with_suffix(".shx")):
        with part.open("rb") as stream:
            words = int.from_bytes(stream.read(28)[24:], "big")
        if part.stat().st_size != 2 * words:
            raise _incomplete(part)
    table = path.with_suffix(".dbf")
    with table.open("rb") as stream:
        head = stream.read(12)
    count, start, width = (
        int.from_bytes(head[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12))
    )
    if count != rows or table.stat().st_size < start + count * width:
        raise _incomplete(table)


def _incomplete(path: Path) -> OptionError:
    return OptionError("write-incomplete", file=path.name)
