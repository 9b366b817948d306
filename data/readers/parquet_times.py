"""Moments and spans of a Parquet file that no calendar has: a number of the wrong unit is the usual reason."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import FileUnreadable

_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY_S = 86_400
_FIRST_S, _LAST_S = -62_135_596_800 + _DAY_S, 253_402_300_799 - _DAY_S
"""The years 1 to 9999, a day inside: in another zone it may be the day before or after."""
_LONGEST_S = 999_999_999 * _DAY_S


def names_of_times(schema: pa.Schema) -> list[str]:
    """The columns that tell times."""
    return [field.name for field in schema if _bounds(field.type) is not None]


def refuse_timeless(rows: pa.Table, *, file: str, before: int = 0) -> None:
    """FileUnreadable "file-time-impossible" with column and row for a time that is none. ``before``: rows read
    so far."""
    for name, column in zip(rows.column_names, rows.columns, strict=True):
        bounds = _bounds(column.type)
        if bounds is None:
            continue
        numbers = pc.cast(
            pc.cast(column, pa.int32()) if pa.types.is_date32(column.type) else column, pa.int64()
        )
        values = pc.fill_null(numbers, 0).to_numpy()
        bad = np.flatnonzero((values < bounds[0]) | (values > bounds[1]))
        if len(bad):
            row, value = before + int(bad[0]) + 1, int(values[bad[0]])
            raise FileUnreadable(
                "file-time-impossible", file=file, column=name, row=row, value=value
            )


def _bounds(kind: pa.DataType) -> tuple[int, int] | None:
    """Between which numbers a column of this type is a time; None for one that tells no times, or only such."""
    if pa.types.is_timestamp(kind):
        seconds = _A_SECOND[kind.unit]
        return _FIRST_S * seconds, _LAST_S * seconds
    if pa.types.is_duration(kind):
        seconds = _A_SECOND[kind.unit]
        return -_LONGEST_S * seconds, _LONGEST_S * seconds
    if pa.types.is_date32(kind):
        return _FIRST_S // _DAY_S, _LAST_S // _DAY_S
    if pa.types.is_date64(kind):
        return _FIRST_S * 1000, _LAST_S * 1000
    return None
