"""How old the registers are: how many rows each has, and when its oldest and its newest row was last touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import InstrumentedAttribute

from data.tables import Building, Component, EstateContact, PartyUnit, Plan, PlanStatus, Post


@dataclass(frozen=True, slots=True)
class Age:
    """A register by name: ``rows``, and the times of the first and last touch (None: it is empty)."""

    name: str
    rows: int
    oldest: datetime | None
    newest: datetime | None


_REGISTERS: tuple[tuple[str, InstrumentedAttribute[datetime]], ...] = (
    ("buildings", Building.updated_at),
    ("components", Component.updated_at),
    ("posts", Post.updated_at),
    ("party", PartyUnit.updated_at),
    ("contacts", EstateContact.updated_at),
)


def registers(connection: Connection) -> Sequence[Age]:
    """The plans in force (since when), then the registers of buildings and people."""
    begun = func.lower(Plan.valid)
    query = select(func.count(), func.min(begun), func.max(begun))
    found = [
        Age("plans", *connection.execute(query.where(Plan.status == PlanStatus.PUBLISHED)).one())
    ]
    for name, touched in _REGISTERS:
        row = connection.execute(select(func.count(), func.min(touched), func.max(touched))).one()
        found.append(Age(name, *row))
    return found
