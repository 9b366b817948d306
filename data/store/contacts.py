"""Contacts of estates: 物业, 业委会."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection

from data.store import bulk, terms
from data.store.terms import Duty, Register, clock, ranges
from data.tables import EstateContact

FIELDS = ("kind", "estate", "community_code", "organisation", "person", "phone")
_DUTY = Duty(
    EstateContact,
    same="p.kind = s.kind AND p.estate = s.estate"
    " AND p.community_code IS NOT DISTINCT FROM s.community_code",
    person="COALESCE({0}.person, {0}.organisation, {0}.phone, '')",
    particulars=("organisation", "phone", "source"),
)


def add(connection: Connection, contacts: pd.DataFrame) -> int:
    """Append contacts as they are: FIELDS, ``as_of``, ``source``, ``since``, ``until`` (aware times; null is now, and
    no end)."""
    rows = contacts.reindex(columns=[*FIELDS, "as_of", "source", "since", "until"]).astype(object)
    since, until = rows.pop("since"), rows.pop("until")
    rows["valid"] = ranges(since.where(since.notna(), clock(connection)), until)
    return bulk.copy_in(connection, EstateContact, rows)


def merge(connection: Connection, contacts: pd.DataFrame, *, source: str | None = None) -> Register:
    """Take a register as it stands now (columns FIELDS, ``as_of``; ``since`` and ``until`` as in data.store.terms)."""
    rows = contacts.reindex(columns=[*FIELDS, "as_of", "since", "until"]).astype(object)
    since, until = rows.pop("since"), rows.pop("until")
    return terms.merge(connection, _DUTY, rows.assign(source=source, valid=ranges(since, until)))
