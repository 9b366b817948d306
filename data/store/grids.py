"""The grids that places are located in: those of the published plans, and the epoch that tells when they changed.

Whole layers, also of past dates, are in frames.py. A plan's status changes only within a publication, so what is read
here belongs to the epoch that the same transaction reads.
"""

from __future__ import annotations

from collections.abc import Collection

import geopandas as gpd
import shapely
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from data.tables import Plan, PlanEpoch, PlanGrid, PlanStatus
from geo.model import CRS


def epoch(connection: Connection) -> int:
    """How often the plans in force have changed so far."""
    return connection.execute(select(PlanEpoch.n)).scalar_one()


def hold(connection: Connection) -> None:
    """Let publications wait until this transaction ends."""
    connection.execute(select(PlanEpoch.n).with_for_update(read=True))


def published(
    connection: Connection, *, with_plans: Collection[int] = (), without: Collection[int] = ()
) -> gpd.GeoDataFrame:
    """The grids of all published plans by code: GRID_COLUMNS, residents_basis, plan_id, geometry. ``with_plans`` as if
    they were published, ``without`` as if they were not."""
    now = and_(Plan.status == PlanStatus.PUBLISHED, Plan.id.not_in(list(without)))
    return _read(connection, or_(now, Plan.id.in_(list(with_plans))))


def bounds(connection: Connection) -> tuple[float, float, float, float] | None:
    """West, south, east, north of the grids in force, degrees; None where there is none."""
    extent = select(func.ST_Extent(PlanGrid.geom).label("box")).join(
        Plan, Plan.id == PlanGrid.plan_id
    )
    box = extent.where(Plan.status == PlanStatus.PUBLISHED).subquery().c.box
    sides = func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box)
    west, south, east, north = connection.execute(select(*sides)).one()
    return None if west is None else (west, south, east, north)


def somewhere(connection: Connection) -> tuple[float, float] | None:
    """A place (lng, lat) within some grid in force; None where there is none."""
    inside = func.ST_PointOnSurface(PlanGrid.geom)
    query = select(func.ST_X(inside), func.ST_Y(inside)).join(Plan, Plan.id == PlanGrid.plan_id)
    found = connection.execute(query.where(Plan.status == PlanStatus.PUBLISHED).limit(1)).first()
    return None if found is None else (found[0], found[1])


def of_plans(connection: Connection, plan_ids: Collection[int]) -> gpd.GeoDataFrame:
    """The grids of some plans, whatever their status, by code."""
    return _read(connection, Plan.id.in_(list(plan_ids)))


def _read(connection: Connection, wanted: ColumnElement[bool]) -> gpd.GeoDataFrame:
    query = (
        select(
            PlanGrid.code,
            PlanGrid.name,
            Plan.community_code,
            PlanGrid.kind,
            PlanGrid.households,
            PlanGrid.residents,
            PlanGrid.residents_basis,
            PlanGrid.plan_id,
            func.ST_AsBinary(PlanGrid.geom).label("wkb"),
        )
        .join(Plan, Plan.id == PlanGrid.plan_id)
        .where(wanted)
        .order_by(PlanGrid.code)
    )
    result = connection.execute(query)
    rows = result.all()
    columns = {name: [row[n] for row in rows] for n, name in enumerate(result.keys())}
    shapes = shapely.from_wkb([bytes(wkb) for wkb in columns.pop("wkb")])
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)
