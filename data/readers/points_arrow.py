"""Points in Parquet, in vector files (GeoPackage and whatever GDAL reads) and in spreadsheets, in batches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import pyogrio.errors
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from data.readers.encoding import shapefile_encoding
from data.readers.point_batch import BATCH_ROWS, Batch, Fault, Points, position_of
from data.readers.points_csv import number
from data.readers.vector import choose_layer
from geo.errors import FileUnreadable

_CRS_BY_CONVENTION = (".geojson", ".json", ".kml", ".kmz")


class ParquetPoints(Points):
    """An open Parquet file, placed by two columns or, without them, by its GeoParquet shapes."""

    def __init__(self, path: Path, *, lon: str | None, lat: str | None) -> None:
        try:
            self._file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise FileUnreadable("file-broken", file=str(path), reason=str(error)) from error
        self._path = path
        self.names = tuple(self._file.schema_arrow.names)
        self.total = self._file.metadata.num_rows
        self._columns = (lon, lat)
        if lon is None or lat is None:
            self.geometry, self.crs = _geoparquet(self._file.schema_arrow, path)
            self.geometry_crs = self.crs
        else:
            for name in (lon, lat):
                position_of(self.names, name, file=str(path))

    def batches(self) -> Iterator[Batch]:
        """The rows in order, a row group or part of one at a time."""
        done = 0
        for batch in self._file.iter_batches(batch_size=BATCH_ROWS):
            done += batch.num_rows
            yield _batch(pa.Table.from_batches([batch]), self.geometry, self._columns, done)


class VectorPoints(Points):
    """An open layer of a vector file, placed by its shapes or, where ``lon`` and ``lat`` are given, by columns."""

    def __init__(
        self,
        path: Path,
        layer: str | None,
        *,
        lon: str | None,
        lat: str | None,
        encoding: str | None = None,
    ) -> None:
        self._path = path
        self._columns = (lon, lat)
        self._options: dict[str, Any] = {"layer": choose_layer(path, layer, "points")}
        if path.suffix.lower() == ".shp":
            self._options["encoding"] = shapefile_encoding(path, encoding)
        info = pyogrio.read_info(path, force_total_bounds=False, **self._options)
        self.total = max(int(info["features"]), 0)
        self.geometry = info["geometry_name"] or "wkb_geometry"
        self._placing = self.geometry if lon is None else None
        self.names = (*(str(name) for name in info["fields"]), str(self.geometry))
        by_convention = path.suffix.lower() in _CRS_BY_CONVENTION
        self.geometry_crs = CRS.from_user_input(info["crs"]) if info["crs"] else None
        if self._placing is not None:
            self.crs = None if by_convention else self.geometry_crs
            self.assumed = self.geometry_crs if by_convention else None
        for name in (lon, lat):
            if name is not None:
                position_of(self.names, name, file=str(path))

    def batches(self) -> Iterator[Batch]:
        """The features in order."""
        done = 0
        options = {**self._options, "batch_size": BATCH_ROWS, "use_pyarrow": True}
        try:
            with pyogrio.open_arrow(self._path, **options) as (_, reader):
                for batch in reader:
                    done += batch.num_rows
                    table = pa.Table.from_batches([batch])
                    yield _batch(table, self._placing, self._columns, done)
        except (pyogrio.errors.DataSourceError, pa.ArrowException) as error:
            raise FileUnreadable("file-broken", file=str(self._path), reason=str(error)) from error


class SheetPoints(Points):
    """The first sheet of a spreadsheet, read whole, every cell as text; placed by two columns."""

    def __init__(self, path: Path, *, lon: str, lat: str) -> None:
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        except (CalamineError, OSError) as error:
            raise FileUnreadable("file-broken", file=str(path), reason=str(error)) from error
        if not rows:
            raise FileUnreadable("file-empty", file=str(path))
        self.names = tuple(_cell_text(cell) for cell in rows[0])
        for name in (lon, lat):
            position_of(self.names, name, file=str(path))
        cells = zip(*rows[1:], strict=True) if len(rows) > 1 else [()] * len(self.names)
        columns = [pa.array([_cell_text(cell) for cell in column], pa.string()) for column in cells]
        self._table = pa.Table.from_arrays(columns, names=list(self.names))
        self._columns = (lon, lat)
        self.total = len(rows) - 1

    def batches(self) -> Iterator[Batch]:
        """All rows at once."""
        yield _batch(self._table, None, self._columns, self.total)


def _batch(
    table: pa.Table, geometry: str | None, columns: tuple[str | None, str | None], done: int
) -> Batch:
    """A table's rows, placed by the shapes of one column or else by the numbers of two."""
    if geometry is not None:
        return Batch(*_placed_by_shape(table[geometry]), done, lambda: table)
    return Batch(*_placed_by_columns(table, *columns), done, lambda: table)


Placed = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint8]]


def _placed_by_shape(column: pa.ChunkedArray) -> Placed:
    # GDAL and GeoParquet hand over bytes; an extension type only wraps them.
    stored = [
        chunk.storage if isinstance(chunk, pa.ExtensionArray) else chunk for chunk in column.chunks
    ]
    wkb = np.concatenate([np.asarray(chunk.to_numpy(zero_copy_only=False)) for chunk in stored])
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    single = shapely.get_num_geometries(shapes) == 1
    shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    faults = np.zeros(len(shapes), dtype=np.uint8)
    faults[~(np.isfinite(x) & np.isfinite(y))] = Fault.NOT_A_NUMBER
    faults[shapely.get_type_id(shapes) != shapely.GeometryType.POINT] = Fault.NOT_A_POINT
    faults[shapely.is_missing(shapes) | shapely.is_empty(shapes)] = Fault.EMPTY
    return x, y, faults


def _placed_by_columns(table: pa.Table, lon: str | None, lat: str | None) -> Placed:
    x, x_faults = _numbers(table[table.column_names.index(str(lon))])
    y, y_faults = _numbers(table[table.column_names.index(str(lat))])
    faults = np.maximum(x_faults, y_faults)
    x, y = np.where(faults, np.nan, x), np.where(faults, np.nan, y)
    return x, y, faults


def _numbers(column: pa.ChunkedArray) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        values = pc.fill_null(pc.cast(column, pa.float64(), safe=False), float("nan")).to_numpy()
        faults = np.where(np.isfinite(values), Fault.NONE, Fault.NOT_A_NUMBER).astype(np.uint8)
        faults[column.is_null().to_numpy()] = Fault.EMPTY
        return values, faults
    texts = ["" if cell is None else str(cell).strip() for cell in column.to_pylist()]
    pairs = [number(text) for text in texts]
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs], dtype=np.uint8)


def _geoparquet(schema: pa.Schema, path: Path) -> tuple[str, CRS | None]:
    """The main shape column of a GeoParquet file and its CRS (by the standard, WGS84 where it says none)."""
    stored = (schema.metadata or {}).get(b"geo")
    if stored is None:
        raise FileUnreadable("points-unplaced", file=str(path))
    meta = json.loads(stored)
    name = str(meta["primary_column"])
    column = meta["columns"][name]
    if column.get("encoding") != "WKB":
        raise FileUnreadable("points-unplaced", file=str(path))
    crs = column.get("crs", "OGC:CRS84")
    return name, None if crs is None else CRS.from_user_input(crs)


def _cell_text(cell: object) -> str:
    """A spreadsheet's cell as people see it: whole numbers without ``.0``."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
