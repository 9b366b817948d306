"""Many incidents locked at once, in the order of their ids as everywhere (handling.py): nobody waits in a circle."""

from __future__ import annotations

from sqlalchemy import Connection, text


def lock(connection: Connection, query: str) -> int:
    """Lock incidents until the transaction ends; how many. ``query``: SQL of ours that selects the ids of rows ``i``
    of incidents."""
    held = f"SELECT count(*) FROM ({query} ORDER BY i.id FOR UPDATE OF i) held"
    return int(connection.execute(text(held)).scalar_one())
