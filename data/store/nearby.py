"""Open incidents around a place, and those that wait for one: what a further call may be about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.engine import RowMapping

MOST = 500
"""Rows that are looked at, the newest first."""
M_PER_DEGREE = 110_500.0
"""Of latitude, at least: for a box that certainly holds the circle."""

_COLUMNS = """i.id, i.source, i.source_id, i.kind, i.catalogue_code, i.category, i.note, i.place, i.how, i.grid_code,
    i.status, i.reported_at, i.recorded_at, i.closed_at, i.joined_to, i.call_id, i.taken_by, i.taken_at, i.version,
    ST_X(i.point) AS lng, ST_Y(i.point) AS lat, c.name AS item, c.category AS item_category,
    extract(epoch FROM clock_timestamp() - i.reported_at) / 60 AS minutes"""
_FROM = "FROM incidents i LEFT JOIN catalogue_items c ON c.code = i.catalogue_code"
_OPEN = "i.closed_at IS NULL AND i.reported_at >= :since AND i.id IS DISTINCT FROM CAST(:exclude AS uuid)"
_AROUND = f"""
    WITH pin AS (SELECT ST_SetSRID(ST_Point(:lng, :lat), 4490) AS point),
    house AS (
        SELECT coalesce(footprint, point) AS shape, footprint IS NULL AS lone FROM buildings
            WHERE building_id = CAST(:building AS text)
        UNION ALL SELECT footprint, false FROM buildings, pin
            WHERE CAST(:building AS text) IS NULL AND ST_Covers(footprint, pin.point)
        LIMIT 1),
    box AS (SELECT pin.point, house.shape, house.lone,
        ST_Expand(ST_Envelope(ST_Collect(pin.point, coalesce(house.shape, pin.point))), :dx, :dy) AS around
        FROM pin LEFT JOIN house ON true)
    SELECT {_COLUMNS}, ST_Distance(CAST(i.point AS geography), CAST(box.point AS geography)) AS metres,
        coalesce(ST_Distance(CAST(i.point AS geography), CAST(box.shape AS geography))
            <= CASE WHEN box.lone THEN :beside_m ELSE :eaves_m END, false) AS in_house
    FROM box JOIN incidents i ON i.point && box.around LEFT JOIN catalogue_items c ON c.code = i.catalogue_code
    WHERE {_OPEN} ORDER BY i.reported_at DESC, i.id DESC LIMIT :most"""
_RECENT = f"""
    SELECT {_COLUMNS}, CAST(NULL AS float8) AS metres, false AS in_house {_FROM}
    WHERE (i.point IS NULL OR :anywhere) AND {_OPEN} ORDER BY i.reported_at DESC, i.id DESC LIMIT :most"""

BESIDE_M, EAVES_M = 20.0, 5.0
"""So near a building that is a point, or an outline, a pin is the building's."""


@dataclass(frozen=True, slots=True)
class Around:
    """Where to look: EPSG:4490 degrees, and the building that was chosen (None: the one whose outline covers it)."""

    lng: float
    lat: float
    radius_m: float
    building: str | None = None


def around(
    connection: Connection, place: Around, *, since: datetime, exclude: UUID | None = None
) -> Sequence[RowMapping]:
    """Open incidents in the box around a circle and a building, reported since: what is told of an incident, and
    ``item``, ``item_category`` of the catalogue, ``minutes`` since, ``metres`` away, ``in_house`` (that building)."""
    dy = max(place.radius_m, BESIDE_M) / M_PER_DEGREE
    params = {
        "lng": place.lng,
        "lat": place.lat,
        "building": place.building,
        "dx": dy / max(cos(radians(place.lat)), 1e-3),
        "dy": dy,
        "beside_m": BESIDE_M,
        "eaves_m": EAVES_M,
    }
    return _rows(connection, _AROUND, since=since, exclude=exclude, **params)


def recent(
    connection: Connection, *, since: datetime, exclude: UUID | None = None, anywhere: bool
) -> Sequence[RowMapping]:
    """Open incidents whose place is unknown, or all of them (``anywhere``); the same columns, metres None."""
    return _rows(connection, _RECENT, since=since, exclude=exclude, anywhere=anywhere)


def matter(
    connection: Connection, *, category: str | None, code: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """What is known of a matter: component or matter (None where the catalogue has both or neither), and its words:
    category and name of the item."""
    if code is None and category is None:
        return None, ()
    query = text(
        "SELECT kind, category, name FROM catalogue_items"
        " WHERE CASE WHEN CAST(:code AS text) IS NULL THEN category = :category ELSE code = :code END"
    )
    rows = connection.execute(query, {"code": code, "category": category}).all()
    kinds = {row.kind for row in rows}
    said = [category]
    if code is not None:
        said += [word for row in rows for word in (row.category, row.name)]
    known = tuple(dict.fromkeys(word for word in said if word))
    return kinds.pop() if len(kinds) == 1 else None, known


def _rows(
    connection: Connection, query: str, *, since: datetime, exclude: UUID | None, **params: object
) -> Sequence[RowMapping]:
    known = {"since": since, "exclude": exclude and str(exclude), "most": MOST, **params}
    return connection.execute(text(query), known).mappings().all()
