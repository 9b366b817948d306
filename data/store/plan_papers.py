"""What the documents of a plan tell beside the plan: who lies around, what was before."""

from __future__ import annotations

from typing import Any

import shapely
from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import aliased

from data.tables import Level, Plan, Region

BESIDE_DEG = 0.0005
"""About 50 metres: who lies across a river lies beside."""


def around(connection: Connection, community: str) -> dict[str, shapely.Geometry]:
    """The communities beside one, by name (with the code where two are called the same)."""
    own = aliased(Region)
    near = Region.geom.ST_Intersects(func.ST_Expand(own.geom, BESIDE_DEG))
    query = (
        select(Region.code, Region.name, func.ST_AsBinary(Region.geom).label("wkb"))
        .join(own, near)
        .where(own.code == community, Region.code != community, Region.level == Level.COMMUNITY)
        .order_by(Region.code)
    )
    found: dict[str, shapely.Geometry] = {}
    for row in connection.execute(query):
        name = row.name if row.name not in found else f"{row.name} {row.code}"
        found[name] = shapely.from_wkb(bytes(row.wkb))
    return found


def plan_before(connection: Connection, head: RowMapping) -> int | None:
    """The plan that another stands after: for one that was in force, what it was copied from, else the one that ended
    when it began; for any other, the one in force. None where there is none."""
    plan = select(Plan.id).where(Plan.community_code == head["community_code"])
    plan = plan.where(Plan.id != head["id"])
    if head["status"] not in ("published", "retired"):
        now: Any = Plan.valid.op("@>")(func.clock_timestamp())
        return connection.execute(plan.where(now)).scalar()
    copied = head["params"].get("copied_from")
    if copied is not None and (found := connection.execute(plan.where(Plan.id == copied)).scalar()):
        return int(found)
    return connection.execute(plan.where(func.upper(Plan.valid) == head["since"])).scalar()
