"""Drafts as they are read: who has one, what was done to it, and all that redrawing needs to know of its community."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, func, or_, select
from sqlalchemy.engine import RowMapping

from data.store import frames
from data.tables import (
    Block,
    Green,
    Incident,
    Line,
    Plan,
    PlanEvent,
    PlanGrid,
    PlanHappening,
    PlanOperation,
    PlanStatus,
    Post,
    Region,
)
from geo.model import GREEN_COLUMNS, ROADS, City, CityPlan, LineClass

LONGEST = 200
"""Changes of one draft that are told."""


def heads(connection: Connection, plan_ids: Collection[int]) -> Sequence[RowMapping]:
    """What is said of plans (whatever their status), by community; one that is not there is left out."""
    query = _heads().where(Plan.id.in_(list(plan_ids)))
    return connection.execute(query.order_by(Plan.community_code, Plan.id)).mappings().all()


def listed(
    connection: Connection, *, community: str | None = None, status: str | None = None
) -> Sequence[RowMapping]:
    """What is said of all plans, of one community's or of one status, by community."""
    query = _heads()
    if community is not None:
        query = query.where(Plan.community_code == community)
    if status is not None:
        query = query.where(Plan.status == status)
    return connection.execute(query.order_by(Plan.community_code, Plan.id)).mappings().all()


def lock(connection: Connection, plan_ids: Collection[int]) -> Sequence[RowMapping]:
    """The same, of plans that stay as they are until the transaction ends."""
    wanted = sorted(set(plan_ids))
    connection.execute(
        select(Plan.id).where(Plan.id.in_(wanted)).order_by(Plan.id).with_for_update()
    )
    return heads(connection, wanted)


def _heads() -> Select[Any]:
    def count(*, undone: bool) -> Any:
        of_plan = PlanOperation.plan_id == Plan.id, PlanOperation.undone.is_(undone)
        return select(func.count()).where(*of_plan).scalar_subquery()

    return select(
        Plan.id, Plan.community_code, Region.name.label("community_name"), Plan.name, Plan.status,
        Plan.version, Plan.owner, Plan.owner_at, Plan.source, Plan.params, Plan.exceptions,
        func.lower(Plan.valid).label("since"), func.upper(Plan.valid).label("until"),
        Plan.created_at, Plan.created_by, Plan.published_at, Plan.published_by,
        count(undone=False).label("undo"), count(undone=True).label("redo"),
    ).join(Region, Region.code == Plan.community_code)  # fmt: skip


def changes_since(connection: Connection, plan_id: int, version: int) -> Sequence[RowMapping]:
    """What was done to a plan after a version, the earliest first; the latest LONGEST of it."""
    query = (
        select(PlanEvent.version, PlanEvent.what, PlanEvent.actor, PlanEvent.at, PlanEvent.detail)
        .where(PlanEvent.plan_id == plan_id, PlanEvent.version > version)
        .order_by(PlanEvent.version.desc(), PlanEvent.id.desc())
        .limit(LONGEST)
    )
    return list(reversed(connection.execute(query).mappings().all()))


def only_counted(connection: Connection, plan_id: int, *, after: int, until: int) -> bool:
    """Whether all that was done to a plan between two versions is that it was counted again, each time by itself."""
    counted = func.count().filter(PlanEvent.what == PlanHappening.COUNTED)
    query = select(func.count(), counted).where(
        PlanEvent.plan_id == plan_id, PlanEvent.version > after
    )
    done, again = connection.execute(query).one()
    return bool(done == again == until - after)


def last_step(connection: Connection, plan_id: int, *, undone: bool) -> RowMapping | None:
    """The operation that an undo takes back, or (``undone``) that a redo does again."""
    order = PlanOperation.n if undone else PlanOperation.n.desc()
    query = (
        select(PlanOperation.n, PlanOperation.operation, PlanOperation.step)
        .where(PlanOperation.plan_id == plan_id, PlanOperation.undone.is_(undone))
        .order_by(order)
        .limit(1)
    )
    return connection.execute(query).mappings().first()


def steps(connection: Connection, plan_id: int, *, first: int, last: int) -> Sequence[RowMapping]:
    """What was done to a draft and can be undone or done again, from one number to another: n, operation, step."""
    query = select(PlanOperation.n, PlanOperation.operation, PlanOperation.step)
    wanted = PlanOperation.plan_id == plan_id, PlanOperation.n.between(first, last)
    return connection.execute(query.where(*wanted)).mappings().all()


def used_codes(
    connection: Connection, communities: Collection[str], *, plan_id: int | None = None
) -> dict[str, set[str]]:
    """Every grid code that was ever in force or waits for that, by community, and those that one draft has used."""
    query = (
        select(Plan.community_code, PlanGrid.code)
        .join(Plan, Plan.id == PlanGrid.plan_id)
        .where(Plan.community_code.in_(list(communities)))
        .where(or_(Plan.status != PlanStatus.DRAFT, Plan.id == plan_id))
        .distinct()
    )
    used: dict[str, set[str]] = {code: set() for code in communities}
    for row in connection.execute(query):
        used[row.community_code].add(row.code)
    own = (
        select(Plan.community_code, func.unnest(PlanOperation.used).label("code"))
        .join(Plan, Plan.id == PlanOperation.plan_id)
        .where(Plan.id == plan_id, PlanOperation.undone.is_(False))
    )
    for row in connection.execute(own):
        used[row.community_code].add(row.code)
    return used


def plan(connection: Connection, plan_ids: Collection[int]) -> CityPlan:
    """Plans of several communities as layers, with all that is kept of grids and blocks."""
    ids = list(plan_ids)
    grids = select(
        PlanGrid.code, PlanGrid.name, Plan.community_code, PlanGrid.kind, PlanGrid.households,
        PlanGrid.residents, PlanGrid.residents_basis, PlanGrid.predecessors, PlanGrid.locked,
        PlanGrid.reason, _wkb(PlanGrid.geom),
    )  # fmt: skip
    blocks = select(
        Block.block_id, Plan.community_code, Block.grid_code, Block.estate, Block.households,
        Block.residents, Block.parent, _wkb(Block.geom),
    )  # fmt: skip
    of_plan = Plan.id.in_(ids)
    grids = grids.join(Plan, Plan.id == PlanGrid.plan_id).where(of_plan).order_by(PlanGrid.code)
    blocks = blocks.join(Plan, Plan.id == Block.plan_id).where(of_plan).order_by(Block.block_id)
    codes = select(Plan.community_code).where(of_plan)
    return CityPlan(
        grids=frames.read(connection, grids),
        blocks=frames.read(connection, blocks),
        communities=_communities(connection, list(connection.scalars(codes))),
    )


def counts(connection: Connection, plan_id: int) -> dict[str, tuple[int | None, int | None]]:
    """How many households and residents each block of a plan has, as they are kept."""
    query = select(Block.block_id, Block.households, Block.residents)
    rows = connection.execute(query.where(Block.plan_id == plan_id))
    return {row.block_id: (row.households, row.residents) for row in rows}


def city(connection: Connection, codes: Collection[str]) -> City:
    """What a plan of some communities is redrawn on: their outlines, who lives there, what runs through."""
    communities = _communities(connection, codes)
    box = _box(communities)
    return City(
        communities=communities,
        buildings=frames.buildings(connection, of=codes),
        roads=_lines(connection, box, *ROADS),
        rivers=_lines(connection, box, LineClass.RIVER),
        bridges=_lines(connection, box, "bridge"),
    )


def greens(connection: Connection, codes: Collection[str]) -> gpd.GeoDataFrame:
    """The greens around some communities: GREEN_COLUMNS."""
    box = _box(_communities(connection, codes))
    query = select(*(getattr(Green, name) for name in GREEN_COLUMNS), _wkb(Green.geom))
    if box is not None:
        query = query.where(Green.geom.ST_Intersects(box))
    return frames.read(connection, query.order_by(Green.id))


def incident_points(
    connection: Connection, codes: Collection[str], *, since: datetime
) -> NDArray[np.object_]:
    """Where incidents were reported since then, around some communities: points."""
    return _points(connection, codes, Incident.reported_at >= since)


def _points(
    connection: Connection, codes: Collection[str], wanted: ColumnElement[bool]
) -> NDArray[np.object_]:
    query = select(_wkb(Incident.point)).where(wanted, Incident.point.is_not(None))
    box = _box(_communities(connection, codes))
    if box is not None:
        query = query.where(Incident.point.ST_Intersects(box))
    found = frames.read(connection, query.order_by(Incident.id))
    return np.asarray(found.geometry.array, dtype=object)


def officers(connection: Connection) -> dict[str, tuple[str, ...]] | None:
    """Who answers for each grid now (A posts), by its code; None where no such post is known at all."""
    query = (
        select(Post.grid_code, Post.person)
        .where(Post.kind == "A", Post.person.is_not(None), Post.grid_code.is_not(None))
        .where(Post.valid.op("@>")(func.clock_timestamp()))
        .order_by(Post.grid_code, Post.person)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(query):
        found[row.grid_code] = (*found.get(row.grid_code, ()), row.person)
    return found or None


def open_points(connection: Connection, community: str) -> NDArray[np.object_]:
    """Where open incidents lie, around a community: points."""
    return _points(connection, [community], Incident.closed_at.is_(None))


def _communities(connection: Connection, codes: Collection[str]) -> gpd.GeoDataFrame:
    query = select(
        Region.code, Region.name, Region.planned_grids, *frames.size_bounds(), _wkb(Region.geom)
    ).where(Region.code.in_(list(codes)), Region.geom.is_not(None))  # fmt: skip
    return frames.read(connection, query.order_by(Region.code))


def _lines(connection: Connection, box: Any, *kinds: str) -> gpd.GeoDataFrame:
    query = select(Line.kind.label("class"), Line.name, _wkb(Line.geom)).where(Line.kind.in_(kinds))
    if box is not None:
        query = query.where(Line.geom.ST_Intersects(box))
    return frames.read(connection, query.order_by(Line.id))


def _box(communities: gpd.GeoDataFrame) -> Any:
    """What is around communities: their box and a little more; None where there are none."""
    if communities.empty:
        return None
    west, south, east, north = communities.total_bounds.tolist()
    return func.ST_MakeEnvelope(west - AROUND, south - AROUND, east + AROUND, north + AROUND, 4490)


AROUND = 0.001
"""Degrees: a road along a border is drawn a little beside it."""


def _wkb(shape: Any) -> Any:
    return func.ST_AsBinary(shape).label(frames.SHAPE)
