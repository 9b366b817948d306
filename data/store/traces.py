"""What was drawn by hand: roads and rivers, which are lines of the ground, too, and outlines."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import shapely
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.engine import RowMapping

from data.tables import SRID, Level, Line, Region, Trace, TraceKind

_TOLD = (
    Trace.id, Trace.community_code, Trace.kind, Trace.line_class, Trace.name, Trace.line_id, Trace.actor, Trace.at,
    Trace.removed_by, Trace.removed_at, func.ST_AsGeoJSON(Trace.geom, 15, 0).label("geometry"),
    func.jsonb_array_length(Trace.estates).label("given"),
)  # fmt: skip
SOURCE = "traced by {who}"


def add(
    connection: Connection,
    shape: shapely.Geometry,
    *,
    community: str,
    kind: TraceKind,
    line_class: str | None,
    name: str | None,
    by: str,
) -> RowMapping:
    """Keep what was drawn (EPSG:4490), a road or river as a line of the ground as well; what is said of it."""
    geom = _shape(shape)
    made = insert(Trace).values(
        community_code=community, kind=kind, line_class=line_class, name=name, geom=geom, actor=by
    )
    number = connection.execute(made.returning(Trace.id)).scalar_one()
    _put_line(connection, number)
    return _one(connection, number)


def listed(
    connection: Connection, communities: Collection[str] | None = None
) -> Sequence[RowMapping]:
    """What was drawn (for some communities) and stands, the latest first."""
    query = select(*_TOLD).where(Trace.removed_at.is_(None)).order_by(Trace.id.desc())
    if communities is not None:
        query = query.where(Trace.community_code.in_(list(communities)))
    return connection.execute(query).mappings().all()


def hold(connection: Connection, number: int) -> RowMapping | None:
    """One of them, whether it stands or not; nobody changes it until the transaction ends."""
    query = select(*_TOLD).where(Trace.id == number).with_for_update()
    return connection.execute(query).mappings().first()


def remove(connection: Connection, trace: RowMapping, *, by: str) -> RowMapping:
    """Take it off the ground."""
    if trace["line_id"] is not None:
        connection.execute(delete(Line).where(Line.id == trace["line_id"]))
    gone = {"removed_by": by, "removed_at": func.clock_timestamp(), "line_id": None}
    connection.execute(update(Trace).where(Trace.id == trace["id"]).values(**gone))
    return _one(connection, trace["id"])


def restore(connection: Connection, trace: RowMapping) -> RowMapping:
    """Put it back where it was."""
    back = update(Trace).where(Trace.id == trace["id"]).values(removed_by=None, removed_at=None)
    connection.execute(back)
    _put_line(connection, trace["id"])
    return _one(connection, trace["id"])


def communities(connection: Connection, number: int) -> list[str]:
    """Through which communities it runs."""
    query = (
        select(Region.code)
        .join(Trace, Region.geom.ST_Intersects(Trace.geom))
        .where(Trace.id == number, Region.level == Level.COMMUNITY)
    )
    return sorted(connection.scalars(query))


def _put_line(connection: Connection, number: int) -> None:
    """The line of the ground that a road or river is."""
    columns = (
        Trace.line_class,
        Trace.name,
        func.replace(SOURCE, "{who}", Trace.actor),
        Trace.geom,
    )
    drawn = select(*columns).where(Trace.id == number, Trace.line_class.is_not(None))
    made = insert(Line).from_select(["class", "name", "source", "geom"], drawn)
    line = connection.execute(made.returning(Line.id)).scalar_one_or_none()
    connection.execute(update(Trace).where(Trace.id == number).values(line_id=line))


def _one(connection: Connection, number: int) -> RowMapping:
    return connection.execute(select(*_TOLD).where(Trace.id == number)).mappings().one()


def _shape(shape: shapely.Geometry) -> object:
    return func.ST_GeomFromWKB(shapely.to_wkb(shape), SRID)
