"""Streets and cities: which row of a layer of regions is which, and to which of them something belongs."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.codes import Level, Profile, level_of
from geo.coverage.layers import Layer, text_column


def region_levels(table: pd.DataFrame, *, profile: Profile) -> NDArray[np.object_]:
    """The level of each row: as its column ``level`` says, else by the length of its code, else a street."""
    said = text_column(table, "level")
    codes = text_column(table, "code")
    known = {level.value for level in Level}
    return np.array(
        [
            level if level in known else _by_code(str(code), profile)
            for level, code in zip(said, codes, strict=True)
        ],
        dtype=object,
    )


def _by_code(code: str, profile: Profile) -> str:
    level = level_of(code, profile=profile) if profile is Profile.CN else None
    return Level.STREET.value if level is None else level.value


def communities_among(regions: gpd.GeoDataFrame, *, profile: Profile) -> gpd.GeoDataFrame:
    """The communities that a layer of all levels holds."""
    levels = region_levels(regions, profile=profile)
    return regions[levels == Level.COMMUNITY.value].reset_index(drop=True)


def split_levels(regions: Layer, *, profile: Profile) -> tuple[Layer, Layer]:
    """The cities and the streets of a layer of regions; rows of other levels are left out."""
    levels = region_levels(regions.table, profile=profile)
    return (
        regions.where(levels == Level.CITY.value, kind="cities"),
        regions.where(levels == Level.STREET.value, kind="streets"),
    )


def region_parents(inner: Layer, outer: Layer, *, profile: Profile) -> NDArray[np.object_]:
    """The code of the region that each record names (by code or name), else the one in its own code, else ""."""
    record = inner.text("parent_code")
    pairs = zip(outer.names, outer.codes, strict=True)
    by_name = {str(name): str(code) for name, code in pairs if name}
    known = set(outer.codes)

    def named(value: str, code: str) -> str:
        if value in known:
            return value
        if value in by_name:
            return by_name[value]
        above = parent_in(value, outer, profile) if outer.kind == "cities" else ""
        return above or value or parent_in(code, outer, profile)

    rows = zip(record, inner.codes, strict=True)
    return np.array([named(str(value), str(code)) for value, code in rows], dtype=object)


def parent_in(code: str, outer: Layer, profile: Profile) -> str:
    """The code of the region above that a code itself holds, "" where it holds none."""
    if profile is Profile.PLAIN or level_of(code) is None:
        return ""
    above = code[: _DIGITS[outer.kind]]
    return above if above != code else ""


_DIGITS = {"cities": 6, "streets": 9, "communities": 12}
