"""What happens: incidents, what can be reported, who deals with it; and what an import kept aside."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from geoalchemy2 import WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, Instant, Number, Touched, geometry, gist, one_of
from data.tables.places import EMPTY
from geo.model import How


class IncidentStatus(StrEnum):
    """Open until somebody closes it; casework refines this later. ``joined``: a call about another incident.
    ``withdrawn``: split from a call, and that was undone."""

    OPEN = "open"
    CLOSED = "closed"
    JOINED = "joined"
    WITHDRAWN = "withdrawn"


class Happening(StrEnum):
    """What is done to an incident once it is recorded."""

    PLACED = "placed"
    CORRECTED = "corrected"
    TAKEN = "taken"
    RELEASED = "released"
    JOINED = "joined"
    UNJOINED = "unjoined"
    SPLIT = "split"
    UNSPLIT = "unsplit"


def _known(name: str, column: str) -> Index:
    """An index of the few rows that have something there."""
    return Index(name, column, postgresql_where=text(f"{column} IS NOT NULL"))


class Department(Base):
    """A department that deals with incidents."""

    __tablename__ = "departments"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    source: Mapped[str | None]


class CatalogueItem(Base):
    """部件 (component) or 事项 (matter): what can be reported, its department and limit in hours."""

    __tablename__ = "catalogue_items"
    __table_args__ = (one_of("kind", ("component", "matter")),)

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    category: Mapped[str | None]
    name: Mapped[str]
    department_code: Mapped[str | None] = mapped_column(ForeignKey("departments.code"), index=True)
    limit_h: Mapped[float | None]
    source: Mapped[str | None]


class Incident(Base):
    """One matter at one place. The place may be unknown (no point, no ``how``) until somebody finds it.

    Each call is an incident of its own: joined_to the one that it is about as well, call_id the one whose call it was
    split from. taken_by: the dispatcher who has it. version: how often it was changed.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index("uq_incidents_source_source_id", "source", "source_id", unique=True),
        ForeignKeyConstraint(["plan_id", "grid_code"], ["plan_grids.plan_id", "plan_grids.code"]),
        one_of("kind", ("component", "matter")),
        one_of("how", How),
        one_of("status", IncidentStatus),
        CheckConstraint("(grid_code IS NULL) = (plan_id IS NULL)", name="grid_of_plan"),
        CheckConstraint(
            "(how IS NOT NULL AND how IN ('inside', 'boundary')) = (grid_code IS NOT NULL)",
            name="how_tells_grid",
        ),
        CheckConstraint(
            "(how IS NOT NULL AND how <> 'invalid') = (point IS NOT NULL)", name="how_of_point"
        ),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_has_time"),
        CheckConstraint(
            "(status = 'joined') = (joined_to IS NOT NULL) AND joined_to <> id",
            name="joined_to_another",
        ),
        CheckConstraint("status <> 'withdrawn' OR call_id IS NOT NULL", name="withdrawn_of_a_call"),
        CheckConstraint("(taken_by IS NULL) = (taken_at IS NULL)", name="taken_by_somebody"),
        Index(None, "reported_at", "id"),
        Index(None, "grid_code", "reported_at"),
        Index("ix_incidents_open", "id", postgresql_where=text("closed_at IS NULL")),
        _known("ix_incidents_joined_to", "joined_to"),
        _known("ix_incidents_call_id", "call_id"),
        gist("point"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    source_id: Mapped[str]
    kind: Mapped[str | None]
    catalogue_code: Mapped[str | None] = mapped_column(ForeignKey("catalogue_items.code"))
    category: Mapped[str | None]
    place: Mapped[str | None]
    raw_x: Mapped[float | None]
    raw_y: Mapped[float | None]
    raw_datum: Mapped[str | None]
    point: Mapped[WKBElement | None] = mapped_column(geometry("POINT"))
    grid_code: Mapped[str | None]
    plan_id: Mapped[int | None] = mapped_column(BigInteger)
    how: Mapped[str | None]
    nearest_code: Mapped[str | None]
    nearest_m: Mapped[float | None]
    reported_at: Mapped[Instant]
    recorded_at: Mapped[Touched]
    closed_at: Mapped[Instant | None]
    status: Mapped[str] = mapped_column(server_default=text("'open'"))
    note: Mapped[str | None]
    extra: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY)
    joined_to: Mapped[UUID | None]
    call_id: Mapped[UUID | None]
    taken_by: Mapped[str | None]
    taken_at: Mapped[Instant | None]
    version: Mapped[int] = mapped_column(server_default=text("0"))


class IncidentEvent(Base):
    """Something done to an incident, never rewritten. other_id: the incident that it was joined to, or parted from.
    detail: old and new values; undoing reads them."""

    __tablename__ = "incident_events"
    __table_args__ = (
        one_of("what", Happening),
        Index(None, "incident_id", "at"),
        _known("ix_incident_events_other_id", "other_id"),
        Index(None, "what", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    other_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"))
    at: Mapped[Touched]
    actor: Mapped[str]
    what: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY)


class IncidentNews(Base):
    """What the live list is told: the incidents that one transaction recorded or changed, null where they are many;
    none: older ones, up to this transaction, are no longer kept."""

    __tablename__ = "incident_news"
    __table_args__ = (Index(None, "xid"),)

    n: Mapped[Number]
    at: Mapped[Touched]
    xid: Mapped[int] = mapped_column(
        BigInteger, server_default=text("CAST(CAST(pg_current_xact_id() AS text) AS bigint)")
    )
    ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))


class PendingRow(Base):
    """A row that an import kept aside until somebody completes it: no place yet, or suspect."""

    __tablename__ = "import_pending"

    noun: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    reasons: Mapped[list[str]] = mapped_column(JSONB)
    fields: Mapped[dict[str, Any]] = mapped_column("row", JSONB)
    source: Mapped[str | None]
    kept_at: Mapped[Touched]


class SettledRow(Base):
    """A repeated row that came back as a row of its own. ``mark``: what it repeated, and its content; ``became``: the
    key that it went in under."""

    __tablename__ = "import_settled"

    noun: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True)
    became: Mapped[str]
    settled_at: Mapped[Touched]
