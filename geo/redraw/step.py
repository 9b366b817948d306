"""What an operation did, so that it can be undone and done again to the last bit: no shape is computed for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geo.redraw.counting import counted
from geo.redraw.draft import Block, Change, Draft, GridFacts


@dataclass(frozen=True, slots=True)
class Step:
    """operation: as JSON. blocks_before: what it replaced; blocks_after: what it made. grids_before, grids_after: of
    every grid whose facts changed, None where it was not, or is not any more. used: codes that it was the first to use.
    """

    operation: Mapping[str, Any]
    blocks_before: tuple[Block, ...] = ()
    blocks_after: tuple[Block, ...] = ()
    grids_before: Mapping[str, GridFacts | None] = field(default_factory=dict)
    grids_after: Mapping[str, GridFacts | None] = field(default_factory=dict)
    used: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.blocks_after or self.blocks_before or self.grids_before)

    @property
    def grids(self) -> tuple[str, ...]:
        """The codes of all grids that it touched, before and after."""
        blocks = (*self.blocks_before, *self.blocks_after)
        return tuple(sorted({*self.grids_before, *(block.grid for block in blocks)}))

    def to_json(self) -> dict[str, Any]:
        """Everything, JSON-ready."""
        return {
            "operation": dict(self.operation),
            "blocks_before": [block.to_json() for block in self.blocks_before],
            "blocks_after": [block.to_json() for block in self.blocks_after],
            "grids_before": _facts_json(self.grids_before),
            "grids_after": _facts_json(self.grids_after),
            "used": list(self.used),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Step:
        """The step that `to_json` told, to the last bit."""
        return cls(
            operation=told["operation"],
            blocks_before=tuple(Block.from_json(one) for one in told["blocks_before"]),
            blocks_after=tuple(Block.from_json(one) for one in told["blocks_after"]),
            grids_before=_facts_of(told["grids_before"]),
            grids_after=_facts_of(told["grids_after"]),
            used=tuple(told["used"]),
        )


def between(before: Draft, after: Draft, operation: Mapping[str, Any]) -> Step:
    """The step from one draft to the other."""
    was, now = _others(before.blocks, after.blocks), _others(after.blocks, before.blocks)
    codes = sorted({*before.grids, *after.grids})
    changed = [code for code in codes if before.grids.get(code) != after.grids.get(code)]
    return Step(
        operation=operation,
        blocks_before=tuple(was.values()),
        blocks_after=tuple(now.values()),
        grids_before={code: before.grids.get(code) for code in changed},
        grids_after={code: after.grids.get(code) for code in changed},
        used=tuple(sorted(after.used - before.used)),
    )


def _others(blocks: Mapping[str, Block], than: Mapping[str, Block]) -> dict[str, Block]:
    """The blocks that are not the same there; most are the very same."""
    return {
        key: block
        for key, block in blocks.items()
        if (other := than.get(key)) is not block and other != block
    }


def undo(draft: Draft, step: Step) -> Draft:
    """The draft before a step, the last that was done."""
    back = _exchange(draft, step.blocks_after, step.blocks_before, step.grids_before)
    return draft.changed(back, used=draft.used - {*step.used})


def redo(draft: Draft, step: Step) -> Draft:
    """The draft after a step, the last that was undone."""
    again = _exchange(draft, step.blocks_before, step.blocks_after, step.grids_after)
    return draft.changed(again, used=draft.used | {*step.used})


def _exchange(
    draft: Draft,
    out: Sequence[Block],
    back: Sequence[Block],
    grids: Mapping[str, GridFacts | None],
) -> Change:
    """Some blocks for others on the same ground. Where others live there since the step was kept, or their estate is
    called otherwise, it is they who stand in what comes back."""
    present = [draft.blocks[one.block_id] for one in out]
    renamed = [one.estate for one in present] != [one.estate for one in out]
    if renamed or _people(present) != _people(back):
        back = counted(draft, present, back)
    return Change(tuple(back), tuple(block.block_id for block in out), grids)


def _people(blocks: Sequence[Block]) -> tuple[object, ...]:
    return (
        {one for block in blocks for one in block.buildings},
        sum(block.households for block in blocks),
        sum(block.residents for block in blocks),
        sum(block.load for block in blocks),
    )


def _facts_json(grids: Mapping[str, GridFacts | None]) -> dict[str, Any]:
    return {code: facts and facts.to_json() for code, facts in grids.items()}


def _facts_of(told: Mapping[str, Any]) -> dict[str, GridFacts | None]:
    return {code: facts and GridFacts.from_json(facts) for code, facts in told.items()}
