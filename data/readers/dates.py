"""Days as offices write them: 2024-03-01, 2024/3/1, 2024年3月, a moment with or without its zone."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

import pandas as pd

from data.readers.settle import as_text

_WRITTEN = re.compile(r"([12]\d{3})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})[日号]?|月)?(?:[ T].*)?")


def days(column: pd.Series, zone: ZoneInfo) -> pd.Series:
    """A column as days of ``zone`` (datetime64 at midnight); null where there is none, or none that can be read.

    Of a month alone its first day is taken: a record is at most that old.
    """
    if not pd.api.types.is_datetime64_any_dtype(column):
        given = as_text(column)
        known = {word: day_of(word, zone) for word in given.dropna().unique()}
        return pd.to_datetime(pd.Series(given.map(known, na_action="ignore")))
    if column.dt.tz is not None:
        column = column.dt.tz_convert(zone).dt.tz_localize(None)
    return pd.Series(column.dt.normalize())


def day_of(word: str, zone: tzinfo) -> datetime | None:
    """The day that a word means, at midnight and without zone; None where it means none."""
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        written = _WRITTEN.fullmatch(word)
        return None if written is None else _valid(*(int(part or 1) for part in written.groups()))
    try:
        local = moment if moment.tzinfo is None else moment.astimezone(zone)
    except OverflowError:  # at the end of the calendar it may be the year after
        return None
    return datetime(local.year, local.month, local.day)


def _valid(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day)
    except ValueError:
        return None
