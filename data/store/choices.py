"""What dispatchers meant: by words in their normal form, how often each entry of the gazetteer was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, text
from sqlalchemy.engine import RowMapping

LONGEST = 200
"""Characters of words that are kept: nobody says more of them again."""
OVERLAP = timedelta(minutes=1)
"""How much longer than its own moment a choice may take to be visible."""


def record(connection: Connection, *, words: str, kind: str, key: str) -> None:
    """Count one choice of an entry for some words (at most LONGEST characters)."""
    query = text(
        "INSERT INTO search_choices AS t (words, key, kind) VALUES (:words, :key, :kind)"
        " ON CONFLICT (words, key) DO UPDATE SET count = t.count + 1, kind = excluded.kind,"
        " last_at = clock_timestamp()"
    )
    connection.execute(query, {"words": words, "kind": kind, "key": key})


def since(connection: Connection, moment: datetime | None) -> Sequence[RowMapping]:
    """What was chosen after a moment, or a little before (``words``, ``key``, ``count``, ``last_at``); None: all."""
    query = text(
        "SELECT words, key, count, last_at FROM search_choices"
        " WHERE CAST(:moment AS timestamptz) IS NULL OR last_at >= :moment ORDER BY last_at"
    )
    before = None if moment is None else moment - OVERLAP
    return connection.execute(query, {"moment": before}).mappings().all()
