"""How old the records are that figures rest on: told beside every percentage, and a finding where they are stale."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coverage.buildings import Rows, known_sum
from geo.coverage.layers import Layer, grouped
from geo.coverage.shapes import Shapes
from geo.model import Finding, Severity

AS_OF = "as_of"
"""The column that says of which day a record is."""

Days = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Age:
    """The days that the records of a layer are of. dated, undated: how many have a date, and how many have none.

    oldest_days: how old the oldest was on the day of the check, None where that is not known.
    """

    oldest: date | None
    newest: date | None
    dated: int
    undated: int
    oldest_days: int | None

    def to_json(self) -> dict[str, object]:
        """As a report holds it: days as text."""
        return {
            name: str(one) if isinstance(one, date) else one for name, one in asdict(self).items()
        }


def days_of(table: pd.DataFrame) -> Days:
    """The day of each record, NaT where it has none that can be read."""
    if AS_OF not in table:
        return np.full(len(table), np.datetime64("NaT", "D"))
    moments = pd.to_datetime(table[AS_OF], errors="coerce", utc=True, format="mixed")
    return moments.dt.tz_localize(None).to_numpy(dtype="datetime64[D]")


def age_of(days: Days, at: date | None) -> Age:
    """The age of records of these days, on the day ``at``."""
    known = days[~np.isnat(days)]
    if len(known) == 0:
        return Age(None, None, 0, len(days), None)
    oldest, newest = known.min().item(), known.max().item()
    passed = None if at is None else max((at - oldest).days, 0)
    return Age(oldest, newest, len(known), len(days) - len(known), passed)


def stale_records(layer: Layer, homes: Rows, *, at: date, limit_days: int) -> list[Finding]:
    """Records of a layer that are older than the limit, by community; a note where only some have a date at all.

    homes: the community's row of each record (`NOWHERE`: none, and told together).
    """
    days = days_of(layer.table)
    old = np.flatnonzero(_older(days, at, limit_days))
    found = [
        replace(
            _stale(layer.kind, days[rows], at=at, limit_days=limit_days),
            codes=tuple(str(code) for code in layer.codes[rows]),
            households=_households(layer, rows),
            geometry=_place(layer.shapes[rows]),
        )
        for rows in (rows for _, rows in grouped(homes[old], old))
    ]
    return found + _undated(layer.kind, days)


def stale_things(name: str, table: pd.DataFrame, *, at: date, limit_days: int) -> list[Finding]:
    """The same of a layer of things or a register of people, all together and without a place."""
    days = days_of(table)
    old = days[_older(days, at, limit_days)]
    found = [_stale(name, old, at=at, limit_days=limit_days)] if len(old) else []
    return found + _undated(name, days)


def _older(days: Days, at: date, limit_days: int) -> NDArray[np.bool_]:
    return np.asarray(np.datetime64(at, "D") - days > np.timedelta64(limit_days, "D"))


def _stale(layer: str, days: Days, *, at: date, limit_days: int) -> Finding:
    age = age_of(days, at)
    return Finding(
        "stale",
        Severity.WARNING,
        count=len(days),
        params={
            "layer": layer,
            "oldest": str(age.oldest),
            "newest": str(age.newest),
            "oldest_days": age.oldest_days,
            "limit_days": limit_days,
        },
    )


def _undated(layer: str, days: Days) -> list[Finding]:
    """A note where some records have a date and others do not; where none has, the figures say so themselves."""
    lost = int(np.isnat(days).sum())
    if lost in (0, len(days)):
        return []
    params = {"layer": layer, "case": "undated"}
    return [Finding("stale", Severity.NOTE, count=lost, params=params)]


def _households(layer: Layer, rows: Rows) -> int | None:
    if layer.kind != "buildings":
        return None
    return known_sum(layer.number("households")[rows])


def _place(shapes: Shapes) -> BaseGeometry:
    if shapely.get_type_id(shapes[0]) == shapely.GeometryType.POINT:
        return shapely.MultiPoint(list(shapes))
    return shapely.MultiPolygon(list(shapely.get_parts(shapes)))
