"""Roads, rivers and outlines that no file has: drawn by hand, part of the ground then, taken away and put back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import shapely
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor, Role
from api.services.counting import Recounted, count_again
from api.services.drafting import Shelf
from api.services.incidents import degrees
from data.store import regions, traces
from data.tables import TraceKind
from geo.crs import Datum
from geo.errors import Conflict, InputError, NotFound, OptionError
from geo.model import ROADS, LineClass

MOST_POINTS = 1000


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn. points: lng, lat in ``datum``. closed: an area, not a line; roads and rivers are lines.
    line_class: of a road."""

    kind: TraceKind
    points: Sequence[tuple[float, float]]
    datum: Datum
    closed: bool = False
    line_class: LineClass | None = None
    name: str | None = None


class Ground:
    """What planners draw on the ground of one database."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self.engine, self.shelf = engine, shelf

    def listed(self, communities: Collection[str] | None = None) -> Sequence[RowMapping]:
        """What was drawn and stands, the latest first."""
        with self.engine.connect() as connection:
            return traces.listed(connection, communities)

    def draw(self, actor: Actor, community: str, drawn: Drawn) -> RowMapping:
        """Keep what was drawn; drafts know of it at once, and no block is cut by that.

        NotFound "place-unknown"; OptionError "trace-class"; InputError "trace-shape".
        """
        actor.needs(Role.PLANNER)
        actor.reaches(community)
        line_class, shape = _class(drawn), _shape(drawn)
        with self.engine.begin() as connection:
            if community not in regions.codes(connection, level="community"):
                raise NotFound("place-unknown", code=community)
            row = traces.add(
                connection,
                shape,
                community=community,
                kind=drawn.kind,
                line_class=line_class,
                name=drawn.name,
                by=actor.who,
            )
            known = self._known(connection, actor, row, traced=row["id"])
        known.keep(self.shelf)
        return row

    def remove(self, actor: Actor, number: int) -> RowMapping:
        """Take it off the ground; what was cut along it stays cut. Conflict "trace-gone" where it is already."""
        with self.engine.begin() as connection:
            row = _held(connection, actor, number)
            if row["removed_at"] is not None:
                raise Conflict("trace-gone", id=number)
            row = traces.remove(connection, row, by=actor.who)
            known = self._known(connection, actor, row, untraced=number)
        known.keep(self.shelf)
        return row

    def restore(self, actor: Actor, number: int) -> RowMapping:
        """Put back what was taken away. Conflict "trace-there" where it is."""
        with self.engine.begin() as connection:
            row = _held(connection, actor, number)
            if row["removed_at"] is None:
                raise Conflict("trace-there", id=number)
            row = traces.restore(connection, row)
            known = self._known(connection, actor, row, traced=number)
        known.keep(self.shelf)
        return row

    def _known(
        self, connection: Connection, actor: Actor, row: RowMapping, **why: object
    ) -> Recounted:
        """Drafts around it, with the lines that there are now."""
        around = {row["community_code"], *traces.communities(connection, row["id"])}
        return count_again(connection, self.shelf, around, actor, why=why)


def _held(connection: Connection, actor: Actor, number: int) -> RowMapping:
    actor.needs(Role.PLANNER)
    row = traces.hold(connection, number)
    if row is None:
        raise NotFound("trace-unknown", id=number)
    actor.reaches(row["community_code"])
    return row


def _class(drawn: Drawn) -> str | None:
    """What a line is to a border; a road's must be told, an outline has none."""
    wanted: Collection[LineClass] = ()
    if drawn.kind is TraceKind.RIVER:
        if drawn.line_class in (None, LineClass.RIVER):
            return LineClass.RIVER.value
    elif drawn.kind is TraceKind.ROAD:
        wanted = ROADS
        if drawn.line_class in ROADS:
            return str(drawn.line_class)
    elif drawn.line_class is None:
        return None
    known = "、".join(wanted) or "null"
    raise OptionError("trace-class", kind=drawn.kind, value=drawn.line_class, known=known)


def _shape(drawn: Drawn) -> shapely.Geometry:
    """A line, or a polygon, EPSG:4490."""
    points = [degrees(x, y, datum=drawn.datum) for x, y in drawn.points]
    told = [
        point for point, last in zip(points, [None, *points[:-1]], strict=True) if point != last
    ]
    if drawn.closed and told and told[0] == told[-1]:
        told.pop()
    is_line = drawn.kind in (TraceKind.ROAD, TraceKind.RIVER)
    if (drawn.closed and is_line) or len(set(told)) < (3 if drawn.closed else 2):
        raise InputError("trace-shape")
    shape = shapely.Polygon(told) if drawn.closed else shapely.LineString(told)
    if drawn.closed and not shape.is_valid:
        raise InputError("trace-shape")
    return shape
