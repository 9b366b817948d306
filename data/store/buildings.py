"""Buildings, with what arrived beside what we made of it."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, select

from data.store import bulk
from data.tables import Building

COLUMNS = (
    "building_id", "community_code", "kind", "estate", "name", "address", "households", "residents",
    "residents_basis", "households_estimated", "residents_estimated", "raw_x", "raw_y", "raw_datum",
    "source", "extra",
)  # fmt: skip


def merge(connection: Connection, buildings: gpd.GeoDataFrame) -> bulk.Merged:
    """Add or update buildings by building_id. A polygon becomes the footprint and a point inside it the point."""
    kept = pd.DataFrame(buildings[[name for name in COLUMNS if name in buildings]])
    shapes = buildings.geometry
    flat = shapes.geom_type == "Point"
    kept["point"] = bulk.hexes(shapes.where(flat, shapes.representative_point()))
    kept["footprint"] = bulk.hexes(shapes.where(~flat, None))
    return bulk.merge(connection, Building, kept, key=["building_id"])


def keys(connection: Connection) -> set[str]:
    """The ids of all buildings."""
    return set(connection.scalars(select(Building.building_id)))
