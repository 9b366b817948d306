"""What is handed over to be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import geopandas as gpd

from geo.codes import Profile
from geo.model import SizeRule

TOLERANCE_M = 0.05
"""Straight borders bend by up to 18 mm between degrees and metres; faults below this are digitising noise."""
STALE_DAYS = 365
"""Records older than this are said to be stale."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Layers in EPSG:4490 (a frame in another CRS is converted) with the columns of geo.model; what is not known is
    None or absent, optional columns may be missing or null. Nothing here is changed.

    regions: polygons of streets and cities (REGION_COLUMNS; level city or street, else told by the code's length).
    things: any other layers that a grid should answer for, by name (roads, rivers, greens, 路灯 …): points are counted,
    lines measured by length, polygons by area. A column ``as_of`` (dates) in any layer says how old its rows are.
    """

    communities: gpd.GeoDataFrame | None = None
    grids: gpd.GeoDataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    regions: gpd.GeoDataFrame | None = None
    things: Mapping[str, gpd.GeoDataFrame] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Measure:
    """By what is measured. at: the day of the check (None: ages are not judged); records older than ``stale_days``
    then are stale."""

    rule: SizeRule = field(default_factory=SizeRule)
    profile: Profile = Profile.CN
    tolerance_m: float = TOLERANCE_M
    at: date | None = None
    stale_days: int = STALE_DAYS
