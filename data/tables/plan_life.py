"""What becomes of a plan: who did what to it, how it was walked, shown and approved, what people say of it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, Instant, Number, Touched, geometry, gist, one_of
from data.tables.places import EMPTY


class PlanHappening(StrEnum):
    """What is done to a plan. ``withdrawn``: no longer scheduled; ``refused``: its time came, and something blocked;
    ``counted``: who lives there changed, or what runs through it; its grids are as they were."""

    CREATED = "created"
    EDITED = "edited"
    UNDONE = "undone"
    REDONE = "redone"
    OWNED = "owned"
    SCHEDULED = "scheduled"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    PUBLISHED = "published"
    COUNTED = "counted"


class Stage(StrEnum):
    """实地走界, 公示, 批准, 备案."""

    WALKED = "walked"
    NOTICE = "notice"
    APPROVED = "approved"
    REGISTERED = "registered"


class CommentKind(StrEnum):
    """批注, 居民意见, 公示异议, 走界记录."""

    COMMENT = "comment"
    VIEW = "view"
    OBJECTION = "objection"
    WALK = "walk"


class PlanEvent(Base):
    """Something done to a plan, never rewritten. version: which came of it."""

    __tablename__ = "plan_events"
    __table_args__ = (one_of("what", PlanHappening), Index(None, "plan_id", "version"))

    id: Mapped[Number]
    plan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("plans.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(BigInteger)
    what: Mapped[str]
    actor: Mapped[str]
    at: Mapped[Touched]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY)


class PlanStage(Base):
    """A step of a plan's life outside: its number, day and file as the office keeps them."""

    __tablename__ = "plan_stages"
    __table_args__ = (one_of("stage", Stage),)

    id: Mapped[Number]
    plan_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("plans.id", ondelete="CASCADE"), index=True
    )
    stage: Mapped[str]
    number: Mapped[str | None]
    day: Mapped[date] = mapped_column(Date)
    file_name: Mapped[str | None]
    note: Mapped[str | None]
    actor: Mapped[str]
    at: Mapped[Touched]


class PlanStageFile(Base):
    """The file of a step as it was handed over: what was approved, what was shown. Never replaced by another."""

    __tablename__ = "plan_stage_files"
    __table_args__ = (
        CheckConstraint("sha256 = encode(sha256(content), 'hex')", name="sha256_of_content"),
    )

    stage_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("plan_stages.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str]
    type: Mapped[str]
    content: Mapped[bytes]
    sha256: Mapped[str]
    actor: Mapped[str]
    at: Mapped[Touched]


class PlanComment(Base):
    """What somebody says of a plan, at a place or of a grid. ``name``: whose words they are; ``actor``: who wrote them
    down; ``source_id``: by which it is known again if it is sent twice. An answer closes it."""

    __tablename__ = "plan_comments"
    __table_args__ = (
        one_of("kind", CommentKind),
        CheckConstraint(
            "(photo IS NULL) = (photo_type IS NULL) AND photo_type IN ('image/jpeg', 'image/png')",
            name="photo_of_a_type",
        ),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL) = (answer IS NULL)",
            name="answered_by_somebody",
        ),
        gist("point"),
        Index("uq_plan_comments_plan_id_source_id", "plan_id", "source_id", unique=True),
    )

    id: Mapped[Number]
    plan_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("plans.id", ondelete="CASCADE"), index=True
    )
    source_id: Mapped[str | None]
    kind: Mapped[str]
    said: Mapped[str]
    name: Mapped[str | None]
    contact: Mapped[str | None]
    grid_code: Mapped[str | None]
    point: Mapped[WKBElement | None] = mapped_column(geometry("POINT"))
    photo: Mapped[bytes | None]
    photo_type: Mapped[str | None]
    actor: Mapped[str]
    at: Mapped[Touched]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[Instant | None]
