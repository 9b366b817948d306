"""Map tiles of buildings, as Mapbox vector tiles made by PostGIS."""

from __future__ import annotations

from sqlalchemy import Connection, text

from geo.disclosure import FLOOR

SINGLE_FROM, OUTLINES_FROM = 16, 16
"""The zooms from which every building is in its tiles with what is known of it, and with its outline. From further away
a tile has one mark a kind and square of 2 pixels: more would lie under one another."""

_AREA = """
WITH area AS (
  SELECT web, ST_SetSRID(ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.016), 4326), 4490) AS deg
  FROM ST_TileEnvelope(:z, :x, :y) AS web
)"""
# The margin is the buffer of 64 in 4096: what lies across the edge reaches into the tile.
# CGCS2000 is WGS 84 here (docs/architecture.md): no datum shift, no detour through a grid file.
_WEB = "ST_AsMVTGeom(ST_Transform(ST_SetSRID({shape}, 4326), 3857), web, 4096, 64, true)"

_SINGLE = f"""{_AREA}, marks AS (
  SELECT building_id AS id, name, kind, estate, community_code AS community, households,
    CASE WHEN residents > 0 AND residents < :few THEN -1 ELSE residents END AS residents,
    footprint IS NOT NULL AS outlined,
    {_WEB.format(shape="point")} AS geom
  FROM buildings, area WHERE point && deg
), outlines AS (
  SELECT kind, {_WEB.format(shape="footprint")} AS geom
  FROM buildings, area WHERE footprint && deg AND :outlined
)
SELECT (SELECT ST_AsMVT(m, 'buildings') FROM marks m WHERE geom IS NOT NULL)
  || (SELECT ST_AsMVT(o, 'outlines') FROM outlines o WHERE geom IS NOT NULL)
"""
_THINNED = f"""{_AREA}, near AS (
  SELECT kind, ST_Transform(ST_SetSRID(point, 4326), 3857) AS at, web,
    (ST_XMax(web) - ST_XMin(web)) / 128 AS step
  FROM buildings, area WHERE point && deg
), marks AS (
  SELECT DISTINCT ON (kind, floor(ST_X(at) / step), floor(ST_Y(at) / step))
    kind, ST_AsMVTGeom(at, web, 4096, 64, true) AS geom
  FROM near
)
SELECT ST_AsMVT(m, 'buildings') FROM marks m WHERE geom IS NOT NULL
"""


def buildings(connection: Connection, x: int, y: int, *, zoom: int) -> bytes:
    """The tile in column x and row y; no bytes where nothing is.

    Layers: ``buildings``, points with their kind and, from SINGLE_FROM, id, name, estate, community, households,
    residents (-1: fewer than FLOOR people), outlined; and, from OUTLINES_FROM, ``outlines``, polygons with their kind.
    """
    single = zoom >= SINGLE_FROM
    where = {"z": zoom, "x": x, "y": y}
    about = {"few": FLOOR, "outlined": zoom >= OUTLINES_FROM} if single else {}
    made = connection.scalar(text(_SINGLE if single else _THINNED), where | about)
    return bytes(made or b"")
