"""Whether anything of the city has changed: what stands in it and who answers for it; not its plans (their epoch tells)
and not incidents (news.py). Triggers keep a row for each statement that changed something."""

from __future__ import annotations

from sqlalchemy import Connection, text

KEPT_S = 86_400
_LATEST = 1000
_STAND = text(
    "SELECT max(n), count(*) FROM (SELECT n FROM city_changes ORDER BY n DESC LIMIT :latest) latest"
)
_FORGET = text(
    "DELETE FROM city_changes WHERE at < clock_timestamp() - make_interval(secs => :s)"
    " AND n < (SELECT max(n) FROM city_changes) - :latest"
)


def stand(connection: Connection) -> tuple[int | None, int]:
    """What tells two states of the city apart, also where what began earlier commits later."""
    newest, latest = connection.execute(_STAND, {"latest": _LATEST}).one()
    return newest, latest


def forget(connection: Connection) -> None:
    """Let go of old rows that `stand` does not look at."""
    connection.execute(_FORGET, {"s": KEPT_S, "latest": _LATEST})
