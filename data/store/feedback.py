"""What answers say about the plan: places that dispatchers corrected into another grid, that lie on a boundary or
outside of every grid."""

from __future__ import annotations

from datetime import datetime

import geopandas as gpd
import shapely
from sqlalchemy import Connection, text

from geo.model import CRS

KINDS = ("corrected", "boundary", "outside")
CELL_DEG = 1e-4
"""Places within about 10 m are one."""

_NUMBER = "CAST(e.detail -> '{0}' ->> '{1}' AS float8)"
_POINT = "ST_SetSRID(ST_Point({0}, {1}), 4490)"
_NEW, _OLD = (
    _POINT.format(_NUMBER.format(which, "lng"), _NUMBER.format(which, "lat"))
    for which in ("new", "old")
)
_QUERY = text(
    f"""
    WITH told AS (
        SELECT 'corrected' AS kind, e.detail -> 'new' ->> 'grid_code' AS grid_code,
            e.detail -> 'old' ->> 'grid_code' AS other_code, e.at, i.place, {_NEW} AS point,
            ST_Distance(CAST({_OLD} AS geography), CAST({_NEW} AS geography)) AS metres
        FROM incident_events e JOIN incidents i ON i.id = e.incident_id
        WHERE e.what = 'corrected'
            AND e.detail -> 'new' ->> 'grid_code' IS DISTINCT FROM e.detail -> 'old' ->> 'grid_code'
        UNION ALL
        SELECT how, coalesce(grid_code, nearest_code), NULL, reported_at, place, point, nearest_m FROM incidents
        WHERE how IN ('boundary', 'outside') AND status IN ('open', 'closed')
    )
    SELECT kind, grid_code, other_code, count(*) AS count, min(at) AS first_at, max(at) AS last_at,
        (array_agg(place ORDER BY at DESC) FILTER (WHERE place IS NOT NULL))[1] AS place, avg(metres) AS metres,
        ST_AsBinary(ST_Centroid(ST_Collect(point))) AS wkb
    FROM told
    WHERE (CAST(:since AS timestamptz) IS NULL OR at >= :since) AND (CAST(:until AS timestamptz) IS NULL OR at < :until)
        AND (CAST(:kind AS text) IS NULL OR kind = :kind)
        AND (CAST(:under AS text) IS NULL OR starts_with(grid_code, :under) OR starts_with(other_code, :under))
    GROUP BY kind, grid_code, other_code, ST_SnapToGrid(point, :cell)
    ORDER BY count DESC, last_at DESC, kind, grid_code, other_code, wkb"""
)


def places(
    connection: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    kind: str | None = None,
    under: str | None = None,
) -> gpd.GeoDataFrame:
    """One row a place and matter, the most frequent first (EPSG:4490 points).

    kind: corrected (``other_code``, the grid that was answered, became ``grid_code``; either null: outside), boundary
    (``grid_code`` got it by the rule), outside (``grid_code`` is the nearest). count; first_at, last_at: when it was
    corrected or reported; place: what was said of it last; metres: how far it was moved, or lies outside, on average.
    Filters: half open in time, ``under`` grid codes that begin so.
    """
    asked = {"since": since, "until": until, "kind": kind, "under": under, "cell": CELL_DEG}
    result = connection.execute(_QUERY, asked)
    rows = result.all()
    columns = {name: [row[n] for row in rows] for n, name in enumerate(result.keys())}
    shapes = shapely.from_wkb([bytes(wkb) for wkb in columns.pop("wkb")])
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)
