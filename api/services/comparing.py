"""Plans beside each other: what moves between them, and how last year's incidents would have been shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from api.services.draft_edit import one
from api.services.drafting import Shelf
from data.store import drafts, plans
from geo.errors import InputError, NotFound
from geo.redraw import Draft
from geo.redraw.difference import PlanDiff, plan_diff
from geo.redraw.replay import Replay, replay


@dataclass(frozen=True, slots=True)
class Compared:
    """Two plans of one community, and what differs."""

    before: RowMapping
    after: RowMapping
    diff: PlanDiff


@dataclass(frozen=True, slots=True)
class Replayed:
    """The incidents of last year under two plans of one community."""

    before: RowMapping
    after: RowMapping
    replay: Replay


class Comparing:
    """Compares plans of one database."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self.engine, self.shelf = engine, shelf

    def diff(self, plan_id: int, *, against: int | None = None) -> Compared:
        """What ``plan_id`` does otherwise than another plan of its community (None: the one in force).

        NotFound "plan-unknown", "community-without-plan"; InputError "plans-elsewhere" for another community's.
        """
        (before, was), (after, now) = self._pair(plan_id, against)
        return Compared(before, after, plan_diff(was, now))

    def replay(self, plan_id: int, *, against: int | None = None) -> Replayed:
        """How evenly last year's incidents would have been shared. Raises what `diff` raises."""
        (before, was), (after, now) = self._pair(plan_id, against)
        return Replayed(before, after, replay([was], [now]))

    def _pair(self, plan_id: int, against: int | None) -> Sequence[tuple[RowMapping, Draft]]:
        options = {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(**options) as connection:
            after = one(drafts.heads(connection, [plan_id]), plan_id)
            code = after["community_code"]
            other = _in_force(connection, code) if against is None else against
            before = one(drafts.heads(connection, [other]), other)
            if before["community_code"] != code:
                raise InputError("plans-elsewhere", plan=plan_id, other=other)
            return [(head, self.shelf.take(connection, head).draft) for head in (before, after)]


def _in_force(connection: Connection, community: str) -> int:
    found = plans.in_force(connection).get(community)
    if found is None:
        raise NotFound("community-without-plan", code=community)
    return found
