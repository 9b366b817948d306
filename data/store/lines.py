"""Roads, rivers and bridges, kept source by source."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, delete

from data.store import bulk
from data.tables import Line


def replace(connection: Connection, lines: gpd.GeoDataFrame, *, source: str) -> int:
    """Put ``lines`` (class, name; class a LineClass or ``bridge``) in the place of all from ``source``."""
    connection.execute(delete(Line).where(Line.source == source))
    rows = pd.DataFrame(lines[["class", "name"]]).assign(
        source=source, geom=bulk.hexes(lines.geometry)
    )
    return bulk.copy_in(connection, Line, rows)
