"""Rows of points -> the formats that take Arrow columns: Parquet and GeoPackage."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyogrio.errors

from data.readers.point_batch import Batch, Points
from data.writers.geopackage_cells import storable
from data.writers.point_rows import Added, Rows, geopackage_names, with_added
from data.writers.whole import check_geopackage
from geo.model import CRS as LONLAT

LAYER = "points"
"""The layer that a GeoPackage gets."""

_TURN_ROWS = 1 << 14
_INDEX_BYTES = 1 << 28
_GDAL_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    pyogrio.errors.GeometryError,
    pa.ArrowException,
    RuntimeError,  # "Error while accessing batch from stream"
)
_POINT = np.dtype([("head", "V5"), ("x", "<f8"), ("y", "<f8")])


def write_parquet(path: Path, source: Points, rows: Rows) -> None:
    """Parquet, a row group a batch; shapes stay shapes (GeoParquet)."""
    writer: pq.ParquetWriter | None = None
    try:
        for batch, added in rows:
            table = with_added(batch, added)
            if writer is None:
                schema = _parquet_schema(table.schema, source)
                writer = pq.ParquetWriter(path, schema, compression="zstd")
            writer.write_table(table.replace_schema_metadata(writer.schema.metadata))
    finally:
        if writer is not None:
            writer.close()


def _parquet_schema(schema: pa.Schema, source: Points) -> pa.Schema:
    metadata = dict(schema.metadata or {})
    name, crs = source.geometry, source.geometry_crs
    if name is not None and b"geo" not in metadata:
        column: dict[str, object] = {
            "encoding": "WKB",
            "geometry_types": [],
            "crs": crs and crs.to_json_dict(),
        }
        geo = {"version": "1.1.0", "primary_column": name, "columns": {name: column}}
        metadata[b"geo"] = json.dumps(geo).encode()
    return schema.with_metadata(metadata or None)


def write_geopackage(path: Path, source: Points, rows: Rows) -> None:
    """GeoPackage, layer `LAYER`: the rows' own shapes, or points at their places in EPSG:4490."""
    first = next(rows, None)
    if first is None:
        return
    shape = _Shape(source)
    stream = _Stream(shape.table(*part) for part in chain([first], rows))
    try:
        with _bounded_index(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'crs' was not provided")  # the source has none
            pyogrio.write_arrow(
                stream.reader(),
                path,
                layer=LAYER,
                driver="GPKG",
                geometry_name=shape.name,
                geometry_type="Unknown" if source.geometry else "Point",
                crs=shape.crs,
                **({} if source.ids is None else {"FID": source.ids}),
            )
    except _GDAL_ERRORS as error:
        if stream.failure is not None:
            raise stream.failure from None
        raise OSError(str(error)) from error
    check_geopackage(path, {LAYER: stream.rows})


@contextmanager
def _bounded_index() -> Iterator[None]:
    """GDAL holds a layer's spatial index in memory, by default up to a tenth of the machine's; then on the disk."""
    pyogrio.set_gdal_config_options({"OGR_GPKG_MAX_RAM_USAGE_RTREE": _INDEX_BYTES})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_GPKG_MAX_RAM_USAGE_RTREE": None})


class _Shape:
    """Where a GeoPackage of these rows has its shapes: the name of the column and its CRS."""

    def __init__(self, source: Points) -> None:
        self._own, self._ids = source.geometry, source.ids
        self.name = source.geometry or "geom"
        known = source.geometry_crs
        self.crs = LONLAT if self._own is None else None if known is None else known.to_wkt()

    def table(self, batch: Batch, added: Added) -> pa.Table:
        """A batch as the layer has it."""
        table = with_added(batch, added)
        names = geopackage_names(table.column_names, own=(self._own, self._ids))
        shape = None if self._own is None else table.column_names.index(self._own)
        columns = [
            column if k == shape else storable(column) for k, column in enumerate(table.columns)
        ]
        table = pa.table(columns, names=names)
        return table if shape is not None else table.append_column(self.name, _as_points(added))


class _Stream:
    """Tables as the stream that GDAL pulls from, and what becomes of it: rows handed over, the error that ended it."""

    def __init__(self, tables: Iterator[pa.Table]) -> None:
        self._tables = tables
        self.rows = 0
        self.failure: BaseException | None = None

    def reader(self) -> pa.RecordBatchReader:
        """The stream, to be read once."""
        first = next(self._tables)
        tables = chain([first], self._tables)
        return pa.RecordBatchReader.from_batches(first.schema, self._batches(tables))

    def _batches(self, tables: Iterator[pa.Table]) -> Iterator[pa.RecordBatch]:
        try:
            for table in tables:
                for batch in table.to_batches(max_chunksize=_TURN_ROWS):
                    self.rows += batch.num_rows
                    yield batch
                    time.sleep(
                        0
                    )  # GDAL holds the interpreter's lock; the threads before us need it too
        except BaseException as error:
            self.failure = error  # on its way through GDAL it would become a message
            raise


def _as_points(added: Added) -> pa.Array:
    """WKB of the rows' places, null for nowhere."""
    wkb = np.zeros(len(added.lng), dtype=_POINT)
    wkb["head"] = np.void(b"\x01\x01\x00\x00\x00")
    wkb["x"], wkb["y"] = added.lng, added.lat
    offsets = np.arange(len(wkb) + 1, dtype=np.int32) * np.int32(_POINT.itemsize)
    placed = np.packbits(~np.isnan(added.lng), bitorder="little")
    buffers = [pa.py_buffer(part) for part in (placed, offsets, wkb)]
    return pa.Array.from_buffers(pa.binary(), len(wkb), buffers)
