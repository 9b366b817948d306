"""Places: regions, buildings, 部件, the words people say for them, roads, rivers and greens."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import (
    Base,
    Number,
    Touched,
    Verified,
    geometry,
    gist,
    not_negative,
    one_of,
    polygonal,
)
from geo.model import BOUND_COLUMNS, BuildingKind, LineClass, ResidentsBasis

EMPTY = text("'{}'::jsonb")


class Level(StrEnum):
    """How high a region stands: 市, 街道一级, 社区一级."""

    CITY = "city"
    STREET = "street"
    COMMUNITY = "community"


class RegionKind(StrEnum):
    """What a region is called: 市; 街道, 镇, 开发区; 社区, 村."""

    CITY = "city"
    STREET = "street"
    TOWN = "town"
    ZONE = "zone"
    COMMUNITY = "community"
    VILLAGE = "village"


class Region(Base):
    """A city, street, town, zone, community or village.

    ``geom`` is the outline in use (noded with its neighbours); ``source_geom`` the one delivered. Bounds that are null
    are the installation's.
    """

    __tablename__ = "regions"
    __table_args__ = (
        one_of("level", Level),
        one_of("kind", RegionKind),
        CheckConstraint(
            "(level = 'city') = (kind = 'city')"
            " AND (level = 'street') = (kind IN ('street', 'town', 'zone'))",
            name="kind_suits_level",
        ),
        polygonal("geom"),
        not_negative("planned_grids"),
        *(not_negative(name) for name in BOUND_COLUMNS),
        gist("geom"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(
        ForeignKey("regions.code", deferrable=True, initially="DEFERRED"), index=True
    )
    planned_grids: Mapped[int | None]
    households_min: Mapped[int | None]
    households_max: Mapped[int | None]
    residents_min: Mapped[int | None]
    residents_max: Mapped[int | None]
    source: Mapped[str | None]
    geom: Mapped[WKBElement | None] = mapped_column(geometry())
    raw_datum: Mapped[str | None]
    source_geom: Mapped[WKBElement | None] = mapped_column(geometry())
    updated_at: Mapped[Touched]


class Building(Base):
    """楼栋 (or a ledger's row: an estate as one point). What arrived is kept beside what we made of it."""

    __tablename__ = "buildings"
    __table_args__ = (
        one_of("kind", BuildingKind),
        one_of("residents_basis", ResidentsBasis),
        not_negative("households"),
        not_negative("residents"),
        not_negative("units"),
        gist("point"),
        gist("footprint"),
    )

    building_id: Mapped[str] = mapped_column(primary_key=True)
    community_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    kind: Mapped[str | None]
    estate: Mapped[str | None] = mapped_column(index=True)
    name: Mapped[str | None]
    address: Mapped[str | None]
    households: Mapped[int | None]
    residents: Mapped[int | None]
    residents_basis: Mapped[str | None]
    units: Mapped[int | None]
    households_estimated: Mapped[bool] = mapped_column(server_default=text("false"))
    residents_estimated: Mapped[bool] = mapped_column(server_default=text("false"))
    point: Mapped[WKBElement] = mapped_column(geometry("POINT"))
    footprint: Mapped[WKBElement | None] = mapped_column(geometry())
    raw_x: Mapped[float | None]
    raw_y: Mapped[float | None]
    raw_datum: Mapped[str | None]
    source: Mapped[str | None]
    extra: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY)
    as_of: Mapped[Verified]
    updated_at: Mapped[Touched]


class Component(Base):
    """部件: a lamp, a manhole cover, a hydrant …; ``kind`` is what an office calls it, ``catalogue_code`` its item."""

    __tablename__ = "components"
    __table_args__ = (gist("point"),)

    component_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    catalogue_code: Mapped[str | None] = mapped_column(
        ForeignKey("catalogue_items.code"), index=True
    )
    point: Mapped[WKBElement] = mapped_column(geometry("POINT"))
    raw_x: Mapped[float | None]
    raw_y: Mapped[float | None]
    raw_datum: Mapped[str | None]
    as_of: Mapped[Verified]
    source: Mapped[str | None]
    updated_at: Mapped[Touched]


class Address(Base):
    """Words that people say for a building, an estate or a landmark."""

    __tablename__ = "addresses"
    __table_args__ = (
        Index(None, "normalised"),
        Index(
            "uq_addresses_said",
            "kind",
            "normalised",
            "building_id",
            "estate",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        gist("point"),
    )

    id: Mapped[Number]
    kind: Mapped[str]
    said: Mapped[str]
    normalised: Mapped[str]
    building_id: Mapped[str | None] = mapped_column(
        ForeignKey("buildings.building_id", ondelete="CASCADE"), index=True
    )
    estate: Mapped[str | None]
    community_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    point: Mapped[WKBElement | None] = mapped_column(geometry("POINT"))
    source: Mapped[str | None]


class SearchChoice(Base):
    """What dispatchers meant by words (in their normal form): the key of an entry of the gazetteer, and how often."""

    __tablename__ = "search_choices"
    __table_args__ = (CheckConstraint("count > 0", name="counted"),)

    words: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    count: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    last_at: Mapped[Touched] = mapped_column(index=True)


class Line(Base):
    """Roads and rivers by class, and bridges (points): what borders follow and people orient by."""

    __tablename__ = "lines"
    __table_args__ = (one_of("class", [*LineClass, "bridge"]), gist("geom"))

    id: Mapped[Number]
    kind: Mapped[str] = mapped_column("class")
    name: Mapped[str | None]
    source: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(geometry())


class Green(Base):
    """A park, a square, a wood: what a map shows as green."""

    __tablename__ = "greens"
    __table_args__ = (polygonal("geom"), gist("geom"))

    id: Mapped[Number]
    name: Mapped[str | None]
    source: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(geometry())


class CityChange(Base):
    """That a statement changed what stands in the city, who answers for it or what it is called (``what``: which
    table); written by triggers."""

    __tablename__ = "city_changes"

    n: Mapped[Number]
    at: Mapped[Touched]
    what: Mapped[str | None]
