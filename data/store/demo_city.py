"""A store that holds the demo city and nothing else may be emptied, to make it anew; no other store ever is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from data.store import aside
from data.tables import Base

EDITION = "demo"
"""Under which name the params of its plans keep which demo city it is."""
KEY = "演示-"
"""How the numbers of its incidents begin."""

_SOURCED = "source IS DISTINCT FROM :source"
_NONE = "FALSE"
_STRANGE: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "regions", "buildings", "components", "lines", "greens", "addresses", "posts",
            "party_units", "estate_contacts", "departments", "catalogue_items",
        ),
        _SOURCED,
    ),
    "plans": f"{_SOURCED} OR created_by IS DISTINCT FROM :actor OR status NOT IN ('published', 'retired')",
    **dict.fromkeys(("plan_grids", "blocks", "plan_epoch", "incident_news", "city_changes"), _NONE),
    "plan_events": "actor IS DISTINCT FROM :actor",
    "incidents": f"NOT starts_with(source_id, '{KEY}') OR taken_by IS NOT NULL OR joined_to IS NOT NULL"
    " OR call_id IS NOT NULL",
}  # fmt: skip
"""Of each table, which rows are not the demo city's; of one that is not named here, all are."""


@dataclass(frozen=True, slots=True)
class Maker:
    """By whom the demo city is made: the ``source`` of its rows, and who made its plans."""

    source: str
    actor: str


def edition(connection: Connection, maker: Maker) -> str | None:
    """Which demo city a store holds; None where it was made before that was told, or there is none."""
    query = text(
        "SELECT params ->> :name FROM plans WHERE source = :source AND status = 'published' ORDER BY id LIMIT 1"
    )
    found: str | None = connection.scalar(query, {"name": EDITION, "source": maker.source})
    return found


def strangers(connection: Connection, maker: Maker) -> dict[str, int]:
    """How many rows of which tables are not the demo city's: what people did with it, too."""
    told = {"source": maker.source, "actor": maker.actor}
    counts = {
        name: connection.execute(
            text(f'SELECT count(*) FROM "{name}" WHERE {_STRANGE.get(name, "TRUE")}'), told
        ).scalar_one()
        for name in sorted(Base.metadata.tables)
    }
    return {name: int(count) for name, count in counts.items() if count}


def empty(connection: Connection, maker: Maker) -> bool:
    """Take the demo city out, within the caller's transaction. False, and nothing is changed, where there is anything
    else, or somebody won't let go of the tables."""
    names = sorted(Base.metadata.tables)
    listed = ", ".join(f'"{name}"' for name in names)
    try:
        with connection.begin_nested():
            connection.execute(text(f"SET LOCAL lock_timeout = '{aside.LOCK_TIMEOUT}'"))
            connection.execute(text(f"LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE"))
            connection.execute(text("SET LOCAL lock_timeout = DEFAULT"))
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) != "55P03":  # lock_not_available
            raise
        return False
    if strangers(connection, maker):
        return False
    emptied = [name for name in names if name != "plan_epoch"]  # it only grows
    # What keeps plans from being emptied keeps those of a city that somebody planned, which is not here.
    for name in emptied:
        connection.execute(text(f'ALTER TABLE "{name}" DISABLE TRIGGER USER'))
    connection.execute(text("TRUNCATE " + ", ".join(f'"{name}"' for name in emptied)))
    for name in emptied:
        connection.execute(text(f'ALTER TABLE "{name}" ENABLE TRIGGER USER'))
    return True
