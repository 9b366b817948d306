"""Points in Parquet, in vector files (GeoPackage and whatever GDAL reads) and in spreadsheets, in batches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
from pyproj import CRS

from data.readers.broken import PARQUET, each, refused
from data.readers.parquet_times import refuse_timeless
from data.readers.place_columns import Asked, PlaceColumns
from data.readers.placing import placed_by_cell, placed_by_columns, placed_by_shape
from data.readers.point_batch import Batch, Points, position_of, rows_at_a_time
from data.readers.sheets import open_book
from data.readers.vector import choose_layer, gdal_options, gdal_source
from geo.errors import FileUnreadable

BUFFER_BYTES = 1 << 20
_CRS_BY_CONVENTION = (".geojson", ".json", ".kml", ".kmz")


class ParquetPoints(Points):
    """An open Parquet file, placed by two columns or, without them, by its GeoParquet shapes."""

    def __init__(self, path: Path, asked: Asked) -> None:
        with refused(path, PARQUET):
            # Buffered: else a column of a row group, which may be the whole file, is read at once.
            self._file = pq.ParquetFile(path, buffer_size=BUFFER_BYTES, pre_buffer=False)
        self._path = path
        self.names = tuple(self._file.schema_arrow.names)
        self.total = self._file.metadata.num_rows
        self._columns = asked.among(self.names, file=str(path), shapes=True)
        self.placing = self._columns.names
        if not self.placing:
            self.geometry, self.crs = _geoparquet(self._file.schema_arrow, path)
            self.geometry_crs = self.crs

    def batches(self) -> Iterator[Batch]:
        """The rows in order, a row group or part of one at a time."""
        done = 0
        groups = [self._file.metadata.row_group(k) for k in range(self._file.num_row_groups)]
        size = sum(group.total_byte_size for group in groups)
        found = self._file.iter_batches(rows_at_a_time(size, self.total))
        for batch in each(found, self._path, PARQUET):
            with refused(self._path):
                batch.validate(full=True)
            table = pa.Table.from_batches([batch])
            refuse_timeless(table, file=str(self._path), before=done)
            done += batch.num_rows
            yield _batch(table, self.geometry, self._columns, done)


class VectorPoints(Points):
    """An open layer of a vector file, placed by its shapes or, where ``lon`` and ``lat`` are given, by columns."""

    def __init__(
        self,
        path: Path,
        layer: str | None,
        asked: Asked,
        *,
        encoding: str | None = None,
        ids: bool = False,
    ) -> None:
        self._path = path
        self._options: dict[str, Any] = {"layer": choose_layer(path, layer, "points")}
        self._options |= gdal_options(path, encoding)
        self._source = gdal_source(path)
        with refused(path):
            info = pyogrio.read_info(self._source, force_total_bounds=False, **self._options)
            own = CRS.from_user_input(info["crs"]) if info["crs"] else None
        self.total = max(int(info["features"]), 0)
        self.geometry = info["geometry_name"] or "wkb_geometry"
        if ids and path.suffix.lower() == ".gpkg" and info["fid_column"]:
            self.ids = str(info["fid_column"])
            self._options["return_fids"] = True
        self.names = (*(str(name) for name in info["fields"]), str(self.geometry))
        self._columns = asked.among(self.names, file=str(path), shapes=True)
        self.placing = self._columns.names
        self._shapes = None if self.placing else self.geometry
        by_convention = path.suffix.lower() in _CRS_BY_CONVENTION
        self.geometry_crs = own
        if self._shapes is not None:
            self.crs = None if by_convention else self.geometry_crs
            self.assumed = self.geometry_crs if by_convention else None

    def batches(self) -> Iterator[Batch]:
        """The features in order."""
        done = 0
        size = rows_at_a_time(self._path.stat().st_size, self.total)
        options = {**self._options, "batch_size": size, "use_pyarrow": True}
        with ExitStack() as open_:
            with refused(self._path):
                reading = pyogrio.open_arrow(self._source, **options)
                _, reader = open_.enter_context(reading)
            for batch in each(reader, self._path):
                with refused(self._path):
                    batch.validate(full=True)  # of a damaged file GDAL hands on lengths below zero
                done += batch.num_rows
                table = pa.Table.from_batches([batch])
                yield _batch(table, self._shapes, self._columns, done)


class SheetPoints(Points):
    """The first sheet of a spreadsheet, read whole, every cell as text; placed by two columns."""

    def __init__(self, path: Path, asked: Asked) -> None:
        with open_book(path) as book:
            rows = book.get_sheet_by_index(0).to_python() if book.sheet_names else []
        if not rows:
            raise FileUnreadable("file-empty", file=str(path))
        self.names = tuple(_cell_text(cell) for cell in rows[0])
        self._columns = asked.among(self.names, file=str(path), shapes=False)
        self.placing = self._columns.names
        cells = zip(*rows[1:], strict=True) if len(rows) > 1 else [()] * len(self.names)
        columns = [pa.array([_cell_text(cell) for cell in column], pa.string()) for column in cells]
        self._table = pa.Table.from_arrays(columns, names=list(self.names))
        self.total = len(rows) - 1

    def batches(self) -> Iterator[Batch]:
        """All rows at once."""
        yield _batch(self._table, None, self._columns, self.total)


def _batch(table: pa.Table, geometry: str | None, columns: PlaceColumns, done: int) -> Batch:
    """A table's rows, placed by the shapes of one column or else by what its columns say."""
    if geometry is not None:
        return Batch(*placed_by_shape(table[geometry]), done, lambda: table)
    found = [
        table.column(position_of(table.column_names, name, file=columns.file))
        for name in columns.names
    ]
    placed = placed_by_cell(found[0], columns) if len(found) == 1 else placed_by_columns(*found)
    return Batch(*placed, done, lambda: table)


def _geoparquet(schema: pa.Schema, path: Path) -> tuple[str, CRS | None]:
    """The main shape column of a GeoParquet file and its CRS (by the standard, WGS84 where it says none)."""
    stored = (schema.metadata or {}).get(b"geo")
    if stored is None:
        raise FileUnreadable("points-unplaced", file=str(path))
    with refused(path, PARQUET):
        meta = json.loads(stored)
        name = str(meta["primary_column"])
        column = meta["columns"][name]
        encoding, told = column.get("encoding"), column.get("crs", "OGC:CRS84")
        crs = None if told is None else CRS.from_user_input(told)
    if encoding != "WKB" or name not in schema.names or not _holds_bytes(schema.field(name).type):
        raise FileUnreadable("points-unplaced", file=str(path))
    return name, crs


def _holds_bytes(kind: pa.DataType) -> bool:
    """Whether a column can hold shapes."""
    stored = kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
    return bool(pa.types.is_binary(stored) or pa.types.is_large_binary(stored))


def _cell_text(cell: object) -> str:
    """A spreadsheet's cell as people see it: whole numbers without ``.0``."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
