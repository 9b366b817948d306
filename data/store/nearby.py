"""Open incidents around a place, and those that wait for one: what a further call may be about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.engine import RowMapping

from data.store import incidents, pin

MOST = 500
"""Rows that are looked at, the newest first."""
M_PER_DEGREE = 110_500.0
"""Of latitude, at least: for a box that certainly holds the circle."""

_COLUMNS = f"""{incidents.told("i")}, c.name AS item, c.category AS item_category,
    extract(epoch FROM clock_timestamp() - i.reported_at) / 60 AS minutes"""
_FROM = "FROM incidents i LEFT JOIN catalogue_items c ON c.code = i.catalogue_code"
_OPEN = "i.closed_at IS NULL AND i.reported_at >= :since AND i.id IS DISTINCT FROM CAST(:exclude AS uuid)"
_AROUND = f"""
    WITH pin AS (SELECT ST_SetSRID(ST_Point(:lng, :lat), 4490) AS point),
    house AS (
        SELECT building_id, coalesce(footprint, point) AS shape FROM buildings
        WHERE building_id = coalesce(CAST(:building AS text),
            (SELECT u.building_id FROM pin, LATERAL ({pin.under("pin.point")}) u))),
    box AS (SELECT pin.point, house.building_id, house.shape,
        ST_Expand(ST_Envelope(ST_Collect(pin.point, coalesce(house.shape, pin.point))), :dx, :dy) AS around
        FROM pin LEFT JOIN house ON true)
    SELECT {_COLUMNS}, ST_Distance(CAST(i.point AS geography), CAST(box.point AS geography)) AS metres,
        CASE WHEN ST_Distance(CAST(i.point AS geography), CAST(box.shape AS geography)) <= {pin.UNDER_PIN_M}
            THEN box.building_id = (SELECT u.building_id FROM ({pin.under("i.point")}) u) ELSE false END AS in_house
    FROM box JOIN incidents i ON i.point && box.around LEFT JOIN catalogue_items c ON c.code = i.catalogue_code
    WHERE {_OPEN} ORDER BY i.reported_at DESC, i.id DESC LIMIT :most"""
_RECENT = f"""
    SELECT {_COLUMNS}, CAST(NULL AS float8) AS metres, false AS in_house {_FROM}
    WHERE (i.point IS NULL OR :anywhere) AND {_OPEN} ORDER BY i.reported_at DESC, i.id DESC LIMIT :most"""


@dataclass(frozen=True, slots=True)
class Around:
    """Where to look: EPSG:4490 degrees, and the building that was chosen (None: the one under the pin)."""

    lng: float
    lat: float
    radius_m: float
    building: str | None = None


def around(
    connection: Connection, place: Around, *, since: datetime, exclude: UUID | None = None
) -> Sequence[RowMapping]:
    """Open incidents in the box around a circle and a building, reported since: what is told of an incident, and
    ``item``, ``item_category`` of the catalogue, ``minutes`` since, ``metres`` away, ``in_house`` (that building)."""
    dy = max(place.radius_m, pin.UNDER_PIN_M) / M_PER_DEGREE
    params = {
        "lng": place.lng,
        "lat": place.lat,
        "building": place.building,
        "dx": dy / max(cos(radians(place.lat)), 1e-3),
        "dy": dy,
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
