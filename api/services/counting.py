"""Drafts counted again: who lives in their blocks now, after buildings came or went; no border changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from api.services.actor import Actor
from api.services.drafting import Held, Shelf
from data.store import drafts, redrawn
from data.tables import PlanHappening, PlanStatus


@dataclass(frozen=True, slots=True)
class Recounted:
    """Drafts as they are now, by plan: to be put on the shelf (`keep`) once the transaction has ended."""

    held: Mapping[int, Held]

    def keep(self, shelf: Shelf) -> None:
        """Let a process go on with them."""
        for plan_id, held in self.held.items():
            shelf.put(plan_id, held)


def count_again(
    connection: Connection, shelf: Shelf, communities: Collection[str], actor: Actor, **why: object
) -> Recounted:
    """Read all drafts of some communities anew and write how many live in them now. Each gets a version of its own, by
    which every process and page learns of it; whoever edits goes on (`draft_edit.expected`), and owners stay."""
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
        version = redrawn.grown(connection, head["id"])["version"]
        what = PlanHappening.COUNTED
        redrawn.note(connection, head["id"], what, by=actor.who, version=version, **why)
        made[head["id"]] = replace(held, version=version)
    return Recounted(made)


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
