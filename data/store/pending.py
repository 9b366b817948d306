"""Rows that an import kept aside until somebody completes them, and repetitions that were settled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd
from sqlalchemy import Connection, delete, func, or_, select
from sqlalchemy.engine import RowMapping

from data.store import bulk
from data.tables import PendingRow, SettledRow

_WAITING = r"#\d+-[0-9a-f]{12}$"
"""What a repetition has behind the key that it repeats (data.repetitions)."""


def keep(connection: Connection, rows: pd.DataFrame) -> bulk.Merged:
    """Keep rows (noun, key, reasons, row, source); a row kept before under its key is replaced."""
    return bulk.merge(connection, PendingRow, rows, key=["noun", "key"])


def forget(connection: Connection, noun: str, keys: Collection[str]) -> int:
    """Take rows off the list, with their repetitions: they are dealt with. How many were there."""
    base = func.regexp_replace(PendingRow.key, _WAITING, "")
    listed = or_(PendingRow.key.in_(list(keys)), base.in_(list(keys)))
    gone = delete(PendingRow).where(PendingRow.noun == noun, listed)
    return connection.execute(gone).rowcount


def read(connection: Connection, noun: str) -> Sequence[RowMapping]:
    """The rows kept of one noun: key, reasons, row, source, kept_at; by key."""
    query = select(
        PendingRow.key,
        PendingRow.reasons,
        PendingRow.fields.label("row"),
        PendingRow.source,
        PendingRow.kept_at,
    ).where(PendingRow.noun == noun)
    return connection.execute(query.order_by(PendingRow.key)).mappings().all()


def settle(connection: Connection, noun: str, became: Mapping[str, str]) -> None:
    """Remember repetitions that were settled: mark -> the key that each went in under."""
    if became:
        rows = [{"noun": noun, "mark": mark, "became": key} for mark, key in became.items()]
        bulk.merge(connection, SettledRow, pd.DataFrame(rows), key=["noun", "mark"])


def settled(connection: Connection, noun: str) -> dict[str, str]:
    """The repetitions that were settled: mark -> what each became."""
    query = select(SettledRow.mark, SettledRow.became).where(SettledRow.noun == noun)
    return {str(mark): str(became) for mark, became in connection.execute(query)}
