"""What was looked at becomes drafts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor, Role
from api.services.adopting.looking import Look
from api.services.drafting import Shelf
from api.services.plans import kinds
from data.store import drafts, redrawn
from geo.errors import InputError


def adopt(
    connection: Connection, shelf: Shelf, actor: Actor, seen: Look, *, name: str | None = None
) -> Sequence[RowMapping]:
    """A draft for each community that a drawing has grids in, in the transaction of ``connection``.

    InputError "import-unfinished" where something must be said first, "plan-faulty" where blocking faults are left.
    """
    actor.needs(Role.PLANNER)
    if seen.needs or not seen.areas:
        raise InputError("import-unfinished", file=seen.drawing.file)
    if seen.blocking:
        widest = max((one.width_m or 0.0 for one in seen.blocking), default=0.0)
        raise InputError(
            "plan-faulty",
            count=len(seen.blocking),
            kinds=kinds(seen.blocking),
            widest_m=f"{widest:.2f}",
        )
    assert seen.plan is not None, "two grids with one code are a blocking fault"
    codes = sorted(set(seen.plan.grids["community_code"]))
    for code in codes:
        actor.reaches(code)
    used = drafts.used_codes(connection, codes)
    opened = shelf.open(connection, seen.plan, used=used, cut=True)
    params = {"datum": seen.placed.datum, "within_m": seen.within_m}
    made = [
        redrawn.create(
            connection, draft, by=actor.who, name=name, source=seen.drawing.file, params=params
        )
        for draft in opened.values()
    ]
    return drafts.heads(connection, made)
