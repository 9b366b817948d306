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

    InputError "import-unfinished" where something must be said first; "plan-faulty" where blocking faults are left,
    "plan-partly" where they are ground that was not drawn ("plan-partly-first": and no plan is in force).
    """
    actor.needs(Role.PLANNER)
    if seen.needs or not seen.areas:
        raise InputError("import-unfinished", file=seen.drawing.file)
    if seen.blocking:
        _refuse_faulty(seen)
    assert seen.ready, "two grids with one code are a blocking fault"
    opened = {code: one.draft for code, one in seen.completed.items()}
    if seen.plan is not None:
        codes = sorted(set(seen.plan.grids["community_code"]))
        used = drafts.used_codes(connection, codes)
        opened |= shelf.open(connection, seen.plan, used=used, cut=True)
    for code in opened:
        actor.reaches(code)
    params = {"datum": seen.placed.datum, "within_m": seen.within_m}
    made = [
        redrawn.create(
            connection, draft, by=actor.who, name=name, source=seen.drawing.file, params=params
        )
        for _, draft in sorted(opened.items())
    ]
    return drafts.heads(connection, made)


def _refuse_faulty(seen: Look) -> None:
    """What is wrong; and, where only some grids of a community were drawn, what can be done about that."""
    codes = {one.code for one in seen.notes}
    partly = next((one for one in ("drawn-partly", "drawn-partly-first") if one in codes), None)
    widest = max((one.width_m or 0.0 for one in seen.blocking), default=0.0)
    error = {"drawn-partly": "plan-partly", "drawn-partly-first": "plan-partly-first"}
    raise InputError(
        error.get(partly or "", "plan-faulty"),
        count=len(seen.blocking),
        kinds=kinds(seen.blocking),
        widest_m=f"{widest:.2f}",
    )
