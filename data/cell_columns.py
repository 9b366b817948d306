"""Whole columns of cells understood at once: what `data.readers.ledger_cells` says of a cell, for a million of them.

Each function takes one column of a table in Arrow, of texts or of numbers and moments, and finds what nearly all
cells are in compiled code; the odd ones go one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.readers.ledger_cells import decimal
from data.readers.moments import YEARS
from data.readers.table import cell_text
from data.readers.words import BLANK_WORDS

Flags: TypeAlias = NDArray[np.bool_]

MOMENT = pa.timestamp("us", "UTC")
_FIRST, _LAST = (
    pa.scalar(datetime(year, 1, 1, tzinfo=UTC), MOMENT) for year in (YEARS.start, YEARS.stop)
)
_BLANKS = pa.array(sorted(BLANK_WORDS))
_LONGEST_BLANK = max(len(word.encode()) for word in BLANK_WORDS)
_DECIMAL = r"^-?\d{1,15}(\.\d{1,15})?$"
_ISO = r"^[1-9]\d{3}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$"
_LOOSE = r"^[1-9]\d{3}(/\d{1,2}/\d{1,2}( \d{1,2}:\d{1,2}(:\d{1,2})?)?|-\d{1,2}-\d{1,2} \d{1,2}:\d{1,2}(:\d{1,2})?)$"
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")


def texts(column: pa.ChunkedArray) -> pa.StringArray:
    """Cells as a person reads them; null where blank (暂无数据, -, 无 …)."""
    plain = _plain(column)
    short = pc.less_equal(pc.binary_length(plain), _LONGEST_BLANK)
    lower = pc.utf8_lower(pc.if_else(short, plain, None))
    blank = pc.is_in(lower, value_set=_BLANKS)
    return pc.if_else(pc.and_(short, blank), pa.scalar(None, pa.string()), plain)


def numbers(column: pa.ChunkedArray) -> tuple[NDArray[np.float64], Flags]:
    """Decimal numbers, NaN where blank or malformed; and which cells are malformed."""
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        values = np.asarray(pc.fill_null(pc.cast(column, pa.float64(), safe=False), float("nan")))
        return np.where(np.isinf(values), np.nan, values), np.isinf(values)
    cells = texts(column)
    plain = pc.fill_null(pc.match_substring_regex(cells, _DECIMAL), False)
    values = _floats(pc.cast(pc.if_else(plain, cells, None), pa.float64()))
    odd = _flags(pc.and_(pc.is_valid(cells), pc.invert(plain)))
    for row in np.flatnonzero(odd):
        found = decimal(cells[row].as_py())
        values[row], odd[row] = (np.nan, True) if found is None else (found, False)
    return values, odd


def moments(column: pa.ChunkedArray, zone: ZoneInfo) -> tuple[pa.Array, Flags]:
    """Times as MOMENT, null where blank or malformed, and which are malformed. One without zone is of ``zone``."""
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        exact = pc.cast(column, pa.timestamp("us", getattr(column.type, "tz", None)), safe=False)
        return _known(_zoned(exact.combine_chunks(), zone), np.zeros(len(exact), dtype=bool))
    cells = texts(column)
    strict = pc.fill_null(pc.match_substring_regex(cells, _ISO), False)
    local = _local(pc.if_else(strict, cells, None))
    if not pc.all(strict).as_py():
        loose = pc.fill_null(pc.match_substring_regex(cells, _LOOSE), False)
        padded = pc.replace_substring_regex(pc.if_else(loose, cells, None), r"\b(\d)\b", r"0\1")
        local = pc.coalesce(local, _local(pc.replace_substring(padded, "/", "-")))
    found = _zoned(local, zone)
    odd = _flags(pc.and_(pc.is_valid(cells), pc.is_null(found)))
    if not odd.any():
        return _known(found, odd)
    single = [moment(cells[row].as_py(), zone) for row in np.flatnonzero(odd)]
    mask = pa.array(odd)
    found = pc.replace_with_mask(found, mask, pa.array(single, MOMENT))
    return _known(found, odd & _flags(pc.is_null(found)))


def _known(found: pa.Array, odd: Flags) -> tuple[pa.Array, Flags]:
    """Times at the ends of the calendar are slips, and nobody could read them from the store again."""
    known = pc.and_(pc.greater_equal(found, _FIRST), pc.less(found, _LAST))
    lost = _flags(pc.invert(known))
    if lost.any():
        found = pc.if_else(pa.array(lost), pa.scalar(None, MOMENT), found)
    return found, odd | lost


def moment(text: str, zone: ZoneInfo) -> datetime | None:
    """One time as offices write it, with the zone that it names or else ``zone``; a date is its midnight.

    None where it is none.
    """
    ways: list[Callable[[], datetime]] = [lambda: datetime.fromisoformat(text)]
    ways += [lambda form=form: datetime.strptime(text, form) for form in _TIMES]  # type: ignore[misc]
    for way in ways:
        try:
            found = way()
        except ValueError:
            continue
        if found.year not in YEARS:
            return None
        return found if found.tzinfo else found.replace(tzinfo=zone)
    return None


def _local(cells: pa.StringArray) -> pa.Array:
    """Well formed texts as times without zone; null for all where one is no time: they go one by one."""
    try:
        return pc.cast(cells, pa.timestamp("us"))
    except pa.ArrowInvalid:
        return pa.nulls(len(cells), pa.timestamp("us"))


def _zoned(local: pa.Array, zone: ZoneInfo) -> pa.Array:
    """Times of a zone as MOMENT: the earlier where a clock shows one twice; null where it leaves one out."""
    if local.type.tz is not None:
        return pc.cast(local, MOMENT)
    shown = pd.DatetimeIndex(np.asarray(local))
    twice = np.ones(len(shown), dtype=bool)
    held = shown.tz_localize(zone, ambiguous=twice, nonexistent="NaT")
    utc = held.tz_convert("UTC").as_unit("us")
    return pa.array(utc, MOMENT)


def _plain(column: pa.ChunkedArray) -> pa.StringArray:
    """Cells as `cell_text` writes them."""
    if pa.types.is_large_string(column.type) or pa.types.is_dictionary(column.type):
        column = pc.cast(column, pa.string())
    if pa.types.is_integer(column.type):
        return _whole(pc.fill_null(pc.cast(column, pa.string()), ""))
    if not pa.types.is_string(column.type):
        return pa.array([cell_text(value) for value in column.to_pylist()], pa.string())
    cells = pc.utf8_trim_whitespace(_whole(pc.fill_null(column, "")))
    odd = pc.or_(
        pc.match_substring_regex(cells, "[\x00\u00a0\u3000\x1c-\x1f]"), pc.starts_with(cells, "'")
    )
    if not pc.any(odd).as_py():
        return cells
    single = [cell_text(value) for value in pc.filter(cells, odd).to_pylist()]
    return pc.replace_with_mask(cells, odd, pa.array(single, pa.string()))


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _floats(values: pa.Array) -> NDArray[np.float64]:
    return np.array(pc.fill_null(values, float("nan")))


def _flags(values: pa.Array) -> Flags:
    return np.array(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=bool)
