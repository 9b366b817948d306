"""The building under a pin: one rule for whoever asks, of a caller's place and of incidents alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

UNDER_PIN_M = 30.0
"""How far from a pin that is in no outline a building is still taken for the one meant."""
_M_PER_DEGREE = 110_000.0
"""Less than any degree of latitude has; the cosine of the latitude widens a box of degrees eastwards."""
_HOUSE = """b.building_id, b.name, b.address, b.estate, b.kind, b.community_code, b.households, ST_X(b.point) AS lng,
    ST_Y(b.point) AS lat"""
_PIN = "ST_SetSRID(ST_Point(:lng, :lat), 4490)"


def under(point: str, columns: str = "b.building_id") -> str:
    """SQL of ours that selects ``columns`` of the building ``b`` under a point, and ``in_outline`` and ``metres``: the
    one whose outline covers it, else the nearest within UNDER_PIN_M; of several the lowest number."""
    dy = f"CAST({UNDER_PIN_M / _M_PER_DEGREE} AS float8)"
    around = f"ST_Expand({point}, {dy} / greatest(cosd(ST_Y({point})), 0.01), {dy})"
    return f"""{_found(point, columns)}
        WHERE (b.footprint && {around} OR b.point && {around}) AND {_metres(point)} <= {UNDER_PIN_M}
        ORDER BY in_outline DESC, metres, b.building_id LIMIT 1"""


def _found(point: str, columns: str) -> str:
    return f"""SELECT {columns}, COALESCE(ST_Covers(b.footprint, {point}), false) AS in_outline,
        {_metres(point)} AS metres FROM buildings b"""


def _metres(point: str) -> str:
    return f"ST_Distance(COALESCE(b.footprint, b.point)::geography, ({point})::geography)"


_UNDER = text(under(_PIN, _HOUSE))
_ONE = text(f"{_found(_PIN, _HOUSE)} WHERE b.building_id = :building_id")


def building_under(connection: Connection, *, lng: float, lat: float) -> dict[str, Any] | None:
    """The building under a place; with ``in_outline`` and ``metres``."""
    row = connection.execute(_UNDER, {"lng": lng, "lat": lat}).mappings().first()
    return None if row is None else dict(row)


def building(
    connection: Connection, building_id: str, *, lng: float, lat: float
) -> dict[str, Any] | None:
    """The building of that number, and how far it is from a place."""
    values = {"building_id": building_id, "lng": lng, "lat": lat}
    row = connection.execute(_ONE, values).mappings().first()
    return None if row is None else dict(row)
