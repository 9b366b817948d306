"""Files of points -> batches of rows with coordinates, in order, nothing lost, in constant memory.

CSV (any delimiter and encoding), Parquet, GeoPackage and the other vector files in batches; XLSX whole.
"""

from __future__ import annotations

from pathlib import Path

from data.readers.formats import TABLE_ENDINGS, VECTOR_ENDINGS, check_file
from data.readers.point_batch import Points
from data.readers.points_arrow import ParquetPoints, SheetPoints, VectorPoints
from data.readers.points_csv import CsvPoints
from data.readers.vector import split_spec
from geo.errors import OptionError

_TEXT_ENDINGS = (".csv", ".tsv", ".txt")
_SHEET_ENDINGS = (".xlsx", ".xls")


def open_points(
    spec: str | Path,
    *,
    lon: str | None,
    lat: str | None,
    encoding: str | None = None,
    ids: bool = False,
) -> Points:
    """Open ``F[:layer]``. ``lon``, ``lat``: the columns with x and y; a table needs them, shapes place the rest.
    ``ids``: whether a GeoPackage's own ids of its rows are wanted, as a column.

    Raises FileUnreadable, LayerMissing, ColumnMissing, and OptionError where the columns are not named.
    """
    path, layer = split_spec(spec)
    check_file(path, tuple(dict.fromkeys((*TABLE_ENDINGS, *VECTOR_ENDINGS))))
    ending = path.suffix.lower()
    if (lon is None) != (lat is None):
        raise OptionError("columns-unpaired", lon=lon or "-", lat=lat or "-")
    if ending == ".parquet":
        return ParquetPoints(path, lon=lon, lat=lat)
    if ending not in (*_TEXT_ENDINGS, *_SHEET_ENDINGS):
        return VectorPoints(path, layer, lon=lon, lat=lat, encoding=encoding, ids=ids)
    if lon is None or lat is None:
        raise OptionError("columns-unnamed", file=str(path))
    if ending in _SHEET_ENDINGS:
        return SheetPoints(path, lon=lon, lat=lat)
    return CsvPoints(path, lon=lon, lat=lat, encoding=encoding)
