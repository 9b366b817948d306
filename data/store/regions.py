"""Regions: city, streets, communities and their outlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Row, select, text, update
from sqlalchemy.orm import aliased

from data.store import bulk
from data.tables import Plan, PlanStatus, Region
from geo.model import BOUND_COLUMNS, SizeRule

COLUMNS = (
    "code",
    "name",
    "level",
    "kind",
    "parent_code",
    "planned_grids",
    *BOUND_COLUMNS,
    "source",
    "raw_datum",
)


def merge(connection: Connection, regions: gpd.GeoDataFrame) -> bulk.Merged:
    """Add or update regions by code. The shape given becomes the outline in use and, unless
    the frame has ``source_geom``, the delivered one.

    A region without shape keeps the outline that it has. Parents may come in the same frame, in any order.
    """
    kept = regions[[name for name in COLUMNS if name in regions]].copy()
    blank = np.asarray(regions.geometry.isna())
    counts = [bulk.merge(connection, Region, kept[blank], key=["code"])]
    kept["geom"] = bulk.hexes(regions.geometry)
    delivered = regions.get("source_geom", regions.geometry)
    kept["source_geom"] = bulk.hexes(delivered)
    counts.append(bulk.merge(connection, Region, kept[~blank], key=["code"]))
    return bulk.Merged(
        added=sum(count.added for count in counts), updated=sum(count.updated for count in counts)
    )


def bounds(connection: Connection) -> tuple[float, float, float, float] | None:
    """West, south, east, north of all outlines, degrees; None where there is none."""
    box = "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(geom) e FROM regions) r"
    west, south, east, north = connection.execute(text(box)).one()
    return None if west is None else (west, south, east, north)


def with_grids(
    connection: Connection,
) -> Sequence[Row[str, str, str | None, str]]:
    """Code, name, street and its name of every community that has a plan in force, by code."""
    street = aliased(Region)
    published = select(Plan.community_code).where(Plan.status == PlanStatus.PUBLISHED)
    query = (
        select(Region.code, Region.name, Region.parent_code, street.name.label("street_name"))
        .outerjoin(street, street.code == Region.parent_code)
        .where(Region.code.in_(published))
        .order_by(Region.code)
    )
    return connection.execute(query).all()


def any_from(connection: Connection, source: str) -> bool:
    """Whether a region came from this source."""
    found = select(Region.code).where(Region.source == source).limit(1)
    return connection.execute(found).first() is not None


def set_outlines(connection: Connection, communities: gpd.GeoDataFrame) -> None:
    """Replace outlines by noded ones (columns code, geometry); the delivered ones stay."""
    rows = communities[["code"]].assign(geom=bulk.hexes(communities.geometry))
    with bulk.staged(connection, Region, rows) as stage:
        connection.execute(
            text(
                f'UPDATE regions SET geom = s.geom, updated_at = clock_timestamp() FROM "{stage}" s'
                " WHERE s.code = regions.code AND ST_AsEWKB(s.geom) IS DISTINCT FROM"
                " ST_AsEWKB(regions.geom)"
            )
        )


def set_size_bounds(connection: Connection, own: Mapping[str, SizeRule]) -> None:
    """Give regions bounds of their own, by code."""
    for code, rule in own.items():
        ends = dict(zip(BOUND_COLUMNS, (*rule.households, *rule.residents), strict=True))
        connection.execute(update(Region).where(Region.code == code).values(**ends))


def link_parents(connection: Connection) -> None:
    """Give every region without a parent the one whose code is its own less three digits, where there is one."""
    connection.execute(
        text(
            "UPDATE regions r SET parent_code = p.code FROM regions p"
            " WHERE r.parent_code IS NULL AND p.code = left(r.code, -3)"
        )
    )


def outline(connection: Connection) -> BaseGeometry | None:
    """The city's outline: its own, else all outlines together; None where there is none."""
    query = text(
        "SELECT ST_AsBinary(ST_Union(geom)) FROM regions WHERE geom IS NOT NULL"
        " AND (level = 'city' OR NOT EXISTS (SELECT FROM regions c WHERE c.level = 'city'"
        " AND c.geom IS NOT NULL))"
    )
    found = connection.scalar(query)
    return None if found is None else shapely.from_wkb(bytes(found))


def codes(connection: Connection, *, level: str | None = None) -> dict[str, str]:
    """Code -> name of every region, or of one level."""
    query = select(Region.code, Region.name)
    rows = connection.execute(query.where(Region.level == level) if level else query)
    return {row.code: row.name for row in rows}


def tree(connection: Connection) -> pd.DataFrame:
    """What belongs to what: code, name, level, parent_code of every region, those without an outline too."""
    query = select(Region.code, Region.name, Region.level, Region.parent_code)
    rows = connection.execute(query.order_by(Region.code)).all()
    return pd.DataFrame(rows, columns=["code", "name", "level", "parent_code"], dtype=object)


def below(connection: Connection, code: str) -> set[str]:
    """The code of a region and those of all under it."""
    query = text(
        "WITH RECURSIVE under AS (SELECT code FROM regions WHERE code = :code"
        " UNION SELECT r.code FROM regions r JOIN under u ON r.parent_code = u.code) SELECT code FROM under"
    )
    return set(connection.scalars(query, {"code": code}))
