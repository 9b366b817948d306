"""Plans into force: now, or from a moment to come on; an old one again. One transaction each: all of it, or nothing.

Blocked while a check finds anything blocking that nobody approved with a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor, Role
from api.services.draft_edit import expected, one, plan_now
from api.services.drafting import Shelf
from api.services.plans import findings, kinds
from data.readers.stage_rules import StageRules, read_stages
from data.store import drafts, plan_life, plans, redrawn, scheduling
from data.tables import PlanHappening, PlanStatus, Stage
from geo.errors import Conflict, NotFound, OptionError
from geo.model import Finding, Severity
from geo.redraw.hands import moved


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be published: plan -> the version that was seen. since: from when on; None is now. exceptions: code of
    a finding -> why it may stand."""

    versions: Mapping[int, int]
    since: datetime | None = None
    exceptions: Mapping[str, str] | None = None


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


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a plan lacks before it may be published: steps that the rules want, answers to objections."""

    missing: tuple[Stage, ...]
    open_objections: int

    def codes(self) -> list[str]:
        """What it lacks, as an exception names it."""
        objections = ["objection-open"] if self.open_objections else []
        return [*(f"stage-{stage.value}" for stage in self.missing), *objections]


class Publishing:
    """Publishes plans of one database. ``stage_rules``: what a plan must have gone through before."""

    def __init__(self, engine: Engine, shelf: Shelf, stage_rules: StageRules | None = None) -> None:
        self.engine, self.shelf = engine, shelf
        self.stage_rules = stage_rules or read_stages()

    def readiness(self, plan_id: int) -> Readiness:
        """What a plan lacks before it may be published. NotFound "plan-unknown"."""
        with self.engine.connect() as connection:
            return self._readiness(connection, one(drafts.heads(connection, [plan_id]), plan_id))

    def publish(self, actor: Actor, wish: Wish) -> Outcome:
        """Put drafts (or plans that wait) in force, or let them wait for their time: all, or none.

        NotFound "plan-unknown"; Conflict "draft-stale", "plan-not-draft", "plan-waiting", "plan-blocked";
        OptionError "publish-backdated".
        """
        with self.engine.begin() as connection:
            scheduling.hold(connection)
            outcome = self._publish(connection, actor, wish)
        for plan_id in wish.versions:
            self.shelf.drop(plan_id)
        return outcome

    def restore(self, actor: Actor, plan_id: int, wish: Wish) -> Outcome:
        """Put a copy of a plan that is over in force again. Conflict "plan-not-over" for any other."""
        with self.engine.begin() as connection:
            scheduling.hold(connection)
            head = one(drafts.heads(connection, [plan_id]), plan_id)
            if head["status"] != PlanStatus.RETIRED:
                raise Conflict("plan-not-over", plan=plan_id, status=head["status"])
            again = self._copy(connection, actor, head)
            return self._publish(connection, actor, replace(wish, versions={again: 1}))

    def withdraw(self, actor: Actor, plan_id: int) -> RowMapping:
        """Make a plan that waits for its time a draft again. Conflict "plan-not-scheduled"."""
        with self.engine.begin() as connection:
            scheduling.hold(connection)
            head = self._locked(connection, actor, [plan_id])[0]
            self._withdraw(connection, head, actor.who, PlanHappening.WITHDRAWN)
            return one(drafts.heads(connection, [plan_id]), plan_id)

    def activate(self, plan_id: int) -> Outcome | None:
        """Put a scheduled plan in force whose time has come; None where that is done or called off.

        Raises what `publish` raises.
        """
        with self.engine.begin() as connection:
            scheduling.hold(connection)
            found = {row["id"]: row for row in scheduling.due(connection)}.get(plan_id)
            if found is None:
                return None
            actor = Actor(who=found["published_by"])
            self._locked(connection, actor, [plan_id])
            return self._put_in_force(connection, actor, [plan_id], found["since"])

    def refuse(self, plan_id: int, reason: str) -> None:
        """Make a plan whose time has come, but which something blocks, a draft again; what is in force goes on."""
        with self.engine.begin() as connection:
            scheduling.hold(connection)
            found = {row["id"]: row for row in scheduling.due(connection)}.get(plan_id)
            if found is not None:
                by = found["published_by"]
                head = self._locked(connection, Actor(who=by), [plan_id])[0]
                self._withdraw(connection, head, by, PlanHappening.REFUSED, reason=reason)

    def _publish(self, connection: Connection, actor: Actor, wish: Wish) -> Outcome:
        ids = sorted(wish.versions)
        if wish.since is not None and wish.since <= scheduling.clock(connection):
            raise OptionError("publish-backdated", since=wish.since.isoformat())
        for head in self._locked(connection, actor, ids):
            expected(connection, head, wish.versions[head["id"]])
            if head["status"] == PlanStatus.SCHEDULED:
                self._withdraw(connection, head, actor.who, PlanHappening.WITHDRAWN)
            elif head["status"] != PlanStatus.DRAFT:
                raise Conflict("plan-not-draft", plan=head["id"], status=head["status"])
            self._recount(connection, head)
            _approve(connection, head, wish.exceptions or {}, by=actor.who)
        for head in drafts.heads(connection, ids):
            self._require_ready(connection, head)
        if wish.since is None:
            return self._put_in_force(connection, actor, ids, None)
        former = scheduling.in_force_of(connection, ids)
        scheduling.schedule(connection, ids, by=actor.who, since=wish.since)
        return self._finished(
            connection, actor, ids, former, since=wish.since, what=PlanHappening.SCHEDULED
        )

    def _put_in_force(
        self, connection: Connection, actor: Actor, ids: Sequence[int], since: datetime | None
    ) -> Outcome:
        done = plans.publish(connection, ids, by=actor.who, since=since)
        outcome = self._finished(
            connection,
            actor,
            ids,
            done.retired,
            since=done.moment,
            what=PlanHappening.PUBLISHED,
        )
        return replace(
            outcome, epoch=done.epoch, retired=done.retired, moved_incidents=done.moved_incidents
        )

    def _finished(
        self,
        connection: Connection,
        actor: Actor,
        ids: Sequence[int],
        former: Collection[int],
        *,
        since: datetime,
        what: PlanHappening,
    ) -> Outcome:
        """What came of it, noted; Conflict "plan-blocked" undoes it all."""
        heads = drafts.heads(connection, ids)
        approved = self._blocking(connection, heads)
        for head in heads:
            said = {"since": since.astimezone(UTC).isoformat(), "exceptions": head["exceptions"]}
            redrawn.note(
                connection, head["id"], what, by=actor.who, version=head["version"], **said
            )
        return Outcome(
            heads=heads,
            since=since,
            epoch=None,
            retired=(),
            moved_incidents=0,
            posts_left=scheduling.posts_left(connection, ids, former),
            grids_without_officer=scheduling.without_officer(connection, ids),
            approved=approved,
        )

    def _blocking(self, connection: Connection, heads: Sequence[RowMapping]) -> tuple[Finding, ...]:
        """The blocking findings that were approved. Conflict "plan-blocked", with those that were not."""
        ids = [head["id"] for head in heads]
        found = findings(connection, ids, rule=self.shelf.rule, profile=self.shelf.profile)
        blocking = [one for one in found if one.severity is Severity.BLOCKING]
        reasons = {one["code"] for head in heads for one in head["exceptions"]}
        still = [one for one in blocking if one.code not in reasons]
        if still:
            now = plan_now(heads[0], ()) | {"blocking": [one.to_json() for one in still[:100]]}
            raise Conflict("plan-blocked", count=len(still), kinds=kinds(still)).at(now, of="plan")
        return tuple(blocking)

    def _readiness(self, connection: Connection, head: RowMapping) -> Readiness:
        done = {row["stage"] for row in plan_life.stages(connection, head["id"])}
        rules = self.stage_rules
        households = _moved_households(self.shelf, connection, head) if rules.needed else 0
        count = plan_life.open_objections(connection, head["id"]) if rules.objections else 0
        return Readiness(tuple(rules.missing(done, households=households)), count)

    def _require_ready(self, connection: Connection, head: RowMapping) -> None:
        """Conflict "plan-unready" where a step or an answer is missing that no exception covers. What comes again was
        ready once."""
        if head["params"].get("restored"):
            return
        ready = self._readiness(connection, head)
        excused = {one["code"] for one in head["exceptions"]}
        lacking = [code for code in ready.codes() if code not in excused]
        if lacking:
            now = plan_now(head, ()) | {"lacking": lacking}
            raise Conflict("plan-unready", plan=head["id"], lacking=", ".join(lacking)).at(
                now, of="plan"
            )

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
        held = self.shelf.take(connection, head)
        if not held.stored:
            return
        counts = drafts.counts(connection, head["id"])
        other = [
            block
            for block in held.draft.blocks.values()
            if counts.get(block.block_id) != (block.households, block.residents)
        ]
        if other:
            codes = sorted({block.grid for block in other})
            redrawn.write(connection, head["id"], held.draft, blocks=other, gone=(), grids=codes)

    def _copy(self, connection: Connection, actor: Actor, head: RowMapping) -> int:
        return redrawn.create(
            connection,
            self.shelf.take(connection, head).draft,
            by=actor.who,
            name=head["name"],
            source=None,
            params={"copied_from": head["id"], "restored": True},
        )


def _approve(
    connection: Connection, head: RowMapping, exceptions: Mapping[str, str], *, by: str
) -> None:
    """Keep exceptions with their draft; what was approved before stays."""
    if not exceptions:
        return
    former = [one for one in head["exceptions"] if one["code"] not in exceptions]
    now = scheduling.clock(connection).isoformat()
    given = [
        {"code": code, "reason": reason, "by": by, "at": now}
        for code, reason in sorted(exceptions.items())
    ]
    redrawn.set_exceptions(connection, head["id"], [*former, *given])


def _moved_households(shelf: Shelf, connection: Connection, head: RowMapping) -> int:
    """How many households have another grid in a plan than in the one in force; all, where none is."""
    now = shelf.take(connection, head).draft
    former = plans.in_force(connection).get(head["community_code"])
    if former is None:
        return sum(block.households for block in now.blocks.values())
    was = shelf.take(connection, one(drafts.heads(connection, [former]), former)).draft
    return moved(was, now).households
