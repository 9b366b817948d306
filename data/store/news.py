"""What the live list is told: which incidents came or changed since somebody last looked, exactly and in any order of
commits.

Who writes an incident leaves a row of `IncidentNews` in the same transaction. A reader's position is PostgreSQL's own
snapshot: what is told later is what that snapshot did not show, however long its transaction took. A NOTIFY only says
that it is worth looking; one that got lost costs the time until the next look.
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

_POSITION = re.compile(
    r"(\d{1,12})/(\d{1,19}):(\d{1,19}):((?:\d{1,19}(?:,\d{1,19}){0,4000})?)", re.ASCII
)
_LOOK = text(
    "WITH heard AS (SELECT ids FROM incident_news WHERE xid >= :oldest AND NOT pg_visible_in_snapshot("
    " CAST(CAST(xid AS text) AS xid8), CAST(:snapshot AS pg_snapshot)) LIMIT :rows)"
    " SELECT CAST(pg_current_snapshot() AS text) AS snapshot,"
    " CAST(extract(epoch FROM clock_timestamp()) AS bigint) AS now_s,"
    " coalesce((SELECT bool_or(ids IS NULL) OR sum(cardinality(ids)) > :most OR count(*) = :rows FROM heard), false)"
    " AS many, ARRAY(SELECT DISTINCT CAST(unnest(ids) AS text) FROM heard) AS ids"
)
_VERSIONS = text("SELECT id, version FROM incidents WHERE id = ANY (CAST(:ids AS uuid[]))")


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
    ids = None if numbers is None else [str(number) for number in numbers]
    connection.execute(
        text("INSERT INTO incident_news (ids) VALUES (CAST(:ids AS uuid[]))"), {"ids": ids}
    )
    connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


def here(connection: Connection) -> str:
    """The position of whoever has read the list just now."""
    return look(connection, "").position


def look(connection: Connection, position: str) -> News:
    """What came since. A position that is none of ours, or older than what is kept, has missed many."""
    known = _read(position)
    snapshot = known[1] if known else "1:1:"
    oldest = int(snapshot.split(":")[0]) if known else 1 << 62
    params = {"snapshot": snapshot, "oldest": oldest, "rows": MOST + 1, "most": MOST}
    row = connection.execute(_LOOK, params).one()
    after = f"{row.now_s}/{row.snapshot}"
    if known is None or row.many or row.now_s - known[0] > KEPT_S:
        return News(after, {}, many=True)
    if not row.ids:
        return News(after, {})
    changed = connection.execute(_VERSIONS, {"ids": row.ids})
    return News(after, {one.id: one.version for one in changed})


def forget(connection: Connection) -> None:
    """Let go of what is older than a day."""
    old = text("DELETE FROM incident_news WHERE at < clock_timestamp() - make_interval(secs => :s)")
    connection.execute(old, {"s": KEPT_S + 3600})


def _read(position: str) -> tuple[int, str] | None:
    """When, and the snapshot; None for what PostgreSQL would not take as one."""
    found = _POSITION.fullmatch(position)
    if found is None:
        return None
    at, least, most, running = int(found[1]), int(found[2]), int(found[3]), found[4]
    numbers = [int(number) for number in running.split(",") if number]
    ascending = all(one < other for one, other in pairwise(numbers))
    bounded = all(least <= number < most for number in numbers)
    if not (0 < least <= most < 1 << 62 and ascending and bounded):
        return None
    return at, f"{least}:{most}:{running}"
