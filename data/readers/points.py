"""Files of points -> batches of rows with coordinates, in order, nothing lost, in constant memory.

CSV (any delimiter and encoding), Parquet, GeoPackage and the other vector files in batches; XLSX whole.
"""

from __future__ import annotations

from pathlib import Path

from data.readers.formats import TABLE_ENDINGS, VECTOR_ENDINGS, check_file
from data.readers.one_cell import Order
from data.readers.place_columns import Asked
from data.readers.point_batch import Points
from data.readers.points_arrow import ParquetPoints, SheetPoints, VectorPoints
from data.readers.points_csv import CsvPoints
from data.readers.vector import split_spec

_TEXT_ENDINGS = (".csv", ".tsv", ".txt")
_SHEET_ENDINGS = (".xlsx", ".xls")


def open_points(
    spec: str | Path,
    *,
    lon: str | None = None,
    lat: str | None = None,
    place: str | None = None,
    order: Order | None = None,
    encoding: str | None = None,
    ids: bool = False,
) -> Points:
    """Open ``F[:layer]``. ``lon``, ``lat``: the columns with x and y; ``place``: one with both, two bare numbers in
    ``order``. Without them shapes place the rows, and those of a table its columns that are called so.
    ``ids``: whether a GeoPackage's own ids of its rows are wanted, as a column.

    Raises FileUnreadable, LayerMissing, ColumnMissing, and OptionError where no columns are found or too many named.
    """
    path, layer = split_spec(spec)
    check_file(path, tuple(dict.fromkeys((*TABLE_ENDINGS, *VECTOR_ENDINGS))))
    ending = path.suffix.lower()
    asked = Asked(lon, lat, place, order)
    if ending == ".parquet":
        return ParquetPoints(path, asked)
    if ending not in (*_TEXT_ENDINGS, *_SHEET_ENDINGS):
        return VectorPoints(path, layer, asked, encoding=encoding, ids=ids)
    if ending in _SHEET_ENDINGS:
        return SheetPoints(path, asked)
    return CsvPoints(path, asked, encoding=encoding)
