"""What the live list is told: which incidents came or changed since somebody last looked, exactly and in any order of
commits.

Who writes an incident leaves a row of `IncidentNews` in the same transaction. A reader's position is PostgreSQL's own
snapshot: what is told later is what that snapshot did not show, however long its transaction took. A NOTIFY only says
that it is worth looking; one that got lost costs the time until the next look.

Old rows are let go of. Of them one stays that names no incident, with the latest of their transactions: a position
that may not have seen all of those has missed many.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from sqlalchemy import Connection, text

CHANNEL = "incident_news"
MOST = 1000
"""Incidents that are told one by one; more are "many": then it is quicker to read the list again."""
KEPT_S = 86_400
"""How long a row is kept at least."""

_POSITION = re.compile(r"(\d{1,19}):(\d{1,19}):((?:\d{1,19}(?:,\d{1,19}){0,4000})?)", re.ASCII)
_NUMBER = "CAST(CAST({0} AS text) AS bigint)"
_LEAST, _BEYOND, _OWN = (
    _NUMBER.format(one)
    for one in (
        "pg_snapshot_xmin(pg_current_snapshot())",
        "pg_snapshot_xmax(pg_current_snapshot())",
        "pg_current_xact_id()",
    )
)
# Rows beyond what has begun here came with a copy of another server's database: here they never happened.
_LOOK = text(
    f"WITH heard AS (SELECT ids FROM incident_news WHERE xid >= :oldest AND xid < {_BEYOND} AND (ids = '{{}}'"
    " OR NOT pg_visible_in_snapshot(CAST(CAST(xid AS text) AS xid8), CAST(:snapshot AS pg_snapshot))) LIMIT :rows)"
    " SELECT CAST(pg_current_snapshot() AS text) AS snapshot, coalesce((SELECT bool_or(ids IS NULL OR ids = '{}')"
    " OR sum(cardinality(ids)) > :most OR count(*) = :rows FROM heard), false) AS many,"
    " ARRAY(SELECT DISTINCT CAST(unnest(ids) AS text) FROM heard) AS ids"
)
_VERSIONS = text("SELECT id, version FROM incidents WHERE id = ANY (CAST(:ids AS uuid[]))")
# Only what every present and future position has seen the end of; so it costs nobody but who has not looked since.
_FORGET = text(
    "WITH old AS (DELETE FROM incident_news WHERE"
    f" at < clock_timestamp() - make_interval(secs => :s) AND xid < {_LEAST}"
    f" OR xid >= {_BEYOND} AND xid <> {_OWN} RETURNING xid)"
    f" INSERT INTO incident_news (xid, ids) SELECT max(xid), '{{}}' FROM old WHERE xid < {_LEAST} HAVING count(*) > 0"
)
_LATEST = 1000
_STAND = text(
    "SELECT max(n), count(*) FROM (SELECT n FROM incident_news WHERE ids IS NULL OR ids <> '{}'"
    " ORDER BY n DESC LIMIT :latest) latest"
)


@dataclass(frozen=True, slots=True)
class News:
    """The incidents that came or changed and their versions now; ``many``: too many to tell one by one, or it is not
    known which. position: where the next look goes on."""

    position: str
    changed: Mapping[UUID, int]
    many: bool = False


def tell(connection: Connection, numbers: Collection[UUID] | None) -> None:
    """In the transaction that changed these incidents (None: many): who follows the live list hears of it when it
    commits."""
    if numbers is not None and not numbers:
        return
    ids = None if numbers is None else [str(number) for number in numbers]
    connection.execute(
        text("INSERT INTO incident_news (ids) VALUES (CAST(:ids AS uuid[]))"), {"ids": ids}
    )
    connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


def here(connection: Connection) -> str:
    """The position of whoever has read the list just now."""
    return look(connection, "").position


def look(connection: Connection, position: str) -> News:
    """What came since. A position that is none of ours, or from before what is kept, has missed many."""
    known = _read(position)
    params = {"snapshot": position if known else "1:1:", "oldest": known[0] if known else 1 << 62}
    row = connection.execute(_LOOK, params | {"rows": MOST + 1, "most": MOST}).one()
    now = _read(row.snapshot)
    if known is None or now is None or row.many or known[1] > now[1]:
        return News(row.snapshot, {}, many=True)
    if not row.ids:
        return News(row.snapshot, {})
    changed = connection.execute(_VERSIONS, {"ids": row.ids})
    return News(row.snapshot, {one.id: one.version for one in changed})


def forget(connection: Connection) -> None:
    """Let go of what is older than a day and has ended; who has not read it yet will have missed many."""
    connection.execute(_FORGET, {"s": KEPT_S})


def stand(connection: Connection) -> tuple[int | None, int]:
    """What tells two states of the incidents apart: it changes with whatever is told, also where what began earlier
    commits later."""
    newest, latest = connection.execute(_STAND, {"latest": _LATEST}).one()
    return newest, latest


def _read(position: str) -> tuple[int, int] | None:
    """The bounds of a snapshot: below the first all is over. None for what PostgreSQL would not take as one."""
    found = _POSITION.fullmatch(position)
    if found is None:
        return None
    least, most, running = int(found[1]), int(found[2]), found[3]
    numbers = [int(number) for number in running.split(",") if number]
    ascending = all(one < other for one, other in pairwise(numbers))
    bounded = all(least <= number < most for number in numbers)
    if not (0 < least <= most < 1 << 62 and ascending and bounded):
        return None
    return least, most
