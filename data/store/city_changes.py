"""Whether anything of the city has changed: what stands in it, who answers for it and what it is called; not its plans
(their epoch tells) and not incidents (news.py). Triggers keep a row for each statement that changed something."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text

SEEN = (
    "regions", "buildings", "components", "lines", "greens", "posts", "party_units", "estate_contacts",
)  # fmt: skip
"""What a page shows."""
SAID = ("addresses", "buildings", "import_pending", "lines", "regions")
"""What words come from."""
KEPT_S = 86_400
_LATEST = 1000
_STAND = text(
    "SELECT max(n), sum(n) FROM (SELECT n FROM city_changes WHERE what = ANY(:what) ORDER BY n DESC LIMIT :latest) one"
)
_FORGET = text(
    "DELETE FROM city_changes WHERE at < clock_timestamp() - make_interval(secs => :s)"
    " AND n < (SELECT max(n) FROM city_changes) - :latest"
)

Stand = tuple[int | None, int | None]


def stand(connection: Connection, what: Collection[str] = SEEN) -> Stand:
    """What tells two states of some tables apart, also where what began earlier commits later."""
    newest, latest = connection.execute(_STAND, {"what": list(what), "latest": _LATEST}).one()
    return newest, None if latest is None else int(latest)


def forget(connection: Connection) -> None:
    """Let go of old rows that `stand` does not look at."""
    connection.execute(_FORGET, {"s": KEPT_S, "latest": _LATEST})
