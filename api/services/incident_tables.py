"""Incidents, from the store or from a file, as the table that maps count from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from data.store import incident_facts
from geo import quadkeys
from geo.coverage.layers import text_column
from geo.incident_table import IncidentTable
from geo.territory import standing

_Value = TypeVar("_Value", str, tuple[str, str])
_ZONE = r"(?:Z|[+-]\d\d:?\d\d)$"

COLUMNS = ("kind", "category", "reported_at", "grid_code")
"""What is read of a layer of incidents; whatever else it says of them stays where it is."""
MOST_MONTHS = 120
"""A file with dates further apart than ten years has dates that are wrong: those before are taken as not recorded."""


@dataclass(frozen=True, slots=True)
class Incidents:
    """hows: how many came to their grid how ("": place unknown). first: the day of the earliest, if dates are known."""

    table: IncidentTable
    hows: Mapping[str, int]
    first: date | None


def window_start(now: datetime, zone: ZoneInfo) -> datetime:
    """When the incidents of a map begin: with the month, twelve months before the present one."""
    today = now.astimezone(zone)
    return datetime(today.year - 1, today.month, 1, tzinfo=zone)


def of_store(connection: Connection, *, now: datetime, zone: ZoneInfo) -> Incidents:
    """Those of the present month of the city and the twelve months before it."""
    since = window_start(now, zone)
    facts = incident_facts.read(connection, since=since, until=now, zone=zone)
    first = since.year * 12 + since.month - 1
    table = IncidentTable(
        key=quadkeys.keys(facts.lng, facts.lat),
        month=facts.month - np.int32(first),
        matter=facts.matter,
        grid=facts.grid,
        months=tuple(range(first, first + 13)),
        matters=facts.matters,
        grids=facts.grids,
    )
    return Incidents(table.ordered(), facts.hows, facts.first)


def of_layer(points: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, *, zone: ZoneInfo) -> Incidents:
    """Those of a layer (any of COLUMNS). Without a grid, by where they lie."""
    shapes = shapely.point_on_surface(np.asarray(points.geometry.array, dtype=object))
    lng, lat = (values(shapes) for values in (shapely.get_x, shapely.get_y))
    codes = text_column(grids, "code")
    homes = text_column(points, "grid_code")
    if (homes == "").all():
        homes = standing(grids.geometry.to_numpy(), codes, shapes)
    communities = dict(zip(codes, text_column(grids, "community_code"), strict=True))
    grid, named = _positions([home if home in communities else "" for home in homes])
    matter, matters = _positions(
        list(zip(text_column(points, "kind"), text_column(points, "category"), strict=True))
    )
    month, months, first = _months(points, zone)
    nowhere = int(bool(named) and named[0] == "")
    table = IncidentTable(
        key=quadkeys.keys(lng, lat),
        month=month,
        matter=matter,
        grid=grid - np.int32(nowhere),
        months=months,
        matters=tuple(matters),
        grids=tuple((code, communities[code]) for code in named[nowhere:]),
    )
    return Incidents(table.ordered(), {}, first)


def _positions(values: Sequence[_Value]) -> tuple[NDArray[np.int32], list[_Value]]:
    """Each value's position among the distinct ones, ascending; and these."""
    distinct = sorted(set(values))
    place = {value: n for n, value in enumerate(distinct)}
    return np.array([place[value] for value in values], dtype=np.int32), distinct


def _months(
    points: gpd.GeoDataFrame, zone: ZoneInfo
) -> tuple[NDArray[np.int32], tuple[int | None, ...], date | None]:
    """Each row's position among the months from the first to the last; a last one, None, for rows without a date."""
    times = _local(text_column(points, "reported_at"), zone)
    known = times.notna().to_numpy()
    if not known.any():
        return np.zeros(len(points), dtype=np.int32), (None,), None
    number = (times.dt.year * 12 + times.dt.month - 1).fillna(0).to_numpy(dtype=np.int64)
    last = int(number[known].max())
    known = known & (number > last - MOST_MONTHS)
    first = int(number[known].min())
    months: tuple[int | None, ...] = tuple(range(first, last + 1))
    position = np.where(known, number - first, len(months)).astype(np.int32)
    return position, months if known.all() else (*months, None), times[known].min().date()


def _local(written: NDArray[np.object_], zone: ZoneInfo) -> pd.Series:
    """Times as the city's clocks showed them; what is written without a zone is that already. NaT: not readable."""
    texts = pd.Series(written, dtype=str)
    zoned = texts.str.contains(_ZONE)
    moved = pd.to_datetime(texts.where(zoned), errors="coerce", format="mixed", utc=True)
    plain = pd.to_datetime(texts.where(~zoned), errors="coerce", format="mixed")
    return plain.fillna(moved.dt.tz_convert(zone).dt.tz_localize(None))
