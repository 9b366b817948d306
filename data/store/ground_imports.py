"""Files with communities, buildings, roads: kept until somebody imports them, whichever process is asked; then who did
it and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from data.tables import GroundImport

MOST_BYTES = 1 << 30
"""Of all files that wait."""
MOST_LISTED = 50
"""Of those that were imported."""
_HEAD = (
    GroundImport.id, GroundImport.noun, GroundImport.file, GroundImport.size, GroundImport.digest,
    GroundImport.created_by, GroundImport.created_at, GroundImport.expires_at, GroundImport.imported_by,
    GroundImport.imported_at, GroundImport.result, GroundImport.returned.is_not(None).label("has_returned"),
)  # fmt: skip
_YOUNG = GroundImport.expires_at > func.clock_timestamp()
_WAITS = and_(GroundImport.imported_at.is_(None), _YOUNG)
_THERE = or_(GroundImport.imported_at.is_not(None), _YOUNG)


def put(
    connection: Connection, *, noun: str, file: str, content: bytes, digest: str, by: str
) -> int:
    """Keep a file; its number. What is too old goes."""
    connection.execute(delete(GroundImport).where(GroundImport.imported_at.is_(None), ~_YOUNG))
    old = update(GroundImport).where(GroundImport.returned.is_not(None), ~_YOUNG)
    connection.execute(old.values(returned=None))
    made = insert(GroundImport).values(
        noun=noun, file=file, size=len(content), digest=digest, content=content, created_by=by
    )
    return connection.execute(made.returning(GroundImport.id)).scalar_one()


def waiting_bytes(connection: Connection) -> int:
    """How many bytes wait."""
    total = select(func.coalesce(func.sum(GroundImport.size), 0)).where(_WAITS)
    return int(connection.execute(total).scalar_one())


def get(connection: Connection, number: int, *, hold: bool = False) -> RowMapping | None:
    """A file that waits (with ``content`` and ``wishes``) or was imported; None where there is none. ``hold``: nobody
    else imports it or throws it away until the transaction ends."""
    query = select(*_HEAD, GroundImport.content, GroundImport.wishes)
    query = query.where(GroundImport.id == number, _THERE)
    return connection.execute(query.with_for_update() if hold else query).mappings().first()


def listed(connection: Connection) -> Sequence[RowMapping]:
    """The files that wait, and the last that were imported; the latest first."""
    waits = select(*_HEAD).where(_WAITS)
    done = select(*_HEAD).where(GroundImport.imported_at.is_not(None))
    done = done.order_by(GroundImport.imported_at.desc()).limit(MOST_LISTED)
    rows = [*connection.execute(waits).mappings(), *connection.execute(done).mappings()]
    return sorted(rows, key=lambda row: -row["id"])


def before(connection: Connection, noun: str, digest: str) -> RowMapping | None:
    """The last import of the very same bytes as the same kind of thing: one file may hold a whole city."""
    query = select(*_HEAD).where(
        GroundImport.noun == noun,
        GroundImport.digest == digest,
        GroundImport.imported_at.is_not(None),
    )
    return connection.execute(query.order_by(GroundImport.imported_at.desc())).mappings().first()


def say(connection: Connection, number: int, wishes: Mapping[str, Any]) -> None:
    """Keep what was said of a file last."""
    waits = update(GroundImport).where(GroundImport.id == number, _WAITS)
    connection.execute(waits.values(wishes=dict(wishes)))


def imported(
    connection: Connection,
    number: int,
    *,
    by: str,
    wishes: Mapping[str, Any],
    result: Mapping[str, Any],
    returned: bytes | None,
) -> None:
    """Keep what came of a file in the place of its bytes."""
    done = update(GroundImport).where(GroundImport.id == number)
    now = func.clock_timestamp()
    told = {"wishes": dict(wishes), "result": dict(result), "returned": returned, "content": None}
    connection.execute(done.values(**told, imported_by=by, imported_at=now))


def returned(connection: Connection, number: int) -> bytes | None:
    """The rows of an imported file that somebody must complete, as a workbook."""
    query = select(GroundImport.returned).where(GroundImport.id == number)
    return connection.execute(query).scalar_one_or_none()


def discard(connection: Connection, number: int) -> RowMapping | None:
    """Throw a file away that waits; what it was, None where none does."""
    gone = delete(GroundImport).where(GroundImport.id == number, _WAITS)
    return connection.execute(gone.returning(*_HEAD)).mappings().first()
