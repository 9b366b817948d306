"""Files with plans drawn elsewhere, kept until somebody accepts them: whichever process is asked next has them, and a
browser that dies loses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.engine import RowMapping

from data.tables import PlanImport

MOST_BYTES = 1 << 30
"""Of all files that wait."""
_HEAD = (
    PlanImport.id,
    PlanImport.file,
    func.octet_length(PlanImport.content).label("size"),
    PlanImport.created_by,
    PlanImport.created_at,
    PlanImport.expires_at,
)
_LIVING = PlanImport.expires_at > func.clock_timestamp()


def put(connection: Connection, *, file: str, content: bytes, by: str) -> int:
    """Keep a file; its number. What is too old goes."""
    connection.execute(delete(PlanImport).where(~_LIVING))
    made = insert(PlanImport).values(file=file, content=content, created_by=by)
    return connection.execute(made.returning(PlanImport.id)).scalar_one()


def size(connection: Connection) -> int:
    """How many bytes wait."""
    total = select(func.coalesce(func.sum(func.octet_length(PlanImport.content)), 0))
    return int(connection.execute(total.where(_LIVING)).scalar_one())


def get(connection: Connection, number: int) -> RowMapping | None:
    """A file that waits, with its bytes and what was said of it; None where there is none."""
    query = select(*_HEAD, PlanImport.content, PlanImport.wishes)
    return connection.execute(query.where(PlanImport.id == number, _LIVING)).mappings().first()


def take(connection: Connection, number: int) -> RowMapping | None:
    """The same, and it waits no more; of two who take it the second gets None."""
    gone = delete(PlanImport).where(PlanImport.id == number, _LIVING)
    return connection.execute(gone.returning(*_HEAD, PlanImport.content)).mappings().first()


def say(connection: Connection, number: int, wishes: Mapping[str, Any]) -> None:
    """Keep what was said of a file last."""
    connection.execute(
        update(PlanImport).where(PlanImport.id == number).values(wishes=dict(wishes))
    )


def listed(connection: Connection) -> Sequence[RowMapping]:
    """The files that wait, the latest first."""
    query = select(*_HEAD).where(_LIVING).order_by(PlanImport.id.desc())
    return connection.execute(query).mappings().all()
