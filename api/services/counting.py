"""Drafts counted again: who lives in their blocks now, after buildings came or went; no border changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from api.services.actor import Actor
from api.services.drafting import Held, Shelf
from data.store import drafts, redrawn
from data.tables import PlanHappening, PlanStatus
from geo.redraw.counting import renamed


@dataclass(frozen=True, slots=True)
class Recounted:
    """Drafts as they are now, by plan: to be put on the shelf (`keep`) once the transaction has ended."""

    held: Mapping[int, Held]

    def keep(self, shelf: Shelf) -> None:
        """Let a process go on with them."""
        for plan_id, held in self.held.items():
            shelf.put(plan_id, held)


def count_again(
    connection: Connection,
    shelf: Shelf,
    communities: Collection[str],
    actor: Actor,
    *,
    named: Collection[str] = (),
    why: Mapping[str, object],
) -> Recounted:
    """Read all drafts of some communities anew and write how many live in them now. Each gets a version of its own, by
    which every process and page learns of it; whoever edits goes on (`draft_edit.expected`), and owners stay.
    ``named``: buildings that are of another estate now; blocks in which they stand are called after it."""
    listed = [
        head["id"]
        for code in sorted(communities)
        for head in drafts.listed(connection, community=code, status=PlanStatus.DRAFT)
    ]
    made = {}
    for head in drafts.lock(connection, listed):
        if head["status"] != PlanStatus.DRAFT:  # published while we waited for it
            continue
        held = shelf.opened(connection, head)
        write_counts(connection, head["id"], held)
        held = _called(connection, head["id"], held, named)
        version = redrawn.grown(connection, head["id"])["version"]
        what = PlanHappening.COUNTED
        redrawn.note(connection, head["id"], what, by=actor.who, version=version, **why)
        made[head["id"]] = replace(held, version=version)
    return Recounted(made)


def _called(connection: Connection, plan_id: int, held: Held, named: Collection[str]) -> Held:
    """A draft whose blocks are called after the estates of their buildings, where some of these are ``named``."""
    draft = renamed(held.draft, named)
    other = [one for key, one in draft.blocks.items() if held.draft.blocks[key] != one]
    if not other:
        return held
    if held.stored:
        redrawn.write(connection, plan_id, draft, blocks=other, gone=(), grids=())
    return replace(held, draft=draft)


def write_counts(connection: Connection, plan_id: int, held: Held) -> None:
    """Write how many live in a draft's blocks and grids where that is not what the store has. A plan that came as
    polygons alone, and that nobody redrew, stays as it came."""
    if not held.stored:
        return
    counts = drafts.counts(connection, plan_id)
    other = [
        block
        for block in held.draft.blocks.values()
        if counts.get(block.block_id) != (block.households, block.residents)
    ]
    if other:
        codes = sorted({block.grid for block in other})
        redrawn.write(connection, plan_id, held.draft, blocks=other, gone=(), grids=codes)
