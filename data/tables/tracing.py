"""Tracing: ledger rows that a planner put on the map, images under the linework, and what was drawn over them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, Instant, Number, Touched, geometry, gist, one_of
from geo.model import LineClass


class TraceKind(StrEnum):
    """What is drawn: 道路, 河流, 小区围界, 社区内其他界线."""

    ROAD = "road"
    RIVER = "river"
    ESTATE = "estate"
    OUTLINE = "outline"


class Placement(Base):
    """A row of a ledger that had no place, put where somebody pointed; with the row as it waited (``row``, ``reasons``,
    ``source``, ``kept_at``), so that it can wait again. ``key``: the building that it became."""

    __tablename__ = "placements"
    __table_args__ = (
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_somebody"),
        Index("uq_placements_key", "key", unique=True, postgresql_where=text("undone_at IS NULL")),
        gist("point"),
    )

    id: Mapped[Number]
    key: Mapped[str]
    community_code: Mapped[str | None]
    fields: Mapped[dict[str, Any]] = mapped_column("row", JSONB)
    reasons: Mapped[list[str]] = mapped_column(JSONB)
    source: Mapped[str | None]
    kept_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    point: Mapped[WKBElement] = mapped_column(geometry("POINT"))
    building_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str]
    at: Mapped[Touched]
    undone_by: Mapped[str | None]
    undone_at: Mapped[Instant | None]


class Backdrop(Base):
    """A scanned map or a screenshot that a community is traced over. ``points``: its control points, each ``x``, ``y``
    (pixels, from the upper left corner) and ``lng``, ``lat``, with what was typed where it was typed in a datum."""

    __tablename__ = "backdrops"
    __table_args__ = (
        one_of("media_type", ("image/jpeg", "image/png")),
        CheckConstraint("width > 0 AND height > 0", name="sized"),
    )

    id: Mapped[Number]
    community_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    image: Mapped[bytes]
    points: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    actor: Mapped[str]
    at: Mapped[Touched]


class Trace(Base):
    """A road, river or outline drawn by hand. Roads and rivers are in ``lines``, too (``line_id``), until they are
    removed. ``estates``: the buildings that an outline gave its name (``id``), and what each was called before
    (``was``)."""

    __tablename__ = "traces"
    __table_args__ = (
        one_of("kind", TraceKind),
        one_of("class", LineClass),
        CheckConstraint(
            "(\"class\" IS NOT NULL) = (kind IN ('road', 'river'))"
            " AND (kind = 'river') = (\"class\" IS NOT DISTINCT FROM 'river')",
            name="class_suits_kind",
        ),
        CheckConstraint("GeometryType(geom) IN ('LINESTRING', 'POLYGON')", name="geom_drawn"),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed_by_somebody"),
        gist("geom"),
    )

    id: Mapped[Number]
    community_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), index=True)
    kind: Mapped[str]
    line_class: Mapped[str | None] = mapped_column("class")
    name: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(geometry())
    line_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("lines.id", ondelete="SET NULL"), index=True
    )
    estates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    actor: Mapped[str]
    at: Mapped[Touched]
    removed_by: Mapped[str | None]
    removed_at: Mapped[Instant | None]
