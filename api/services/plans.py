"""Plans into the store, and into force."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, Engine, select

from api.services.actor import Actor, Role
from data.store import frames, grids, plans, regions
from data.store.plans import Published
from data.tables import Plan
from geo.bounds import with_own_bounds
from geo.codes import Profile
from geo.coverage import check
from geo.errors import Conflict
from geo.model import CityPlan, Finding, Severity, SizeRule


def store_city_plan(
    connection: Connection,
    plan: CityPlan,
    *,
    actor: Actor,
    name: str | None = None,
    seed: int | None = None,
    params: Mapping[str, Any] | None = None,
    source: str | None = None,
) -> dict[str, int]:
    """Keep a city's plan as one draft for each community; community code -> plan id.

    In the caller's transaction. The communities' outlines become the plan's noded ones; those delivered stay too.
    """
    actor.needs(Role.PLANNER)
    for code in plan.communities["code"]:
        actor.reaches(code)
    regions.set_outlines(connection, plan.communities)
    return plans.create_drafts(
        connection, plan, created_by=actor.who, name=name, seed=seed, params=params, source=source
    )


def publish(
    engine: Engine,
    plan_ids: Collection[int],
    *,
    actor: Actor,
    rule: SizeRule | None = None,
    profile: Profile = Profile.CN,
) -> Published:
    """Put drafts in force now, all or none. Conflict "plan-blocked" while a check finds anything blocking."""
    with engine.begin() as connection:
        return publish_within(connection, plan_ids, actor=actor, rule=rule, profile=profile)


def publish_within(
    connection: Connection,
    plan_ids: Collection[int],
    *,
    actor: Actor,
    rule: SizeRule | None = None,
    profile: Profile = Profile.CN,
    since: datetime | None = None,
) -> Published:
    """`publish` in the caller's transaction. ``since``: for history that is handed over (data.store.plans.publish)."""
    actor.needs(Role.PLANNER)
    for code in _communities(connection, plan_ids):
        actor.reaches(code)
    ahead = plans.look_ahead(connection, plan_ids)
    blocking = [
        finding
        for finding in findings(connection, plan_ids, rule=rule or SizeRule(), profile=profile)
        if finding.severity is Severity.BLOCKING
    ]
    if blocking:
        raise Conflict("plan-blocked", count=len(blocking), kinds=kinds(blocking))
    return plans.publish(connection, plan_ids, by=actor.who, since=since, ahead=ahead)


def findings(
    connection: Connection, plan_ids: Collection[int], *, rule: SizeRule, profile: Profile
) -> list[Finding]:
    """What a check finds about some plans and the communities that they are of. ``rule``: the bounds, beside those that
    communities have of their own."""
    drawn, communities = plan_layers(connection, plan_ids)
    own = frames.buildings(connection, of=communities["code"])
    bounds = with_own_bounds(rule, communities)
    return check(communities, drawn, own, rule=bounds, profile=profile)


def plan_layers(
    connection: Connection, plan_ids: Collection[int]
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The grids of some plans, and the communities that they are of."""
    drawn = grids.of_plans(connection, plan_ids)
    city = frames.regions(connection, level="community")
    return drawn, city[city["code"].isin(drawn["community_code"])]


def _communities(connection: Connection, plan_ids: Collection[int]) -> list[str]:
    query = select(Plan.community_code).where(Plan.id.in_(list(plan_ids)))
    return list(connection.scalars(query))


def kinds(blocking: Collection[Finding]) -> str:
    """What findings are of, and how many of each."""
    counts = pd.Series([finding.code for finding in blocking]).value_counts()
    return ", ".join(f"{code} ×{count}" for code, count in counts.items())
