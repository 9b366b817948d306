"""An operation on a draft -> the draft after it, and the step that undoes it.

painting.py  paint, paint_estate, merge
cuts.py      cut, cut_blocks
vertices.py  move_vertex
drawing.py   split, draw, mend
halving.py   open_block
telling.py   lock, unlock, rename, renumber, dedicate, undedicate
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from geo.redraw import cuts, drawing, halving, painting, telling, vertices
from geo.redraw.asked import refuse_locked
from geo.redraw.draft import Change, Draft
from geo.redraw.operations import Operation, parse
from geo.redraw.step import Step, between, redo, undo

__all__ = ["apply", "redo", "undo"]

_DOERS: Mapping[str, Callable[[Draft, Any], Change]] = {
    "paint": painting.paint,
    "paint_estate": painting.paint_estate,
    "merge": painting.merge_grids,
    "cut": cuts.cut,
    "cut_blocks": cuts.cut_blocks,
    "move_vertex": vertices.move_vertex,
    "split": drawing.split,
    "draw": drawing.draw,
    "mend": drawing.mend,
    "open_block": halving.open_block,
    "lock": telling.lock,
    "unlock": telling.unlock,
    "rename": telling.rename,
    "renumber": telling.renumber,
    "dedicate": telling.dedicate,
    "undedicate": telling.undedicate,
}
_OVER_LOCKS = frozenset({"lock", "unlock", "rename", "renumber", "dedicate", "undedicate"})
"""What changes no block but what is said of it."""


def apply(draft: Draft, operation: Operation | Mapping[str, Any]) -> tuple[Draft, Step]:
    """The draft after an operation, and the step between; `Step.empty` where nothing changed.

    OptionError (or another InputError) names what is wrong with it and what can be done; the draft is as it was.
    """
    asked = operation if isinstance(operation, Operation) else parse(operation)
    change = _DOERS[asked.op](draft, asked)
    if asked.op not in _OVER_LOCKS:
        refuse_locked(draft, draft.touched(change))
    after = draft.changed(change)
    return after, between(draft, after, asked.to_json())
