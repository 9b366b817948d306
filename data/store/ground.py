"""What lies on the ground: roads, rivers and bridges by class, and greens; each layer as it was last handed in."""

from __future__ import annotations

from collections.abc import Collection

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, delete, select

from data.store import bulk
from data.tables import Green, Line, Trace
from geo.model import LineClass

BRIDGE = "bridge"
LINE_CLASSES = (*(one.value for one in LineClass), BRIDGE)


def replace_lines(
    connection: Connection, lines: gpd.GeoDataFrame, *, classes: Collection[str] = LINE_CLASSES
) -> tuple[int, int]:
    """Put ``lines`` (class, name, source) in the place of all of these ``classes``: how many were added, replaced. What
    was drawn by hand (data.store.traces) stays: no file has it."""
    drawn = select(Trace.line_id).where(Trace.line_id == Line.id).exists()
    gone = connection.execute(delete(Line).where(Line.kind.in_(classes), ~drawn)).rowcount
    rows = pd.DataFrame(lines[["class", "name", "source"]])
    return bulk.copy_in(connection, Line, rows.assign(geom=bulk.hexes(lines.geometry))), gone


def replace_greens(connection: Connection, greens: gpd.GeoDataFrame) -> tuple[int, int]:
    """Put ``greens`` (name, source) in the place of all that are there: how many were added, replaced."""
    gone = connection.execute(delete(Green)).rowcount
    rows = pd.DataFrame(greens[["name", "source"]])
    return bulk.copy_in(connection, Green, rows.assign(geom=bulk.hexes(greens.geometry))), gone
