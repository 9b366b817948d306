"""Plans: which block belongs to which grid of a community, and since when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import (
    Base,
    Instant,
    Number,
    Touched,
    geometry,
    gist,
    not_negative,
    one_of,
    polygonal,
)
from data.tables.places import EMPTY
from geo.model import GridKind, ResidentsBasis


class PlanStatus(StrEnum):
    """The life of a plan: 草稿, 待生效, 现行, 已停用."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    RETIRED = "retired"


class Plan(Base):
    """All grids of one community from a moment on. One plan per community at any instant.

    owner: who redraws the draft. published_by: who put it in force, or scheduled it. exceptions: findings that somebody
    approved, each ``code``, ``reason`` and ``by``.

    Triggers: a region of another level has none; in force, a plan can only end; over, nothing of it changes.
    """

    __tablename__ = "plans"
    __table_args__ = (
        one_of("status", PlanStatus),
        CheckConstraint("(status = 'draft') = (valid IS NULL)", name="draft_has_no_time"),
        CheckConstraint("NOT isempty(valid)", name="valid_not_empty"),
        CheckConstraint("lower_inc(valid) AND NOT upper_inc(valid)", name="valid_half_open"),
        CheckConstraint("status <> 'retired' OR NOT upper_inf(valid)", name="retired_has_end"),
        CheckConstraint(
            "status IN ('draft', 'scheduled')"
            " OR published_at IS NOT NULL AND published_by IS NOT NULL",
            name="published_by_somebody",
        ),
        CheckConstraint("(owner IS NULL) = (owner_at IS NULL)", name="owned_by_somebody"),
        Index("ix_plans_scheduled", "id", postgresql_where=text("status = 'scheduled'")),
        ExcludeConstraint(
            ("community_code", "="),
            ("valid", "&&"),
            name="ex_plans_one_at_a_time",
            using="gist",
            where=text("status <> 'draft'"),
        ),
    )

    id: Mapped[Number]
    community_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), index=True)
    name: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=text("'draft'"), index=True)
    valid: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    seed: Mapped[int | None] = mapped_column(BigInteger)
    params: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY)
    source: Mapped[str | None]
    created_at: Mapped[Touched]
    created_by: Mapped[str]
    published_at: Mapped[Instant | None]
    published_by: Mapped[str | None]
    owner: Mapped[str | None]
    owner_at: Mapped[Instant | None]
    exceptions: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default=text("'[]'::jsonb")
    )


class PlanGrid(Base):
    """网格 of one plan. A trigger refuses changes once the plan is no draft. locked: redrawing leaves it alone.
    reason: why it is dedicated."""

    __tablename__ = "plan_grids"
    __table_args__ = (
        one_of("kind", GridKind),
        one_of("residents_basis", ResidentsBasis),
        not_negative("households"),
        not_negative("residents"),
        polygonal("geom"),
        gist("geom"),
    )

    plan_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(primary_key=True, index=True)
    name: Mapped[str | None]
    kind: Mapped[str] = mapped_column(server_default=text("'basic'"))
    households: Mapped[int | None]
    residents: Mapped[int | None]
    residents_basis: Mapped[str | None]
    predecessors: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    locked: Mapped[bool] = mapped_column(server_default=text("false"))
    reason: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(geometry())


class Block(Base):
    """地块 of one plan. A trigger refuses changes once the plan is no draft."""

    __tablename__ = "blocks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["plan_id", "grid_code"],
            ["plan_grids.plan_id", "plan_grids.code"],
            deferrable=True,
            initially="DEFERRED",
            ondelete="CASCADE",
        ),
        not_negative("households"),
        not_negative("residents"),
        polygonal("geom"),
        gist("geom"),
    )

    plan_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True
    )
    block_id: Mapped[str] = mapped_column(primary_key=True)
    grid_code: Mapped[str | None]
    parent: Mapped[str | None]
    estate: Mapped[str | None]
    households: Mapped[int | None]
    residents: Mapped[int | None]
    geom: Mapped[WKBElement] = mapped_column(geometry())


class PlanEpoch(Base):
    """One row: how often the plans in force have changed. Every publication first updates it; a trigger lets it only
    grow."""

    __tablename__ = "plan_epoch"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, server_default=text("1"))
    n: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class PlanOperation(Base):
    """What was done to a draft, in order; the undone ones are the last. ``step``: what it replaced and what it made,
    byte by byte. ``used``: the codes that it was the first to use."""

    __tablename__ = "plan_operations"
    __table_args__ = (CheckConstraint("n > 0", name="counted"),)

    plan_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    operation: Mapped[dict[str, Any]] = mapped_column(JSONB)
    step: Mapped[bytes]
    used: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    undone: Mapped[bool] = mapped_column(server_default=text("false"))
