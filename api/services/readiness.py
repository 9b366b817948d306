"""What a plan must have gone through before it is published: steps that rules want (data/rules/stages.toml), answers to
objections."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from api.services.approvals import whole_kinds
from api.services.blocking import is_restored
from api.services.draft_edit import one, plan_now
from api.services.drafting import Shelf
from data.readers.stage_rules import StageRules
from data.store import drafts, plan_life, plans
from data.tables import Stage
from geo.errors import Conflict
from geo.redraw.hands import moved


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a plan lacks before it may be published: steps that the rules want, answers to objections."""

    missing: tuple[Stage, ...]
    open_objections: int

    def codes(self) -> list[str]:
        """What it lacks, as an exception names it."""
        objections = ["objection-open"] if self.open_objections else []
        return [*(f"stage-{stage.value}" for stage in self.missing), *objections]


def readiness(
    connection: Connection, shelf: Shelf, rules: StageRules, head: RowMapping
) -> Readiness:
    """What a plan lacks before it may be published."""
    done = {row["stage"] for row in plan_life.stages(connection, head["id"])}
    households = _moved_households(shelf, connection, head) if rules.needed else 0
    count = plan_life.open_objections(connection, head["id"]) if rules.objections else 0
    return Readiness(tuple(rules.missing(done, households=households)), count)


def require_ready(
    connection: Connection, shelf: Shelf, rules: StageRules, head: RowMapping
) -> None:
    """Conflict "plan-unready" where a step or an answer is missing that no exception covers. What comes again just
    as it was, was ready once."""
    if is_restored(head):
        return
    ready = readiness(connection, shelf, rules, head)
    excused = whole_kinds(head["exceptions"])
    lacking = [code for code in ready.codes() if code not in excused]
    if lacking:
        now = plan_now(head, ()) | {"lacking": lacking}
        raise Conflict("plan-unready", plan=head["id"], lacking=", ".join(lacking)).at(
            now, of="plan"
        )


def _moved_households(shelf: Shelf, connection: Connection, head: RowMapping) -> int:
    """How many households have another grid in a plan than in the one in force; all, where none is."""
    now = shelf.take(connection, head).draft
    former = plans.in_force(connection).get(head["community_code"])
    if former is None:
        return sum(block.households for block in now.blocks.values())
    was = shelf.take(connection, one(drafts.heads(connection, [former]), former)).draft
    return moved(was, now).households
