"""Plans: drafts in, and the one transaction that puts them in force."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, insert, select, text, update

from data.store import bulk, locking, relocating, scheduling
from data.tables import Block, Plan, PlanEpoch, PlanGrid, PlanStatus
from geo.errors import Conflict, NotFound
from geo.model import CityPlan

GRID_FIELDS = ("code", "name", "kind", "households", "residents", "residents_basis")
BLOCK_FIELDS = ("block_id", "grid_code", "parent", "estate", "households", "residents")


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did: the epoch it opened, the plans it ended, the open incidents that changed hands."""

    epoch: int
    moment: datetime
    published: tuple[int, ...]
    retired: tuple[int, ...]
    moved_incidents: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is done of a publication before anybody has to wait for it. communities: plan -> its community."""

    communities: Mapping[int, str]
    incidents: relocating.Ahead


def create_drafts(
    connection: Connection,
    plan: CityPlan,
    *,
    created_by: str,
    name: str | None = None,
    seed: int | None = None,
    params: Mapping[str, Any] | None = None,
    source: str | None = None,
) -> dict[str, int]:
    """One draft for each community that has grids in ``plan``; community code -> plan id.

    A column ``lineage`` of the grids (codes with blanks between them) is kept as their predecessors.
    """
    codes = sorted(set(plan.grids["community_code"]))
    rows = [
        {
            "community_code": code,
            "name": name,
            "seed": seed,
            "params": dict(params or {}),
            "source": source,
            "created_by": created_by,
        }
        for code in codes
    ]
    if not rows:
        return {}
    made = connection.execute(insert(Plan).returning(Plan.community_code, Plan.id), rows)
    ids: dict[str, int] = {row.community_code: row.id for row in made}
    bulk.copy_in(connection, PlanGrid, _of_plans(plan.grids, GRID_FIELDS, ids))
    bulk.copy_in(connection, Block, _of_plans(plan.blocks, BLOCK_FIELDS, ids))
    return ids


def look_ahead(connection: Connection, plan_ids: Collection[int]) -> Ahead:
    """Lock drafts that are to be published, and work out where open incidents will be. Raises what `publish` does."""
    communities = _drafts(connection, sorted(set(plan_ids)))
    locking.alone(connection)
    current = Plan.community_code.in_(communities.values()), Plan.status == PlanStatus.PUBLISHED
    ended = connection.scalars(select(Plan.id).where(*current)).all()
    _refuse_shared_codes(connection, list(communities), ended)
    return Ahead(communities, relocating.look_ahead(connection, list(communities), ended))


def publish(
    connection: Connection,
    plan_ids: Collection[int],
    *,
    by: str,
    since: datetime | None = None,
    ahead: Ahead | None = None,
) -> Published:
    """Put drafts in force in one transaction (the caller's): open an epoch, retire, publish, re-locate.

    Everywhere their rows are locked first, then plan_epoch (`look_ahead` does all that comes before it, and is done
    here unless it was). ``since``: in force from then on, for history that is handed over; None is now. Raises
    NotFound for an unknown plan; Conflict if one is no draft, if two are of one community, if another plan is in force
    in that time, or if a grid's code is in force in another community.
    """
    wanted = sorted(set(plan_ids))
    ready = ahead or look_ahead(connection, wanted)
    communities = ready.communities
    epoch = connection.execute(
        update(PlanEpoch).values(n=PlanEpoch.n + 1).returning(PlanEpoch.n)
    ).scalar_one()  # whoever writes incidents waits from here on
    scheduling.refuse_waiting(connection, list(communities.values()), but=wanted)
    moment = since or connection.execute(select(func.clock_timestamp())).scalar_one()
    retired = _retire(connection, communities.values(), moment)
    _put_in_force(connection, list(communities), by, moment)
    _refuse_shared_codes(connection, list(communities))
    moved = relocating.open_incidents(connection, ready.incidents)
    connection.execute(text("SELECT pg_notify('plan_epoch', :n)"), {"n": str(epoch)})
    return Published(epoch, moment, tuple(communities), retired, moved)


def in_force(connection: Connection) -> dict[str, int]:
    """Community code -> id of its published plan."""
    query = select(Plan.community_code, Plan.id).where(Plan.status == PlanStatus.PUBLISHED)
    return {row.community_code: row.id for row in connection.execute(query)}


def _of_plans(layer: pd.DataFrame, fields: Sequence[str], ids: Mapping[str, int]) -> pd.DataFrame:
    kept = pd.DataFrame(layer[[name for name in fields if name in layer]])
    kept.insert(0, "plan_id", layer["community_code"].map(ids).to_numpy())
    kept["geom"] = bulk.hexes(layer["geometry"])
    if "lineage" in layer:  # codes with blanks between them
        kept["predecessors"] = [
            json.dumps(told.split()) if isinstance(told, str) else "[]" for told in layer["lineage"]
        ]
    if "block_id" in kept:
        kept["block_id"] = kept["block_id"].astype(str)
    return kept


def _drafts(connection: Connection, plan_ids: Collection[int]) -> dict[int, str]:
    """Plan id -> community of the plans to be published, locked."""
    query = select(Plan.id, Plan.community_code, Plan.status).where(Plan.id.in_(plan_ids))
    rows = connection.execute(query.order_by(Plan.id).with_for_update()).all()
    if absent := set(plan_ids) - {row.id for row in rows}:
        raise NotFound("plan-unknown", plan=min(absent))
    for row in rows:
        if row.status not in (PlanStatus.DRAFT, PlanStatus.SCHEDULED):
            raise Conflict("plan-not-draft", plan=row.id, status=row.status)
    communities = [row.community_code for row in rows]
    for code in communities:
        if communities.count(code) > 1:
            raise Conflict("plan-twice", community=code)
    return {row.id: row.community_code for row in rows}


def _retire(
    connection: Connection, communities: Collection[str], moment: datetime
) -> tuple[int, ...]:
    """End the plans now in force there at ``moment``; their ids."""
    current = (Plan.community_code.in_(communities), Plan.status == PlanStatus.PUBLISHED)
    late = select(Plan.community_code).where(*current, func.lower(Plan.valid) >= moment)
    if (code := connection.scalars(late.limit(1)).first()) is not None:
        raise Conflict("plan-backdated", community=code, since=moment.isoformat())
    ended = func.tstzrange(func.lower(Plan.valid), moment)
    change = update(Plan).where(*current).values(status=PlanStatus.RETIRED, valid=ended)
    return tuple(sorted(connection.scalars(change.returning(Plan.id))))


def _put_in_force(
    connection: Connection, plan_ids: Sequence[int], by: str, moment: datetime
) -> None:
    taken = text(
        "SELECT p.community_code FROM plans p JOIN plans n ON n.community_code = p.community_code"
        " WHERE n.id = ANY(:ids) AND p.id <> n.id AND p.status <> 'draft'"
        " AND p.valid && tstzrange(:moment, NULL) LIMIT 1"
    )
    found = connection.scalars(taken, {"ids": list(plan_ids), "moment": moment}).first()
    if found is not None:
        raise Conflict("plan-backdated", community=found, since=moment.isoformat())
    connection.execute(
        update(Plan)
        .where(Plan.id.in_(plan_ids))
        .values(
            status=PlanStatus.PUBLISHED,
            valid=func.tstzrange(moment, None),
            published_at=func.clock_timestamp(),
            published_by=by,
        )
    )


def _refuse_shared_codes(
    connection: Connection, plan_ids: Collection[int], ended: Collection[int] = ()
) -> None:
    """Of plans in force, or to be so in place of those ``ended``."""
    shared = text(
        "SELECT g.code, p.community_code FROM plan_grids g JOIN plan_grids o USING (code)"
        " JOIN plans p ON p.id = o.plan_id AND (p.status = 'published' OR p.id = ANY(:ids))"
        " WHERE g.plan_id = ANY(:ids) AND o.plan_id <> g.plan_id AND o.plan_id <> ALL(:ended) LIMIT 1"
    )
    named = {"ids": list(plan_ids), "ended": list(ended)}
    row = connection.execute(shared, named).first()
    if row is not None:
        raise Conflict("grid-code-in-force", code=row.code, community=row.community_code)
