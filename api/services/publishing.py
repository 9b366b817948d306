"""Plans into force: now, or from a moment to come on; an old one again. One transaction each: all of it, or nothing.

Blocked while a check finds anything blocking that nobody approved with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor, Role
from api.services.approvals import Approval, approved, joined, whole_kinds
from api.services.blocking import blocking
from api.services.counting import write_counts
from api.services.draft_edit import expected, one, plan_now
from api.services.drafting import Shelf
from api.services.plans import kinds
from api.services.readiness import Readiness, readiness, require_ready
from data.readers.stage_rules import StageRules, read_stages
from data.store import drafts, grids, locking, plans, redrawn, scheduling
from data.tables import PlanHappening, PlanStatus
from geo.errors import Conflict, NotFound, OptionError
from geo.model import Finding, Severity

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be published: plan -> the version that was seen. since: from when on; None is now. exceptions: what
    may stand though it blocks."""

    versions: Mapping[int, int]
    since: datetime | None = None
    exceptions: Sequence[Approval] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a publication did. epoch: None where it only waits now. posts_left: whose grid is no more. approved: what an
    exception lets stand."""

    heads: Sequence[RowMapping]
    since: datetime
    epoch: int | None
    retired: tuple[int, ...]
    moved_incidents: int
    posts_left: Sequence[RowMapping]
    grids_without_officer: Sequence[str]
    approved: tuple[Finding, ...]


class Publishing:
    """Publishes plans of one database. ``stage_rules``: what a plan must have gone through before."""

    def __init__(self, engine: Engine, shelf: Shelf, stage_rules: StageRules | None = None) -> None:
        self.engine, self.shelf = engine, shelf
        self.stage_rules = stage_rules or read_stages()

    def readiness(self, plan_id: int) -> Readiness:
        """What a plan lacks before it may be published. NotFound "plan-unknown"."""
        with self.engine.connect() as connection:
            head = one(drafts.heads(connection, [plan_id]), plan_id)
            return readiness(connection, self.shelf, self.stage_rules, head)

    def obstacles(self, plan_id: int) -> tuple[Sequence[Finding], Sequence[str]]:
        """What nobody approved yet: findings that block a plan, and what it lacks besides (`Readiness.codes`)."""
        with self.engine.connect() as connection:
            head = one(drafts.heads(connection, [plan_id]), plan_id)
            found = blocking(connection, self.shelf, self.stage_rules, [head])
            ready = readiness(connection, self.shelf, self.stage_rules, head)
        excused = whole_kinds(head["exceptions"])
        still = [one for one in found if not approved(one, head["exceptions"])]
        return still, [code for code in ready.codes() if code not in excused]

    def publish(self, actor: Actor, wish: Wish) -> Outcome:
        """Put drafts (or plans that wait) in force, or let them wait for their time: all, or none.

        NotFound "plan-unknown"; Conflict "draft-stale", "plan-not-draft", "plan-waiting", "plan-blocked";
        OptionError "publish-backdated".
        """
        with self.engine.begin() as connection:
            outcome = self._publish(connection, actor, wish)
        for plan_id in wish.versions:
            self.shelf.drop(plan_id)
        return outcome

    def restore(self, actor: Actor, plan_id: int, wish: Wish) -> Outcome:
        """Put a copy of a plan that is over in force again. Conflict "plan-not-over" for any other."""
        with self.engine.begin() as connection:
            head = one(drafts.heads(connection, [plan_id]), plan_id)
            if head["status"] != PlanStatus.RETIRED:
                raise Conflict("plan-not-over", plan=plan_id, status=head["status"])
            again = self._copy(connection, actor, head)
            return self._publish(connection, actor, replace(wish, versions={again: 1}))

    def withdraw(self, actor: Actor, plan_id: int) -> RowMapping:
        """Make a plan that waits for its time a draft again. Conflict "plan-not-scheduled"."""
        with self.engine.begin() as connection:
            head = self._locked(connection, actor, [plan_id])[0]
            scheduling.hold(connection)
            self._withdraw(connection, head, actor.who, PlanHappening.WITHDRAWN)
            return one(drafts.heads(connection, [plan_id]), plan_id)

    def activate(self, plan_id: int) -> Outcome | None:
        """Put a scheduled plan in force whose time has come; None where that is done or called off.

        Raises what `publish` raises.
        """
        with self.engine.begin() as connection:
            head = _due(connection, plan_id)
            if head is None:
                return None
            approved, ahead = self._checked(
                connection,
                [head],
                lambda: plans.look_ahead(connection, [plan_id]),
                worsened=False,
            )
            scheduling.hold(connection)
            actor = Actor(who=head["published_by"])
            return self._put_in_force(connection, actor, ahead, head["since"], approved)

    def refuse(self, plan_id: int, reason: str) -> None:
        """Make a plan whose time has come, but which something blocks, a draft again; what is in force goes on."""
        with self.engine.begin() as connection:
            head = _due(connection, plan_id)
            if head is not None:
                scheduling.hold(connection)
                by = head["published_by"]
                self._withdraw(connection, head, by, PlanHappening.REFUSED, reason=reason)

    def _publish(self, connection: Connection, actor: Actor, wish: Wish) -> Outcome:
        """Everything that takes long comes before plan_epoch is held: who reports an incident waits for that."""
        ids = sorted(wish.versions)
        _refuse_past(connection, wish.since)
        locked = self._locked(connection, actor, ids)
        for head in locked:
            expected(connection, head, wish.versions[head["id"]])
            _refuse_other(head)  # who holds plan_epoch may be waiting for a plan that is in force
        if any(head["status"] == PlanStatus.SCHEDULED for head in locked):
            locking.alone(connection)  # it is withdrawn first, and that holds plan_epoch
        for head in locked:
            self._prepare(connection, actor, head, wish.exceptions)
        heads = drafts.heads(connection, ids)
        for head in heads:
            require_ready(connection, self.shelf, self.stage_rules, head)
        if wish.since is None:
            approved, ahead = self._checked(
                connection, heads, lambda: plans.look_ahead(connection, ids)
            )
            scheduling.hold(connection)
            return self._put_in_force(connection, actor, ahead, None, approved)
        approved, _ = self._checked(connection, heads, lambda: scheduling.hold(connection))
        _refuse_past(connection, wish.since)
        former = scheduling.in_force_of(connection, ids)
        scheduling.schedule(connection, ids, by=actor.who, since=wish.since)
        what = PlanHappening.SCHEDULED
        done = _noted(connection, actor, ids, former, since=wish.since, what=what)
        return replace(done, approved=approved)

    def _prepare(
        self, connection: Connection, actor: Actor, head: RowMapping, exceptions: Sequence[Approval]
    ) -> None:
        """A draft as it is to be published: counted today, with what was approved."""
        if head["status"] == PlanStatus.SCHEDULED:
            scheduling.hold(connection)
            self._withdraw(connection, head, actor.who, PlanHappening.WITHDRAWN)
        self._recount(connection, head)
        _approve(connection, head, exceptions, by=actor.who)

    def _put_in_force(
        self,
        connection: Connection,
        actor: Actor,
        ahead: plans.Ahead,
        since: datetime | None,
        approved: tuple[Finding, ...],
    ) -> Outcome:
        ids = sorted(ahead.communities)
        done = plans.publish(connection, ids, by=actor.who, since=since, ahead=ahead)
        told = _noted(
            connection, actor, ids, done.retired, since=done.moment, what=PlanHappening.PUBLISHED
        )
        return replace(
            told,
            epoch=done.epoch,
            retired=done.retired,
            moved_incidents=done.moved_incidents,
            approved=approved,
        )

    def _checked(
        self,
        connection: Connection,
        heads: Sequence[RowMapping],
        hold: Callable[[], T],
        *,
        worsened: bool = True,
    ) -> tuple[tuple[Finding, ...], T]:
        """What was approved, and what ``hold`` returns, from which on no plan comes into force but these. Checked
        before it, for others wait then; and once more where plans came into force meanwhile, for drafts are held
        against those."""
        seen = grids.epoch(connection)
        approved = self._blocking(connection, heads, worsened=worsened)
        held = hold()
        if grids.epoch(connection) != seen:
            approved = self._blocking(connection, heads, worsened=worsened)
        return approved, held

    def _blocking(
        self, connection: Connection, heads: Sequence[RowMapping], *, worsened: bool = True
    ) -> tuple[Finding, ...]:
        """The blocking findings that were approved. Conflict "plan-blocked", with those that were not.

        ``worsened``: what became worse counts too; not at its time, when people have moved in whom no draft knew."""
        found = blocking(connection, self.shelf, self.stage_rules, heads)
        if not worsened:
            found = [one for one in found if one.severity is Severity.BLOCKING]
        approvals = [one for head in heads for one in head["exceptions"]]
        still = [one for one in found if not approved(one, approvals)]
        if still:
            now = plan_now(heads[0], ()) | {"blocking": [one.to_json() for one in still[:100]]}
            raise Conflict("plan-blocked", count=len(still), kinds=kinds(still)).at(now, of="plan")
        return tuple(found)

    def _locked(
        self, connection: Connection, actor: Actor, ids: Collection[int]
    ) -> Sequence[RowMapping]:
        actor.needs(Role.PLANNER)
        heads = drafts.lock(connection, ids)
        for plan_id in sorted(set(ids) - {head["id"] for head in heads}):
            raise NotFound("plan-unknown", plan=plan_id)
        for head in heads:
            actor.reaches(head["community_code"])
        return heads

    def _withdraw(
        self,
        connection: Connection,
        head: RowMapping,
        by: str,
        what: PlanHappening,
        **detail: object,
    ) -> None:
        if head["status"] != PlanStatus.SCHEDULED:
            raise Conflict("plan-not-scheduled", plan=head["id"], status=head["status"])
        scheduling.withdraw(connection, head["id"])
        redrawn.note(connection, head["id"], what, by=by, version=head["version"], **detail)

    def _recount(self, connection: Connection, head: RowMapping) -> None:
        """Write how many live in a draft now, where that has changed since it was made. A plan that came as polygons
        alone, and that nobody redrew, stays as it came."""
        self.shelf.drop(head["id"])
        write_counts(connection, head["id"], self.shelf.take(connection, head))

    def _copy(self, connection: Connection, actor: Actor, head: RowMapping) -> int:
        return redrawn.create(
            connection,
            self.shelf.take(connection, head).draft,
            by=actor.who,
            name=head["name"],
            source=None,
            params={"copied_from": head["id"], "restored": True},
        )


def _noted(
    connection: Connection,
    actor: Actor,
    ids: Sequence[int],
    former: Collection[int],
    *,
    since: datetime,
    what: PlanHappening,
) -> Outcome:
    """What came of it, kept with each plan."""
    heads = drafts.heads(connection, ids)
    for head in heads:
        said = {"since": since.astimezone(UTC).isoformat(), "exceptions": head["exceptions"]}
        redrawn.note(connection, head["id"], what, by=actor.who, version=head["version"], **said)
    return Outcome(
        heads=heads,
        since=since,
        epoch=None,
        retired=(),
        moved_incidents=0,
        posts_left=scheduling.posts_left(connection, ids, former),
        grids_without_officer=scheduling.without_officer(connection, ids),
        approved=(),
    )


def _due(connection: Connection, plan_id: int) -> RowMapping | None:
    """A scheduled plan whose time has come, locked; None where that is done or called off."""
    drafts.lock(connection, [plan_id])
    due = {row["id"] for row in scheduling.due(connection)}
    return one(drafts.heads(connection, [plan_id]), plan_id) if plan_id in due else None


def _refuse_other(head: RowMapping) -> None:
    """Conflict "plan-not-draft" for a plan that is, or was, in force."""
    if head["status"] not in (PlanStatus.DRAFT, PlanStatus.SCHEDULED):
        raise Conflict("plan-not-draft", plan=head["id"], status=head["status"])


def _refuse_past(connection: Connection, since: datetime | None) -> None:
    """OptionError "publish-backdated" for a moment that has passed."""
    if since is not None and since <= scheduling.clock(connection):
        raise OptionError("publish-backdated", since=since.isoformat())


def _approve(
    connection: Connection, head: RowMapping, exceptions: Sequence[Approval], *, by: str
) -> None:
    """Keep exceptions with their draft; what was approved before stays."""
    if not exceptions:
        return
    now = scheduling.clock(connection).isoformat()
    given = [one.kept(by=by, at=now) for one in exceptions]
    redrawn.set_exceptions(connection, head["id"], joined(head["exceptions"], given))
