"""Rows that an import kept aside until somebody completes them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.engine import RowMapping

from data.store import bulk
from data.tables import PendingRow


def keep(connection: Connection, rows: pd.DataFrame) -> bulk.Merged:
    """Keep rows (noun, key, reasons, row, source); a row kept before under its key is replaced."""
    return bulk.merge(connection, PendingRow, rows, key=["noun", "key"])


def forget(connection: Connection, noun: str, keys: Collection[str]) -> int:
    """Take rows off the list, with their repetitions (``key#row``): they are dealt with. How many were there."""
    base = func.split_part(PendingRow.key, "#", 1)
    gone = delete(PendingRow).where(PendingRow.noun == noun, base.in_(list(keys)))
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
