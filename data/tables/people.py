"""Who answers: posts, the party's units, and the contacts of estates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, Number, Touched, Verified, one_of


class Post(Base):
    """岗位. A answers for a grid; B for a line of business (业务条线) in a community, a street or the city. Person may
    be vacant; during ``leave`` the stand-in (代班人) answers."""

    __tablename__ = "posts"
    __table_args__ = (
        one_of("kind", ("A", "B")),
        CheckConstraint(
            "CASE kind WHEN 'A' THEN grid_code IS NOT NULL AND line IS NULL"
            " ELSE grid_code IS NULL AND community_code IS NOT NULL AND line IS NOT NULL END",
            name="target",
        ),
        CheckConstraint("NOT isempty(valid)", name="valid_not_empty"),
        CheckConstraint("NOT isempty(leave)", name="leave_not_empty"),
    )

    id: Mapped[Number]
    kind: Mapped[str]
    title: Mapped[str | None]
    person: Mapped[str | None]
    person_no: Mapped[str | None]
    phone: Mapped[str | None]
    grid_code: Mapped[str | None] = mapped_column(index=True)
    community_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    line: Mapped[str | None]
    valid: Mapped[Range[datetime]] = mapped_column(
        TSTZRANGE, server_default=text("tstzrange(clock_timestamp(), NULL)")
    )
    leave: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)
    stand_in: Mapped[str | None]
    stand_in_no: Mapped[str | None]
    stand_in_phone: Mapped[str | None]
    source: Mapped[str | None]
    as_of: Mapped[Verified]
    updated_at: Mapped[Touched]


class PartyUnit(Base):
    """支部, 党小组, 党员中心户: hung on a community, a grid, a building or a unit of it."""

    __tablename__ = "party_units"
    __table_args__ = (one_of("kind", ("branch", "group", "household")),)

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(
        ForeignKey("party_units.code", deferrable=True, initially="DEFERRED"), index=True
    )
    community_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    grid_code: Mapped[str | None] = mapped_column(index=True)
    building_id: Mapped[str | None] = mapped_column(ForeignKey("buildings.building_id"), index=True)
    unit: Mapped[str | None]
    contact: Mapped[str | None]
    phone: Mapped[str | None]
    source: Mapped[str | None]
    as_of: Mapped[Verified]
    updated_at: Mapped[Touched]


class EstateContact(Base):
    """Whom one calls in an estate (小区): 物业, 业委会 or another kind. No community: wherever one is called so."""

    __tablename__ = "estate_contacts"
    __table_args__ = (CheckConstraint("NOT isempty(valid)", name="valid_not_empty"),)

    id: Mapped[Number]
    kind: Mapped[str]
    estate: Mapped[str] = mapped_column(index=True)
    community_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    organisation: Mapped[str | None]
    person: Mapped[str | None]
    phone: Mapped[str | None]
    valid: Mapped[Range[datetime]] = mapped_column(
        TSTZRANGE, server_default=text("tstzrange(clock_timestamp(), NULL)")
    )
    source: Mapped[str | None]
    as_of: Mapped[Verified]
    updated_at: Mapped[Touched]
