"""The words of the domain as values (docs/architecture.md lists them in Chinese).

Layers are GeoDataFrames in EPSG:4490 with the columns named here, so that every room reads the same
table; single things are frozen dataclasses. Nothing here reads, writes or computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

CRS = "EPSG:4490"
"""CGCS2000 longitude, latitude in degrees: the legal datum, and what every layer is kept in."""

COMMUNITY_COLUMNS = ("code", "name", "planned_grids")
REGION_COLUMNS = ("code", "name", "level", "parent_code")
BOUND_COLUMNS = ("households_min", "households_max", "residents_min", "residents_max")
"""Columns that communities may have beside those: bounds of their own."""
EXCEPTION_COLUMN = "exception"
"""And why a community's plan may break its bounds."""
BUILDING_COLUMNS = (
    "building_id",
    "community_code",
    "kind",
    "estate",
    "name",
    "address",
    "households",
    "residents",
    "residents_basis",
    "units",
)
COMPONENT_COLUMNS = ("component_id", "kind", "catalogue_code", "as_of")
"""部件: lamps, manhole covers, hydrants …; ``as_of`` is the day on which a record was last verified."""
GRID_COLUMNS = ("code", "name", "community_code", "kind", "households", "residents")
BLOCK_COLUMNS = ("block_id", "community_code", "grid_code", "estate", "households", "residents")
LINE_COLUMNS = ("class", "name")
GREEN_COLUMNS = ("name",)
POST_COLUMNS = (
    "kind",
    "grid_code",
    "community_code",
    "line",
    "title",
    "person",
    "person_no",
    "phone",
    "since",
    "until",
    "leave_since",
    "leave_until",
    "stand_in",
    "stand_in_no",
    "stand_in_phone",
    "as_of",
)
PARTY_COLUMNS = (
    "code",
    "kind",
    "name",
    "parent_code",
    "community_code",
    "grid_code",
    "building_id",
    "unit",
    "contact",
    "phone",
    "as_of",
)
CONTACT_COLUMNS = (
    "kind",
    "estate",
    "community_code",
    "organisation",
    "person",
    "phone",
    "since",
    "until",
    "as_of",
)


class GridKind(StrEnum):
    """基础网格 or 专属网格."""

    BASIC = "basic"
    DEDICATED = "dedicated"


class BuildingKind(StrEnum):
    """居民住宅, 驻区单位, 商圈楼宇, 公共场所."""

    RESIDENCE = "residence"
    EMPLOYER = "employer"
    COMMERCIAL = "commercial"
    PUBLIC = "public"


class ResidentsBasis(StrEnum):
    """人口口径: 常住, 户籍 or 实有. Kept with every count, never mixed in silence."""

    USUAL = "usual"
    REGISTERED = "registered"
    ACTUAL = "actual"


class LineClass(StrEnum):
    """What a road or river is to a border, weakest last."""

    RIVER = "river"
    ARTERIAL = "arterial"
    STREET = "street"
    LANE = "lane"


ROADS = (LineClass.ARTERIAL, LineClass.STREET, LineClass.LANE)


class Severity(StrEnum):
    """How a finding weighs: blocking stops a publication, a note only informs."""

    BLOCKING = "blocking"
    WARNING = "warning"
    NOTE = "note"


class How(StrEnum):
    """How a point came to its grid."""

    INSIDE = "inside"
    BOUNDARY = "boundary"
    OUTSIDE = "outside"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class SizeRule:
    """Both bounds of a grid, inclusive: households and residents (people).

    own: the rules of communities that have bounds of their own, by code.
    """

    households: tuple[int, int] = (300, 500)
    residents: tuple[int, int] = (600, 1000)
    own: Mapping[str, SizeRule] = field(default_factory=dict, hash=False)

    def of(self, community: str) -> SizeRule:
        """The bounds of one community's grids."""
        return self.own.get(community) or SizeRule(self.households, self.residents)


@dataclass(frozen=True, slots=True)
class Located:
    """A point that a grid covers. ``edge_m``: metres to that grid's nearest edge; ``runner_up``: the grid
    on the other side of it, if any."""

    code: str
    how: How
    edge_m: float
    runner_up: str | None


@dataclass(frozen=True, slots=True)
class Outside:
    """A point that no grid covers, with the nearest grid and its distance in metres."""

    nearest_code: str | None
    nearest_m: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found (docs/architecture.md lists the codes).

    ``codes``: the grids, communities or buildings concerned. ``geometry``: where, in EPSG:4490, or None.
    The sentence that a person reads is rendered at the edge from ``code`` and ``params``.
    """

    code: str
    severity: Severity
    codes: tuple[str, ...] = ()
    area_m2: float | None = None
    width_m: float | None = None
    count: int | None = None
    households: int | None = None
    geometry: BaseGeometry | None = None
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def to_json(self) -> dict[str, object]:
        """The contract form: geometry as GeoJSON lon/lat, everything JSON-ready."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "codes": list(self.codes),
            "area_m2": self.area_m2,
            "width_m": self.width_m,
            "count": self.count,
            "households": self.households,
            "geometry": None if self.geometry is None else shapely.geometry.mapping(self.geometry),
            "params": dict(self.params),
        }


@dataclass(frozen=True, slots=True)
class City:
    """What a plan is drawn from. All layers in EPSG:4490; a layer that is not known is an empty frame.

    communities: polygons, COMMUNITY_COLUMNS (planned_grids may be null).
    buildings: points or polygons, BUILDING_COLUMNS (all but building_id may be null).
    roads, rivers: lines, LINE_COLUMNS (class is a LineClass). bridges: points where river banks join.
    """

    communities: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    rivers: gpd.GeoDataFrame
    bridges: gpd.GeoDataFrame


@dataclass(frozen=True, slots=True)
class CityPlan:
    """The plans of every community of one city as three layers that tile one another exactly (EPSG:4490).

    grids: GRID_COLUMNS. blocks: BLOCK_COLUMNS. communities: COMMUNITY_COLUMNS, their outlines noded.
    """

    grids: gpd.GeoDataFrame
    blocks: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame


def empty_layer(columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    """A layer with no rows and the given columns, for what a city does not know."""
    return gpd.GeoDataFrame({name: [] for name in columns}, geometry=[], crs=CRS)
