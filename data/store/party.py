"""The party's units: branches, groups, households."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, select

from data.store import bulk
from data.tables import PartyUnit

FIELDS = (
    "code", "kind", "name", "parent_code", "community_code", "grid_code", "building_id", "unit",
    "contact", "phone", "as_of", "source",
)  # fmt: skip


def merge(connection: Connection, units: pd.DataFrame) -> bulk.Merged:
    """Add or update units by code (columns FIELDS; all but code, kind, name may be absent)."""
    rows = pd.DataFrame(units[[name for name in FIELDS if name in units]])
    updates = {"as_of": "COALESCE(excluded.as_of, t.as_of)"}
    return bulk.merge(connection, PartyUnit, rows, key=["code"], updates=updates)


def keys(connection: Connection) -> set[str]:
    """The codes of all units."""
    return set(connection.scalars(select(PartyUnit.code)))
