"""Redrawing: a plan copied into a draft, the draft changed by operations, one owner at a time, all of it undone and
done again. What was answered is on disk.

An edit names the ``version`` that its maker saw: Conflict "draft-stale", with what was done since, if somebody was
quicker; "draft-owned" where it is another's, unless it is taken over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Engine, select
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor, Role
from api.services.draft_edit import Edit, Edited, expected, one, owned
from api.services.drafting import Held, Shelf
from data.store import drafts, plans, redrawn
from data.tables import PlanHappening, PlanStatus, Region
from geo.errors import Conflict, InputError, NotFound
from geo.model import CityPlan
from geo.redraw import Draft, apply, redo, undo
from geo.redraw.layers import plan_of

MOST_OPERATIONS = 100
"""In one request."""


@dataclass(frozen=True, slots=True)
class Look:
    """A plan as it stands."""

    head: RowMapping
    held: Held

    @property
    def draft(self) -> Draft:
        """Its grids and blocks."""
        return self.held.draft


@dataclass(frozen=True, slots=True)
class Source:
    """What a draft is begun from: ``plan``, else the plans in force. name: what the draft is called. (What the engine
    draws: `drawing_anew`.)"""

    plan: int | None = None
    communities: tuple[str, ...] | None = None
    street: str | None = None
    name: str | None = None


class Redrawing:
    """Redraws plans in one database, with the drafts that a process has in memory."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self.engine, self.shelf = engine, shelf

    def create(self, actor: Actor, source: Source) -> Sequence[RowMapping]:
        """A draft for each community, owned by who makes it; they stand beside any others.

        NotFound for a plan or community that is not there, or that has no plan in force.
        """
        actor.needs(Role.PLANNER)
        with self.engine.begin() as connection:
            wanted = self._sources(connection, source)
            for code in wanted:
                actor.reaches(code)
            plan = drafts.plan(connection, list(wanted.values()))
            opened = self.shelf.open(
                connection, plan, used=drafts.used_codes(connection, list(wanted))
            )
            made = {}
            for code, draft in sorted(opened.items()):
                plan_id = redrawn.create(
                    connection,
                    draft,
                    by=actor.who,
                    name=source.name,
                    source=None,
                    params={"copied_from": wanted[code]},
                )
                made[plan_id] = self.shelf.held(connection, draft)
            heads = drafts.heads(connection, list(made))
        for plan_id, held in made.items():
            self.shelf.put(plan_id, held)
        return heads

    def layers(self, plan_ids: Sequence[int]) -> CityPlan:
        """Plans of several communities as the layers of one: to be written into a file and adopted again.

        NotFound "plan-unknown"; Conflict "plan-twice" for two of one community.
        """
        looks = [self.look(plan_id) for plan_id in sorted(set(plan_ids))]
        codes = [look.head["community_code"] for look in looks]
        for code in codes:
            if codes.count(code) > 1:
                raise Conflict("plan-twice", community=code)
        return plan_of([look.draft for look in looks])

    def head(self, plan_id: int) -> RowMapping:
        """What is said of a plan. NotFound "plan-unknown"."""
        with self.engine.connect() as connection:
            return one(drafts.heads(connection, [plan_id]), plan_id)

    def look(self, plan_id: int) -> Look:
        """A plan as it stands, whatever its status. NotFound "plan-unknown"."""
        options = {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(**options) as connection:
            head = one(drafts.heads(connection, [plan_id]), plan_id)
            return Look(head, self.shelf.take(connection, head))

    def discard(self, actor: Actor, plan_id: int) -> None:
        """Throw a draft away. Conflict "plan-not-draft", "draft-owned"."""
        with self.engine.begin() as connection:
            head = self._locked(connection, actor, plan_id)
            owned(head, actor, take_over=False)
            redrawn.discard(connection, plan_id)
        self.shelf.drop(plan_id)

    def edit(
        self,
        actor: Actor,
        plan_id: int,
        operations: Sequence[Mapping[str, Any]],
        *,
        version: int,
        take_over: bool = False,
    ) -> Edited:
        """Do operations one after another: all, or none where one can't be done (InputError, with its ``index``)."""
        with self._changing(actor, plan_id, version=version, take_over=take_over) as edit:
            steps, draft = [], edit.before
            for index, operation in enumerate(operations):
                try:
                    draft, step = apply(draft, operation)
                except InputError as error:
                    error.params.setdefault("index", index)
                    raise
                steps.append(step)
            done = [step for step in steps if not step.empty]
            edit.to(draft, PlanHappening.EDITED, [step.operation for step in done])
            if done:
                edit.add(done)
        return edit.done()

    def undo(self, actor: Actor, plan_id: int, *, version: int, take_over: bool = False) -> Edited:
        """Take the last operation back. Conflict "nothing-to-undo"."""
        return self._step(actor, plan_id, "undo", version=version, take_over=take_over)

    def redo(self, actor: Actor, plan_id: int, *, version: int, take_over: bool = False) -> Edited:
        """Do again what was undone last. Conflict "nothing-to-redo"."""
        return self._step(actor, plan_id, "redo", version=version, take_over=take_over)

    def _step(
        self,
        actor: Actor,
        plan_id: int,
        which: Literal["undo", "redo"],
        *,
        version: int,
        take_over: bool,
    ) -> Edited:
        again = which == "redo"
        with self._changing(actor, plan_id, version=version, take_over=take_over) as edit:
            kept = drafts.last_step(edit.connection, plan_id, undone=again)
            if kept is None:
                raise Conflict(f"nothing-to-{which}", plan=plan_id)
            step = redrawn.step_of(kept["step"])
            draft = redo(edit.before, step) if again else undo(edit.before, step)
            what = PlanHappening.REDONE if again else PlanHappening.UNDONE
            edit.to(draft, what, [step.operation])
            redrawn.set_undone(edit.connection, plan_id, kept["n"], undone=not again)
            edit.count(+1 if again else -1)
        return edit.done()

    @contextmanager
    def _changing(
        self, actor: Actor, plan_id: int, *, version: int, take_over: bool
    ) -> Iterator[Edit]:
        """A transaction that holds a draft of the version that was seen; what was made of it is written at its end."""
        with self.engine.begin() as connection:
            head = self._locked(connection, actor, plan_id)
            expected(connection, head, version)
            new_owner = owned(head, actor, take_over=take_over)
            edit = Edit(connection, head, self.shelf.take(connection, head))
            yield edit
            edit.write(actor, new_owner=new_owner)
        self.shelf.put(plan_id, edit.held)

    def _locked(self, connection: Connection, actor: Actor, plan_id: int) -> RowMapping:
        actor.needs(Role.PLANNER)
        head = one(drafts.lock(connection, [plan_id]), plan_id)
        actor.reaches(head["community_code"])
        if head["status"] != PlanStatus.DRAFT:
            raise Conflict("draft-over", plan=plan_id, status=head["status"])
        return head

    def _sources(self, connection: Connection, source: Source) -> dict[str, int]:
        """Community code -> the plan that its draft is begun from."""
        if source.plan is not None:
            head = one(drafts.heads(connection, [source.plan]), source.plan)
            return {head["community_code"]: head["id"]}
        in_force = plans.in_force(connection)
        wanted = self._communities(connection, source, in_force)
        for code in wanted:
            if code not in in_force:
                raise NotFound("community-without-plan", code=code)
        if not wanted:
            raise NotFound("no-plan-in-force")
        return {code: in_force[code] for code in wanted}

    def _communities(
        self, connection: Connection, source: Source, in_force: Collection[str]
    ) -> list[str]:
        if source.street is not None:
            below = select(Region.code).where(Region.parent_code == source.street)
            found = sorted(connection.scalars(below))
            if not found:
                raise NotFound("place-unknown", code=source.street)
            return [code for code in found if code in in_force]
        return sorted(in_force) if source.communities is None else sorted({*source.communities})
