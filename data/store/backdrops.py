"""Images that a community is traced over, with their control points."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.engine import RowMapping

from data.tables import Backdrop

_TOLD = (
    Backdrop.id, Backdrop.community_code, Backdrop.name, Backdrop.media_type, Backdrop.width, Backdrop.height,
    Backdrop.points, Backdrop.version, Backdrop.actor, Backdrop.at,
)  # fmt: skip


def add(connection: Connection, **values: Any) -> RowMapping:
    """Keep an image; what is said of it."""
    made = insert(Backdrop).values(**values).returning(*_TOLD)
    return connection.execute(made).mappings().one()


def listed(
    connection: Connection, communities: Collection[str] | None = None
) -> Sequence[RowMapping]:
    """All images (of some communities), without their bytes, the latest first."""
    query = select(*_TOLD).order_by(Backdrop.id.desc())
    if communities is not None:
        query = query.where(Backdrop.community_code.in_(list(communities)))
    return connection.execute(query).mappings().all()


def one(connection: Connection, number: int, *, hold: bool = False) -> RowMapping | None:
    """One image, without its bytes. ``hold``: nobody changes it until the transaction ends."""
    query = select(*_TOLD).where(Backdrop.id == number)
    return connection.execute(query.with_for_update() if hold else query).mappings().first()


def content(connection: Connection, number: int) -> tuple[str, bytes] | None:
    """Its type and bytes."""
    query = select(Backdrop.media_type, Backdrop.image).where(Backdrop.id == number)
    row = connection.execute(query).first()
    return None if row is None else (str(row[0]), bytes(row[1]))


def set_points(
    connection: Connection, number: int, points: Sequence[Mapping[str, Any]]
) -> RowMapping:
    """Put control points in the place of those that it has: its next version."""
    told = {"points": [dict(one) for one in points], "version": Backdrop.version + 1}
    change = update(Backdrop).where(Backdrop.id == number).values(**told)
    return connection.execute(change.returning(*_TOLD)).mappings().one()


def remove(connection: Connection, number: int) -> None:
    """Throw an image away."""
    connection.execute(delete(Backdrop).where(Backdrop.id == number))
