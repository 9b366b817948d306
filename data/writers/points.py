"""Rows with what was found out about them -> CSV, Parquet, GeoPackage, batch by batch, in constant memory.

Every row and column stays as it is and in its order; the added columns come last. A CSV made from a CSV keeps the
bytes of every record.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from numpy.typing import NDArray

from data.readers.point_batch import Batch, Dialect, Points
from data.readers.csv_cells import cells_of
from data.writers._csv_join import join_records
from data.writers.table import guarded
from geo.model import CRS as LONLAT

ENDINGS = (".csv", ".parquet", ".gpkg")

_RESERVED = ("fid", "geom", "ogc_fid")  # names that a GeoPackage keeps for itself


@dataclass(frozen=True)
class Added:
    """Columns to add to a batch: text or float64 Arrow arrays, null where there is nothing; and, in degrees, where the
    rows are (NaN: nowhere)."""

    columns: dict[str, pa.Array]
    lng: NDArray[np.float64]
    lat: NDArray[np.float64]


class PointsWriter(Protocol):
    """An open file that rows are appended to."""

    def write(self, batch: Batch, added: Added) -> None:
        """Append a batch."""

    def close(self) -> None:
        """Finish the file."""


def open_writer(path: Path, source: Points) -> PointsWriter:
    """A writer for rows of ``source``, by the name's ending (one of `ENDINGS`)."""
    if path.suffix.lower() == ".parquet":
        return _ParquetWriter(path, source)
    if path.suffix.lower() == ".gpkg":
        return _GpkgWriter(path, source)
    if source.dialect is not None:
        return _RecordWriter(path, source.dialect)
    return _CellWriter(path, source)


def free_names(wanted: Iterable[str], taken: Iterable[str]) -> list[str]:
    """The wanted column names, with the prefix ``wg_`` where they are taken (case does not tell them apart)."""
    used, names = {name.strip().lower() for name in taken}, []
    for name in wanted:
        free = name
        while free.lower() in used:
            free = f"wg_{free}"
        used.add(free.lower())
        names.append(free)
    return names


class _RecordWriter:
    """CSV from CSV: each record as it was, then the added cells."""

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self._stream = path.open("wb")
        self._dialect = dialect
        self._started = False

    def write(self, batch: Batch, added: Added) -> None:
        dialect, raw = self._dialect, batch.raw
        if raw is None:
            raise TypeError("a CSV's batches are raw records")
        if not self._started:
            self._start(list(added.columns))
        data, starts, ends = raw.data, raw.starts.copy(), raw.ends.copy()
        if (surplus := np.flatnonzero(raw.cells > dialect.columns)).size:
            mended = [self._record(cells_of(raw, row)) for row in surplus]
            lengths = np.array([len(record) for record in mended])
            starts[surplus] = len(data) + np.cumsum(lengths) - lengths
            ends[surplus] = starts[surplus] + lengths
            data = np.concatenate([data, np.frombuffer(b"".join(mended), dtype=np.uint8)])
        cells = [self._cells(column) for column in added.columns.values()]
        pad = np.maximum(dialect.columns - raw.cells, 0)
        joined = join_records(
            data, starts, ends, pad, *_stacked(cells), ord(dialect.delimiter), self._line_end()
        )
        self._stream.write(joined.data)

    def close(self) -> None:
        self._stream.close()

    def _start(self, names: list[str]) -> None:
        extra = self._dialect.delimiter + self._record(names).decode(self._dialect.encoding)
        end = self._dialect.line_end
        self._stream.write(self._dialect.header + (extra + end).encode(self._dialect.encoding))
        self._started = True

    def _line_end(self) -> NDArray[np.uint8]:
        return np.frombuffer(self._dialect.line_end.encode("ascii"), dtype=np.uint8)

    def _record(self, cells: Sequence[str]) -> bytes:
        """Cells as one record, quoted where they must be, in the file's encoding."""
        special = (self._dialect.delimiter, '"', "\n", "\r")
        quoted = [
            '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in special) else cell
            for cell in cells
        ]
        return self._dialect.delimiter.join(quoted).encode(self._dialect.encoding, "replace")

    def _cells(
        self, column: pa.Array
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int32]]:
        """The distinct cells' bytes with their offsets, and which one each row has."""
        if pa.types.is_floating(column.type):
            return _decimals(column)
        coded = column.dictionary_encode()
        which = coded.indices.fill_null(-1).to_numpy().astype(np.int32) + 1
        texts = [b"", *(self._record([_text(value)]) for value in coded.dictionary.to_pylist())]
        offsets = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
        return np.frombuffer(b"".join(texts) or b"\0", dtype=np.uint8), offsets, which


class _CellWriter:
    """CSV from any other table: UTF-8 with a byte order mark, shapes as WKT."""

    def __init__(self, path: Path, source: Points) -> None:
        self._stream = path.open("w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._stream, lineterminator="\r\n")
        self._geometry = source.geometry
        self._started = False

    def write(self, batch: Batch, added: Added) -> None:
        if not self._started:
            self._rows.writerow([*batch.table.column_names, *added.columns])
            self._started = True
        columns = [
            _as_wkt(column)
            if name == self._geometry
            else [_text(cell) for cell in column.to_pylist()]
            for name, column in zip(batch.table.column_names, batch.table.columns, strict=True)
        ]
        columns += [
            [_text(cell) for cell in column.to_pylist()] for column in added.columns.values()
        ]
        self._rows.writerows(zip(*columns, strict=True))

    def close(self) -> None:
        self._stream.close()


class _ParquetWriter:
    """Parquet; shapes stay shapes (GeoParquet)."""

    def __init__(self, path: Path, source: Points) -> None:
        self._path, self._source = path, source
        self._writer: pq.ParquetWriter | None = None

    def write(self, batch: Batch, added: Added) -> None:
        table = _with_added(batch.table, added)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, self._schema(table), compression="zstd")
        self._writer.write_table(table.cast(self._writer.schema))

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def _schema(self, table: pa.Table) -> pa.Schema:
        schema, metadata = table.schema, dict(table.schema.metadata or {})
        name, crs = self._source.geometry, self._source.geometry_crs
        if name is not None and b"geo" not in metadata:
            column: dict[str, object] = {
                "encoding": "WKB",
                "geometry_types": [],
                "crs": crs and crs.to_json_dict(),
            }
            geo = {"version": "1.1.0", "primary_column": name, "columns": {name: column}}
            metadata[b"geo"] = json.dumps(geo).encode()
        return schema.with_metadata(metadata or None)


class _GpkgWriter:
    """GeoPackage, layer ``points``: the rows' own shapes, or points at their places in EPSG:4490."""

    def __init__(self, path: Path, source: Points) -> None:
        self._path, self._source = path, source
        self._append = False

    def write(self, batch: Batch, added: Added) -> None:
        table, name = _with_added(batch.table, added), self._source.geometry
        crs: str | None = LONLAT
        if name is None:
            name = "geom"
            places = np.array(shapely.points(added.lng, added.lat), dtype=object)
            places[np.isnan(added.lng)] = None
            table = table.rename_columns(_fields(table.column_names))
            table = table.append_column(name, pa.array(shapely.to_wkb(places), pa.binary()))
        else:
            known = self._source.geometry_crs
            crs = None if known is None else known.to_wkt()
            position = table.column_names.index(name)
            table = table.rename_columns(_fields(table.column_names, keep=position))
        pyogrio.write_arrow(
            table,
            self._path,
            layer="points",
            driver="GPKG",
            geometry_name=name,
            geometry_type="Unknown" if self._source.geometry else "Point",
            crs=crs,
            append=self._append,
        )
        self._append = True

    def close(self) -> None:
        """Every batch is on the disk already."""


def _with_added(table: pa.Table, added: Added) -> pa.Table:
    for name, column in added.columns.items():
        table = table.append_column(name, column)
    return table.rename_columns(_distinct(table.column_names))


def _distinct(names: Sequence[str]) -> list[str]:
    """Repeated names (which only a CSV may have) told apart by a number."""
    seen: dict[str, int] = {}
    distinct = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return distinct


def _fields(names: Sequence[str], keep: int | None = None) -> list[str]:
    """Names that a GeoPackage can hold: distinct whatever their case, none of its own, none empty."""
    seen, fields = set(_RESERVED), []
    for position, name in enumerate(names):
        field = name or "column"
        while field.lower() in seen and position != keep:
            field += "_"
        seen.add(field.lower())
        fields.append(field)
    return fields


def _stacked(
    cells: list[tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int32]]],
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int32]]:
    """Several columns' cells in one pool: bytes, offsets, and (rows, columns) positions in the offsets."""
    pool = np.concatenate([text for text, _, _ in cells])
    shifts = np.cumsum([0, *(len(text) for text, _, _ in cells[:-1])])
    firsts = np.cumsum([0, *(len(offsets) for _, offsets, _ in cells[:-1])])
    offsets = np.concatenate([o + shift for (_, o, _), shift in zip(cells, shifts, strict=True)])
    which = np.column_stack([w + first for (_, _, w), first in zip(cells, firsts, strict=True)])
    return pool, offsets, which.astype(np.int32)


def _decimals(column: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int32]]:
    """The cells of a number column, two decimals, as `_RecordWriter._cells` has them: each row its own, all at once."""
    texts = column.cast(pa.decimal128(24, 2)).cast(pa.string()).fill_null("")
    _, offsets, data = texts.buffers()
    pool = np.frombuffer(data if data is not None and data.size else b"\0", dtype=np.uint8)
    ends = np.frombuffer(offsets, dtype=np.int32)[: len(texts) + 1].astype(np.int64)
    return pool, ends, np.arange(len(texts), dtype=np.int32)


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 1e15 and round(value, 2) == value else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return "" if value is None else guarded(str(value))


def _as_wkt(column: pa.ChunkedArray) -> list[str]:
    shapes = shapely.from_wkb(
        [None if cell is None else bytes(cell) for cell in column.to_pylist()]
    )
    texts = shapely.to_wkt(shapes, rounding_precision=-1)
    return ["" if text is None else str(text) for text in texts]
