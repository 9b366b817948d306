"""Columns of frames as plain lists: text or None, numbers or None. What is not known never becomes 0 or ""."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry


def texts(frame: gpd.GeoDataFrame, name: str) -> list[str | None]:
    """A column as text; None where it is null, or everywhere if there is no such column."""
    if name not in frame.columns:
        return [None] * len(frame)
    return [None if pd.isna(value) else str(value) for value in frame[name].tolist()]


def numbers(frame: gpd.GeoDataFrame, name: str) -> list[int | float | None]:
    """A column as numbers, whole ones as int; None where it is null, infinite or no number."""
    if name not in frame.columns:
        return [None] * len(frame)
    values = pd.to_numeric(frame[name], errors="coerce").tolist()
    return [None if pd.isna(value) or math.isinf(value) else _whole(value) for value in values]


def days(frame: gpd.GeoDataFrame, name: str, *, zone: str) -> list[str | None]:
    """A column of times as days of a time zone, ``2026-06-19``; None where it is null or missing."""
    if name not in frame.columns:
        return [None] * len(frame)
    local = pd.to_datetime(frame[name], utc=True).dt.tz_convert(zone)
    return [None if pd.isna(value) else f"{value:%Y-%m-%d}" for value in local]


def geometries(frame: gpd.GeoDataFrame | None) -> list[BaseGeometry | None]:
    """The shapes of a layer that may not be there."""
    return [] if frame is None else list(frame.geometry)


def drawable(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Which rows have a shape."""
    found = np.asarray(frame.geometry.array, dtype=object)
    lost: NDArray[np.bool_] = shapely.is_missing(found) | shapely.is_empty(found)
    return ~lost


def _whole(value: float) -> int | float:
    return int(value) if float(value).is_integer() else round(float(value), 1)
