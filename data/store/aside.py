"""A table without its indexes and foreign keys while a great many rows go in; with all of them again afterwards.

Building an index once is ten times cheaper than keeping it up for a million rows. All of it happens in the caller's
transaction: whoever stops it, at any moment, leaves the table as it was. In return nobody else reads or writes the
table, or the tables that its foreign keys name, until the transaction ends; so it is for a table that is nearly empty
beside what comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

LOCK_TIMEOUT = "500ms"
"""Less than PostgreSQL waits before it looks for a deadlock: it is we who step back."""
BUILD_MEMORY = "256MB"

# Those of the few rows that have something in a column stay: what comes in has nothing there.
_INDEXES = text(
    "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index"
    " WHERE indrelid = CAST(:table AS regclass) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)"
    " AND coalesce(pg_get_expr(indpred, indrelid), '') NOT LIKE '(% IS NOT NULL)'"
    " ORDER BY 1"
)
_FOREIGN_KEYS = text(
    "SELECT quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition,"
    " confrelid::regclass::text AS target FROM pg_constraint"
    " WHERE conrelid = CAST(:table AS regclass) AND contype = 'f' ORDER BY 1"
)


def seize(connection: Connection, table: str) -> bool:
    """Take the table and those that it refers to for this transaction alone; False if others won't let go of them.

    To be asked before the transaction touches any of them, so that two who ask never wait for each other.
    """
    keys = connection.execute(_FOREIGN_KEYS, {"table": table}).all()
    names = ", ".join([f'"{table}"', *sorted({key.target for key in keys})])
    try:
        with connection.begin_nested():
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
            connection.execute(text("SET LOCAL lock_timeout = DEFAULT"))
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) != "55P03":  # lock_not_available
            raise
        return False
    return True


@contextmanager
def unindexed(
    connection: Connection, table: str, built: Callable[[int, int], None]
) -> Iterator[None]:
    """The table, `seize`d before, without its indexes (the primary key's stays) and foreign keys.

    ``built(done, total)`` hears how many are there again.
    """
    indexes = connection.execute(_INDEXES, {"table": table}).all()
    keys = connection.execute(_FOREIGN_KEYS, {"table": table}).all()
    for index in indexes:
        connection.execute(text(f"DROP INDEX {index.name}"))
    for key in keys:
        connection.execute(text(f'ALTER TABLE "{table}" DROP CONSTRAINT {key.name}'))
    yield
    connection.execute(text(f"SET LOCAL maintenance_work_mem = '{BUILD_MEMORY}'"))
    # Nobody has counted the rows yet, and PostgreSQL would sort them to check a foreign key.
    connection.execute(text("SET LOCAL enable_mergejoin = off"))
    again = [index.definition for index in indexes]
    again += [f'ALTER TABLE "{table}" ADD CONSTRAINT {key.name} {key.definition}' for key in keys]
    for done, statement in enumerate(again):
        built(done, len(again))
        connection.exec_driver_sql(statement)
    connection.execute(text("SET LOCAL enable_mergejoin = DEFAULT"))
    built(len(again), len(again))
