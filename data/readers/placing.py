"""Arrow columns -> coordinates: from shapes (WKB) or from two columns of numbers, whatever type they have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from data.arrow import numbers, without_null
from data.readers._csv_scan import parse_numbers
from data.readers.one_cell import OrderOpen, place
from data.readers.place_columns import PlaceColumns
from data.readers.point_batch import Fault
from geo.coordinates import degrees
from geo.errors import OptionError

Floats = NDArray[np.float64]
Faults = NDArray[np.uint8]
Placed = tuple[Floats, Floats, Faults]

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?\d+,(?!\d{3}$)\d+")
"""A decimal comma; three digits behind it may be thousands, and tell nothing."""
_PLAIN_POINT = np.frombuffer(
    b"\x01\x01\x00\x00\x00", dtype=np.uint8
)  # little-endian, point, x and y
_PLAIN_BYTES = 21


def number(text: str) -> tuple[float, int]:
    """The number that a cell holds, a decimal comma and degrees, minutes and seconds included, or NaN and why not."""
    if not text:
        return np.nan, Fault.EMPTY
    plain = unicodedata.normalize("NFKC", text)
    if _NUMBER.fullmatch(plain):
        return float(plain), Fault.NONE
    if _COMMA.fullmatch(plain):
        return float(plain.replace(",", ".")), Fault.NONE
    found = degrees(plain)
    return (np.nan, Fault.NOT_A_NUMBER) if found is None else (found, Fault.NONE)


def placed_by_columns(x: pa.ChunkedArray, y: pa.ChunkedArray) -> Placed:
    """Where the rows are by two columns of numbers or texts; NaN with the reason."""
    (x_values, x_faults), (y_values, y_faults) = _numbers(x), _numbers(y)
    faults = np.maximum(x_faults, y_faults)
    return np.where(faults, np.nan, x_values), np.where(faults, np.nan, y_values), faults


def placed_by_cell(column: pa.ChunkedArray, columns: PlaceColumns) -> Placed:
    """Where the rows are by the one cell that holds both coordinates. OptionError where their order is open."""
    return places(_texts(column).to_pylist(), columns)


def places(texts: Sequence[str], columns: PlaceColumns) -> Placed:
    """The same of cells as text."""
    x, y = np.full(len(texts), np.nan), np.full(len(texts), np.nan)
    faults = np.zeros(len(texts), dtype=np.uint8)
    for row, text in enumerate(texts):
        try:
            x[row], y[row], faults[row] = place(text, columns.order)
        except OrderOpen:
            name = columns.names[0]
            raise OptionError(
                "place-order-open", file=columns.file, column=name, value=text[:80]
            ) from None
    return x, y, faults


def placed_by_shape(column: pa.ChunkedArray) -> Placed:
    """Where the rows are by their shapes, which must be points (or multipoints of one)."""
    # GDAL and GeoParquet hand over bytes; an extension type only wraps them.
    chunks = [
        chunk.storage if isinstance(chunk, pa.ExtensionArray) else chunk for chunk in column.chunks
    ]
    whole = pa.chunked_array(chunks or [pa.array([], pa.binary())]).combine_chunks()
    whole = whole.cast(pa.large_binary())
    x, y = np.full(len(whole), np.nan), np.full(len(whole), np.nan)
    faults = np.zeros(len(whole), dtype=np.uint8)
    plain = _plain_points(whole, x, y)
    faults[plain[~(np.isfinite(x[plain]) & np.isfinite(y[plain]))]] = Fault.NOT_A_NUMBER
    faults[plain[np.isnan(x[plain]) & np.isnan(y[plain])]] = Fault.EMPTY
    others = np.setdiff1d(np.arange(len(whole)), plain, assume_unique=True)
    if len(others):
        odd = np.array(_chosen(whole, others).to_pylist(), dtype=object)
        x[others], y[others], faults[others] = _by_shapely(odd)
    return x, y, faults


def _plain_points(wkb: pa.LargeBinaryArray, x: Floats, y: Floats) -> NDArray[np.intp]:
    """Read the points of two dimensions, which nearly all are, into ``x`` and ``y``; which rows those are."""
    _, offsets, data = wkb.buffers()
    if data is None:
        return np.zeros(0, dtype=np.intp)
    at = np.frombuffer(offsets, dtype=np.int64)[wkb.offset : wkb.offset + len(wkb) + 1]
    pool = np.frombuffer(data, dtype=np.uint8)
    sized = np.flatnonzero(np.diff(at) == _PLAIN_BYTES)
    if wkb.null_count:
        valid = np.array(wkb.is_valid().to_pylist(), dtype=bool)
        sized = sized[valid[sized]]
    cells = pool[at[:-1][sized, None] + np.arange(_PLAIN_BYTES)]
    is_point = (cells[:, :5] == _PLAIN_POINT).all(axis=1)
    rows: NDArray[np.intp] = sized[is_point]
    cells = cells[is_point]
    x[rows] = np.ascontiguousarray(cells[:, 5:13]).view("<f8")[:, 0]
    y[rows] = np.ascontiguousarray(cells[:, 13:]).view("<f8")[:, 0]
    return rows


def _by_shapely(wkb: NDArray[np.object_]) -> Placed:
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    single = shapely.get_num_geometries(shapes) == 1
    shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    placed = (shapely.get_type_id(shapes) == shapely.GeometryType.POINT) & ~shapely.is_empty(shapes)
    x, y = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
    x[placed], y[placed] = shapely.get_x(shapes[placed]), shapely.get_y(shapes[placed])
    faults = np.zeros(len(shapes), dtype=np.uint8)
    faults[~(np.isfinite(x) & np.isfinite(y))] = Fault.NOT_A_NUMBER
    faults[shapely.get_type_id(shapes) != shapely.GeometryType.POINT] = Fault.NOT_A_POINT
    faults[shapely.is_missing(shapes) | shapely.is_empty(shapes)] = Fault.EMPTY
    return x, y, faults


def _numbers(column: pa.ChunkedArray) -> tuple[Floats, Faults]:
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        values = pc.fill_null(pc.cast(column, pa.float64(), safe=False), float("nan")).to_numpy()
        faults = np.where(np.isfinite(values), Fault.NONE, Fault.NOT_A_NUMBER).astype(np.uint8)
        faults[column.is_null().to_numpy()] = Fault.EMPTY
        return values, faults
    texts = _texts(column)
    _, offsets, data = texts.buffers()
    at = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    pool = np.frombuffer(data if data is not None and data.size else b"\0", dtype=np.uint8)
    values, plain = parse_numbers(pool, np.column_stack([at[:-1], at[1:]]))
    faults = np.zeros(len(texts), dtype=np.uint8)
    odd = np.flatnonzero(~plain)
    for row, text in zip(odd, _chosen(texts, odd).to_pylist(), strict=True):
        values[row], faults[row] = number(text.strip())
    return values, faults


def _chosen(column: pa.Array, rows: NDArray[np.intp]) -> pa.Array:
    return column.take(numbers(rows.astype(np.int64), known=np.ones(len(rows), dtype=bool)))


def _texts(column: pa.ChunkedArray) -> pa.LargeStringArray:
    """Any column as text, null as empty."""
    try:
        texts = pc.cast(column, pa.large_string())
    except pa.ArrowException:  # a type that Arrow has no text for is no number either
        texts = pa.array(
            ["" if cell is None else str(cell) for cell in column.to_pylist()], pa.large_string()
        )
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    return without_null(whole)
