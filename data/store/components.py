"""部件: lamps, manhole covers, hydrants and whatever else stands in the street."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection

from data.store import bulk
from data.tables import Component

COLUMNS = (
    "component_id", "kind", "catalogue_code", "raw_x", "raw_y", "raw_datum", "as_of", "source",
)  # fmt: skip
KEEP_KNOWN = ("catalogue_code", "as_of")
"""Columns in which an unknown value never replaces a known one."""


def merge(connection: Connection, components: gpd.GeoDataFrame) -> bulk.Merged:
    """Add or update 部件 (COLUMNS; points in EPSG:4490) by component_id."""
    kept = pd.DataFrame(components[[name for name in COLUMNS if name in components]])
    kept["point"] = bulk.hexes(components.geometry)
    updates = {name: f"COALESCE(excluded.{name}, t.{name})" for name in KEEP_KNOWN}
    return bulk.merge(connection, Component, kept, key=["component_id"], updates=updates)
