"""Plans that wait for their time: scheduled, called off, looked for when they are due. Whoever changes them has locked
their rows and holds plan_epoch (`hold`), in this order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.engine import RowMapping

from data.tables import Plan, PlanEpoch, PlanStatus
from geo.errors import Conflict


def hold(connection: Connection) -> None:
    """Nothing else is published or scheduled until this transaction ends, and no incident is located."""
    connection.execute(select(PlanEpoch.n).with_for_update())


def clock(connection: Connection) -> datetime:
    """The time by the database's clock."""
    now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return now


def schedule(
    connection: Connection, plan_ids: Collection[int], *, by: str, since: datetime
) -> None:
    """Let locked drafts, one a community, come into force at a time to come; what is in force there ends then.

    Conflict "plan-waiting" where another waits, "plan-backdated" where what is in force began later, "plan-twice".
    """
    wanted = sorted(set(plan_ids))
    codes = list(connection.scalars(select(Plan.community_code).where(Plan.id.in_(wanted))))
    for code in codes:
        if codes.count(code) > 1:
            raise Conflict("plan-twice", community=code)
    refuse_waiting(connection, codes)
    in_force = Plan.community_code.in_(codes), Plan.status == PlanStatus.PUBLISHED
    late = select(Plan.community_code).where(*in_force, func.lower(Plan.valid) >= since)
    if (begun := connection.scalars(late.limit(1)).first()) is not None:
        raise Conflict("plan-backdated", community=begun, since=since.isoformat())
    ending = func.tstzrange(func.lower(Plan.valid), since)
    connection.execute(update(Plan).where(*in_force).values(valid=ending))
    connection.execute(
        update(Plan)
        .where(Plan.id.in_(wanted))
        .values(
            status=PlanStatus.SCHEDULED,
            valid=func.tstzrange(since, None),
            published_by=by,
        )
    )


def refuse_waiting(
    connection: Connection, communities: Collection[str], *, but: Collection[int] = ()
) -> None:
    """Conflict "plan-waiting" where a plan of one of these communities waits for its time."""
    waiting = (
        select(Plan.id, Plan.community_code, func.lower(Plan.valid).label("since"))
        .where(Plan.status == PlanStatus.SCHEDULED, Plan.community_code.in_(list(communities)))
        .where(Plan.id.not_in(list(but)))
    )
    row = connection.execute(waiting.limit(1)).first()
    if row is not None:
        since = row.since.isoformat()
        raise Conflict("plan-waiting", community=row.community_code, plan=row.id, since=since)


def withdraw(connection: Connection, plan_id: int) -> None:
    """Make a locked scheduled plan a draft again; what is in force goes on."""
    plan = select(Plan.community_code, func.lower(Plan.valid).label("since"))
    row = connection.execute(plan.where(Plan.id == plan_id)).one()
    draft = {"status": PlanStatus.DRAFT, "valid": None, "published_by": None}
    connection.execute(update(Plan).where(Plan.id == plan_id).values(**draft))
    going_on = func.tstzrange(func.lower(Plan.valid), None)
    connection.execute(
        update(Plan)
        .where(Plan.community_code == row.community_code, Plan.status == PlanStatus.PUBLISHED)
        .where(func.upper(Plan.valid) == row.since)
        .values(valid=going_on)
    )


def due(connection: Connection) -> Sequence[RowMapping]:
    """Scheduled plans whose time has come: id, since, published_by; the earliest first."""
    since = func.lower(Plan.valid)
    query = (
        select(Plan.id, since.label("since"), Plan.published_by)
        .where(Plan.status == PlanStatus.SCHEDULED, since <= func.clock_timestamp())
        .order_by(since, Plan.id)
    )
    return connection.execute(query).mappings().all()


def seconds_to_next(connection: Connection) -> float | None:
    """How long until the next scheduled plan is due; None where none waits."""
    query = text(
        "SELECT extract(epoch FROM min(lower(valid)) - clock_timestamp())::float8 FROM plans"
        " WHERE status = 'scheduled'"
    )
    found: float | None = connection.scalar(query)
    return found


def posts_left(
    connection: Connection, plan_ids: Collection[int], former: Collection[int]
) -> Sequence[RowMapping]:
    """Posts, held now or later, of grids that are in ``former`` plans and no more in those: grid_code, kind, line,
    title, person, and ``successors``, the grids that name theirs among their predecessors."""
    query = text(
        "SELECT p.grid_code, p.kind, p.line, p.title, p.person, ARRAY("
        "   SELECT g.code FROM plan_grids g WHERE g.plan_id = ANY(:ids)"
        "   AND g.predecessors @> to_jsonb(p.grid_code) ORDER BY g.code) AS successors"
        " FROM posts p WHERE (upper_inf(p.valid) OR upper(p.valid) > clock_timestamp())"
        " AND p.grid_code IN (SELECT code FROM plan_grids WHERE plan_id = ANY(:former))"
        " AND p.grid_code NOT IN (SELECT code FROM plan_grids WHERE plan_id = ANY(:ids))"
        " ORDER BY p.grid_code, p.kind, p.line, p.person"
    )
    named = {"ids": list(plan_ids), "former": list(former)}
    return connection.execute(query, named).mappings().all()


def without_officer(connection: Connection, plan_ids: Collection[int]) -> list[str]:
    """The grids of some plans that nobody answers for now (A posts); none where no such post is kept at all."""
    query = text(
        "SELECT g.code FROM plan_grids g WHERE g.plan_id = ANY(:ids)"
        " AND EXISTS (SELECT FROM posts WHERE kind = 'A')"
        " AND NOT EXISTS (SELECT FROM posts p WHERE p.kind = 'A' AND p.person IS NOT NULL"
        "   AND p.grid_code = g.code AND p.valid @> clock_timestamp()) ORDER BY g.code"
    )
    return list(connection.scalars(query, {"ids": list(plan_ids)}))


def in_force_of(connection: Connection, plan_ids: Collection[int]) -> list[int]:
    """The published plans of the communities that some plans are of, those plans themselves left out."""
    codes = select(Plan.community_code).where(Plan.id.in_(list(plan_ids)))
    query = select(Plan.id).where(
        Plan.community_code.in_(codes),
        Plan.status == PlanStatus.PUBLISHED,
        Plan.id.not_in(list(plan_ids)),
    )
    return sorted(connection.scalars(query))
