"""One change of a draft while its transaction lasts, and what it was; whose a draft is, and which version was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor
from api.services.drafting import Held
from data.store import drafts, redrawn
from data.tables import PlanHappening
from geo.errors import Conflict, NotFound
from geo.redraw import Draft, Step
from geo.redraw.hands import grids_at
from geo.redraw.step import between


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit did. net: from ``before`` to ``after``, however many operations there were. operations: those."""

    head: dict[str, Any]
    before: Draft
    after: Draft
    net: Step
    what: PlanHappening
    operations: tuple[Mapping[str, Any], ...]
    open_incidents: int


class Edit:
    """One change of a draft while its transaction lasts."""

    def __init__(self, connection: Connection, head: RowMapping, held: Held) -> None:
        self.connection, self._head, self.held = connection, dict(head), held
        self.before = self.after = held.draft
        self._what, self._operations = PlanHappening.EDITED, list[Mapping[str, Any]]()

    def to(
        self, draft: Draft, what: PlanHappening, operations: Sequence[Mapping[str, Any]]
    ) -> None:
        """What the draft became, and by what."""
        self.after, self._what, self._operations = draft, what, list(operations)
        self.net = between(self.before, draft, {})

    def add(self, steps: Sequence[Step]) -> None:
        """Keep what was done, to be undone."""
        done, undone = self._head["undo"], self._head["redo"]
        redrawn.add_steps(self.connection, self._head["id"], steps, done=done, undone=undone)
        self._head |= {"undo": done + len(steps), "redo": 0}

    def count(self, by: int) -> None:
        """One more that can be undone, and one less that can be done again; or the other way round."""
        self._head |= {"undo": self._head["undo"] + by, "redo": self._head["redo"] - by}

    def write(self, actor: Actor, *, new_owner: bool) -> None:
        """The rows that changed; a change of nothing but the owner is one, too."""
        plan_id, net = self._head["id"], self.net
        if not self.held.stored:
            redrawn.write_whole(self.connection, plan_id, self.before)
        if net.empty and not self._operations and not new_owner:
            return
        kept = {block.block_id for block in net.blocks_after}
        gone = [one.block_id for one in net.blocks_before if one.block_id not in kept]
        redrawn.write(
            self.connection,
            plan_id,
            self.after,
            blocks=net.blocks_after,
            gone=gone,
            grids=net.grids,
        )
        now = redrawn.grown(self.connection, plan_id, owner=actor.who if new_owner else None)
        version = now["version"]
        if new_owner and self._head["owner"] is not None:
            had = {"from": self._head["owner"]}
            redrawn.note(
                self.connection, plan_id, PlanHappening.OWNED, by=actor.who, version=version, **had
            )
        if self._operations:
            told = {"operations": self._operations}
            redrawn.note(
                self.connection, plan_id, self._what, by=actor.who, version=version, **told
            )
        self._head |= now
        self.held = replace(
            self.held, version=version, done=self._head["undo"], draft=self.after, stored=True
        )

    def done(self) -> Edited:
        """What the edit did, once it is on disk."""
        return Edited(
            self._head,
            self.before,
            self.after,
            self.net,
            self._what,
            tuple(self._operations),
            _open_incidents(self.held, self),
        )


def one(rows: Sequence[RowMapping], plan_id: int) -> RowMapping:
    """The head of a plan. NotFound "plan-unknown" where there is none."""
    if not rows:
        raise NotFound("plan-unknown", plan=plan_id)
    return rows[0]


def expected(connection: Connection, head: RowMapping, version: int) -> None:
    """Conflict "draft-stale" unless the draft is still the version that somebody saw; what was only counted again since
    has the same blocks and grids."""
    now = head["version"]
    if now == version or drafts.only_counted(connection, head["id"], after=version, until=now):
        return
    since = drafts.changes_since(connection, head["id"], version)
    raise Conflict("draft-stale", plan=head["id"], seen=version, version=now).at(
        plan_now(head, since), of="plan"
    )


def owned(head: RowMapping, actor: Actor, *, take_over: bool) -> bool:
    """Whether the actor becomes the owner of a draft now. Conflict "draft-owned" where that is another."""
    if head["owner"] == actor.who:
        return False
    if head["owner"] is not None and not take_over:
        conflict = Conflict("draft-owned", plan=head["id"], owner=head["owner"])
        raise conflict.at(plan_now(head, ()), of="plan")
    return True


def plan_now(head: RowMapping, since: Sequence[RowMapping]) -> dict[str, Any]:
    """What a conflict tells of a draft: how it is now, and what was done to it."""
    names = ("id", "community_code", "name", "status", "version", "owner", "owner_at")
    return {name: head[name] for name in names} | {"changes": [dict(row) for row in since]}


def _open_incidents(held: Held, edit: Edit) -> int:
    """How many open incidents have another grid now."""
    touched = [block.shape for block in (*edit.net.blocks_before, *edit.net.blocks_after)]
    if not touched:
        return 0
    near = np.unique(held.open_points.query(touched, predicate="intersects")[1])
    points = held.open_points.geometries[near]
    was, now = (grids_at(draft, points) for draft in (edit.before, edit.after))
    return int((was != now).sum())
