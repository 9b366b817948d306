"""Whole layers out of the store as GeoDataFrames (EPSG:4490), with the columns of geo/model.py and then their own.

For maps, checks and exports, which want everything at once; lists for people page (listing.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import ColumnElement, Select, and_, case, func, literal, not_, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import InstrumentedAttribute, aliased

from data.tables import (
    Block,
    Building,
    Component,
    EstateContact,
    Green,
    Incident,
    Line,
    PartyUnit,
    Plan,
    PlanGrid,
    Post,
    Region,
)
from geo.model import BOUND_COLUMNS, CRS

SHAPE = "wg_shape"


def regions(
    connection: Connection, *, level: str | None = None, outlined: bool = True
) -> gpd.GeoDataFrame:
    """Regions: code, name, level, kind, parent_code, planned_grids, BOUND_COLUMNS, source. ``outlined``: those with an
    outline."""
    query = select(
        Region.code, Region.name, Region.level, Region.kind, Region.parent_code,
        Region.planned_grids, *size_bounds(), Region.source, _wkb(Region.geom),
    )  # fmt: skip
    if outlined:
        query = query.where(Region.geom.is_not(None))
    if level is not None:
        query = query.where(Region.level == level)
    return read(connection, query.order_by(Region.code))


def size_bounds() -> list[InstrumentedAttribute[int | None]]:
    """The columns of a region's own bounds."""
    return [getattr(Region, name) for name in BOUND_COLUMNS]


def grids(connection: Connection, *, at: datetime | None = None) -> gpd.GeoDataFrame:
    """The grids in force at an instant (now unless told): GRID_COLUMNS, plan_id, residents_basis."""
    return read(connection, _grids(in_force(at)))


def grids_since(connection: Connection, start: datetime) -> gpd.GeoDataFrame:
    """The grids that were in force at any time from ``start`` until now, as `grids`, with their plan's ``since`` and
    ``until`` (null for those that still are)."""
    over = func.upper(Plan.valid) <= func.clock_timestamp()
    valid = (
        func.lower(Plan.valid).label("since"),
        case((over, func.upper(Plan.valid))).label("until"),
    )
    during = Plan.valid.op("&&")(func.tstzrange(start, func.clock_timestamp(), "[]"))
    found = read(connection, _grids(during).add_columns(*valid))
    return found.assign(
        **{name: pd.to_datetime(found[name], utc=True) for name in ("since", "until")}
    )


def _grids(wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    query = select(
        PlanGrid.code, PlanGrid.name, Plan.community_code, PlanGrid.kind, PlanGrid.households,
        PlanGrid.residents, PlanGrid.residents_basis, PlanGrid.plan_id, _wkb(PlanGrid.geom),
    )  # fmt: skip
    joined = query.join(Plan, Plan.id == PlanGrid.plan_id).where(wanted)
    return joined.order_by(PlanGrid.code, PlanGrid.plan_id)


def blocks(connection: Connection, *, at: datetime | None = None) -> gpd.GeoDataFrame:
    """The blocks of the plans in force: BLOCK_COLUMNS, plan_id."""
    query = (
        select(
            Block.block_id, Plan.community_code, Block.grid_code, Block.estate, Block.households,
            Block.residents, Block.plan_id, _wkb(Block.geom),
        )
        .join(Plan, Plan.id == Block.plan_id)
        .where(in_force(at))
    )  # fmt: skip
    return read(connection, query.order_by(Block.plan_id, Block.block_id))


def buildings(
    connection: Connection, *, footprints: bool = False, of: Collection[str] | None = None
) -> gpd.GeoDataFrame:
    """All buildings: BUILDING_COLUMNS, estimated flags, as_of, source. Points, or footprints where there are any.

    ``of``: only those that stand in these communities, and those recorded there that stand in no other.
    """
    point: ColumnElement[Any] = Building.point.expression
    shape = func.coalesce(Building.footprint, point) if footprints else point
    query = select(
        Building.building_id, Building.community_code, Building.kind, Building.estate, Building.name,
        Building.address, Building.households, Building.residents, Building.residents_basis,
        Building.units, Building.households_estimated, Building.residents_estimated, Building.as_of,
        Building.source, _wkb(shape),
    )  # fmt: skip
    if of is not None:
        codes = list(of)
        recorded = Building.community_code.in_(codes)
        query = query.where(or_(_stands_in(codes), and_(recorded, not_(_stands_beside(codes)))))
    return read(connection, query.order_by(Building.building_id))


def _stands_in(codes: Sequence[str]) -> ColumnElement[bool]:
    """Whether one of some communities covers a building: those are found once, by the index of points."""
    one = aliased(Building)
    within = Region.code.in_(codes), Region.level == "community", Region.geom.ST_Covers(one.point)
    return Building.building_id.in_(select(one.building_id).join(Region, and_(*within)))


def _stands_beside(codes: Sequence[str]) -> ColumnElement[bool]:
    """Whether another community covers a building."""
    covering = Region.level == "community", Region.geom.ST_Covers(Building.point)
    return select(Region.code).where(*covering, not_(Region.code.in_(codes))).exists()


def components(connection: Connection) -> gpd.GeoDataFrame:
    """All 部件: COMPONENT_COLUMNS, source. Points."""
    query = select(
        Component.component_id, Component.kind, Component.catalogue_code, Component.as_of,
        Component.source, _wkb(Component.point),
    )  # fmt: skip
    return read(connection, query.order_by(Component.component_id))


def lines(connection: Connection, *kinds: str) -> gpd.GeoDataFrame:
    """Roads, rivers or bridges of the given classes: LINE_COLUMNS, source."""
    query = select(Line.kind.label("class"), Line.name, Line.source, _wkb(Line.geom)).where(
        Line.kind.in_(kinds)
    )
    return read(connection, query.order_by(Line.id))


def greens(connection: Connection) -> gpd.GeoDataFrame:
    """All greens: GREEN_COLUMNS, source."""
    query = select(Green.name, Green.source, _wkb(Green.geom))
    return read(connection, query.order_by(Green.id))


def incidents(
    connection: Connection, *, since: datetime | None = None, limit: int | None = None
) -> gpd.GeoDataFrame:
    """Incidents, the newest first, also those whose place is unknown (no geometry)."""
    query = select(
        Incident.id, Incident.source, Incident.source_id, Incident.kind, Incident.catalogue_code,
        Incident.category, Incident.place, Incident.note, Incident.how, Incident.grid_code,
        Incident.nearest_code, Incident.nearest_m, Incident.status, Incident.reported_at,
        Incident.recorded_at, Incident.closed_at, _wkb(Incident.point),
    )  # fmt: skip
    if since is not None:
        query = query.where(Incident.reported_at >= since)
    return read(connection, query.order_by(Incident.reported_at.desc(), Incident.id).limit(limit))


def posts(connection: Connection) -> gpd.GeoDataFrame:
    """All posts, current or not, without a geometry: they hang on grids and communities by code."""
    query = select(
        Post.kind, Post.title, Post.person, Post.person_no, Post.phone, Post.grid_code,
        Post.community_code, Post.line, func.lower(Post.valid).label("since"),
        func.upper(Post.valid).label("until"), _begin(Post.leave).label("leave_since"),
        func.upper(Post.leave).label("leave_until"), Post.stand_in, Post.stand_in_no,
        Post.stand_in_phone, Post.as_of, Post.source, literal(None).label(SHAPE),
    )  # fmt: skip
    return read(connection, query.order_by(Post.grid_code, Post.community_code, Post.id))


def party_units(connection: Connection) -> gpd.GeoDataFrame:
    """The party's units (PARTY_COLUMNS), without a geometry."""
    query = select(
        PartyUnit.code, PartyUnit.kind, PartyUnit.name, PartyUnit.parent_code,
        PartyUnit.community_code, PartyUnit.grid_code, PartyUnit.building_id, PartyUnit.unit,
        PartyUnit.contact, PartyUnit.phone, PartyUnit.as_of, literal(None).label(SHAPE),
    )  # fmt: skip
    return read(connection, query.order_by(PartyUnit.code))


def contacts(connection: Connection) -> gpd.GeoDataFrame:
    """The contacts of estates (CONTACT_COLUMNS), current or not, without a geometry."""
    query = select(
        EstateContact.kind, EstateContact.estate, EstateContact.community_code,
        EstateContact.organisation, EstateContact.person, EstateContact.phone,
        func.lower(EstateContact.valid).label("since"), func.upper(EstateContact.valid).label("until"),
        EstateContact.as_of, EstateContact.source, literal(None).label(SHAPE),
    )  # fmt: skip
    return read(connection, query.order_by(EstateContact.estate, EstateContact.id))


def _begin(leave: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """When a leave began; one without a beginning is as old as time, which is not the same as none."""
    oldest = literal(datetime(1970, 1, 1, tzinfo=UTC))
    return case((leave.is_not(None), func.coalesce(func.lower(leave), oldest)))


def in_force(at: datetime | None) -> ColumnElement[bool]:
    """The condition that a plan is in force at an instant; now unless told."""
    instant = func.clock_timestamp() if at is None else literal(at)
    return Plan.valid.op("@>")(instant)


def _wkb(shape: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[bytes]:
    wkb: ColumnElement[bytes] = func.ST_AsBinary(shape)
    return wkb.label(SHAPE)


def read(connection: Connection, query: Select[*tuple[Any, ...]]) -> gpd.GeoDataFrame:
    result = connection.execute(query)
    names = list(result.keys())
    rows = result.all()
    columns: dict[str, Any] = {
        name: [row[index] for row in rows] for index, name in enumerate(names)
    }
    if "as_of" in columns:  # days as a table holds them, also where there are none
        columns["as_of"] = pd.to_datetime(pd.Series(columns["as_of"], dtype=object))
    shapes = shapely.from_wkb([None if wkb is None else bytes(wkb) for wkb in columns.pop(SHAPE)])
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)
