"""Arrow columns -> columns that a GeoPackage can hold without losing anything: as text where it has no such type."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from data.writers.cell_texts import cell_text

_EXACT_DIGITS = 15
"""Decimals of so many digits survive as the nearest double, which is all that SQLite has for them."""


def storable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same values. Times keep milliseconds (the format has no more); moments are told in UTC."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return storable(pc.cast(column, kind.value_type))
    if isinstance(kind, pa.BaseExtensionType):
        return column
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return pc.cast(column, pa.timestamp(kind.unit, "UTC"))
    if _has_text(kind):
        return pc.cast(column, pa.string())
    if pa.types.is_nested(kind) or pa.types.is_duration(kind) or pa.types.is_run_end_encoded(kind):
        texts = [None if cell is None else cell_text(cell, kind) for cell in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return column


def _has_text(kind: pa.DataType) -> bool:
    """Types that GDAL refuses or rounds, and that Arrow writes out."""
    if pa.types.is_decimal(kind):
        return bool(kind.precision > _EXACT_DIGITS)
    return bool(
        kind == pa.string_view()
        or pa.types.is_null(kind)
        or pa.types.is_uint64(kind)
        or pa.types.is_time(kind)
    )
