"""Buildings, with what arrived beside what we made of it."""

from __future__ import annotations

from collections.abc import Collection

import geopandas as gpd
import pandas as pd
from shapely import Point
from sqlalchemy import Connection, func, select

from data.store import bulk
from data.tables import Building

COLUMNS = (
    "building_id", "community_code", "kind", "estate", "name", "address", "households", "residents",
    "residents_basis", "units", "households_estimated", "residents_estimated", "raw_x", "raw_y", "raw_datum",
    "source", "extra", "as_of",
)  # fmt: skip


KEEP_KNOWN = (
    "community_code", "kind", "estate", "name", "address", "households", "residents_basis", "units",
    "raw_x", "raw_y", "raw_datum", "footprint", "as_of",
)  # fmt: skip
"""Columns in which an unknown value never replaces a known one."""

_GUESSED = "excluded.residents_estimated AND NOT t.residents_estimated AND t.residents IS NOT NULL"
_UPDATES = {
    **{name: f"COALESCE(excluded.{name}, t.{name})" for name in KEEP_KNOWN},
    "residents": f"CASE WHEN {_GUESSED} THEN t.residents"
    " ELSE COALESCE(excluded.residents, t.residents) END",
    "residents_estimated": f"CASE WHEN excluded.residents IS NULL OR ({_GUESSED})"
    " THEN t.residents_estimated ELSE excluded.residents_estimated END",
    "extra": "t.extra || excluded.extra",
}


def merge(connection: Connection, buildings: gpd.GeoDataFrame) -> bulk.Merged:
    """Add or update buildings by building_id. A polygon becomes the footprint and a point inside it the point; beside
    points the footprint may be in a column of that name.

    What a new row does not know (null) stays as it was; an estimate never replaces a count.
    """
    kept = pd.DataFrame(buildings[[name for name in COLUMNS if name in buildings]])
    shapes = buildings.geometry
    flat = shapes.geom_type == "Point"
    kept["point"] = bulk.hexes(shapes.where(flat, shapes.representative_point()))
    kept["footprint"] = bulk.hexes(shapes.where(~flat, buildings.get("footprint")))
    return bulk.merge(connection, Building, kept, key=["building_id"], updates=_UPDATES)


def keys(connection: Connection) -> set[str]:
    """The ids of all buildings."""
    return set(connection.scalars(select(Building.building_id)))


def points(connection: Connection, building_ids: Collection[str]) -> dict[str, Point]:
    """The points of some buildings by id."""
    query = select(Building.building_id, func.ST_X(Building.point), func.ST_Y(Building.point))
    rows = connection.execute(query.where(Building.building_id.in_(list(building_ids))))
    return {number: Point(x, y) for number, x, y in rows}


def estates(connection: Connection) -> dict[str, set[str]]:
    """The names of estates, each with the codes of the communities that have one of that name."""
    query = select(Building.estate, Building.community_code).distinct()
    found: dict[str, set[str]] = {}
    for name, community in connection.execute(query):
        if name is not None:
            found.setdefault(name, set()).update([community] if community else [])
    return found
