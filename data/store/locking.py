"""What is held while incidents change, so that nobody waits in a circle.

In this order: plans (by id), the right to change several things (`alone` for a publication, `together` for everybody
else), plan_epoch, incidents (by id). Who changes one incident and asks nothing of plans needs only that. A publication
holds incidents before plan_epoch, and those that came meanwhile after it: that is why others must be `together`.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_SEVERAL = 7_340_881
"""PostgreSQL's advisory lock of this database for the right to change several things."""


def alone(connection: Connection) -> None:
    """Until the transaction ends nobody else changes several things, or the place of an incident."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:several)"), {"several": _SEVERAL})


def together(connection: Connection) -> None:
    """Wait for a publication, and let the next one wait until the transaction ends; before anything else is held."""
    connection.execute(text("SELECT pg_advisory_xact_lock_shared(:several)"), {"several": _SEVERAL})


def lock(connection: Connection, query: str) -> int:
    """Lock incidents until the transaction ends; how many. ``query``: SQL of ours that selects the ids of rows ``i``
    of incidents."""
    return lock_some(connection, query, "true")[0]


def lock_some(connection: Connection, query: str, which: str) -> tuple[int, int]:
    """The same; how many, and how many of them are so: by ``which`` of the columns that ``query`` selects."""
    counted = f"count(*), count(*) FILTER (WHERE {which})"
    held = f"SELECT {counted} FROM ({query} ORDER BY i.id FOR UPDATE OF i) held"
    found = connection.execute(text(held)).one()
    return int(found[0]), int(found[1])
