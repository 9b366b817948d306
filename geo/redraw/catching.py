"""A draft that others went on with, brought up to what it is now without looking at its ground again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from geo.model import CityPlan
from geo.redraw.begin import grid_facts, text_of
from geo.redraw.counting import counted
from geo.redraw.draft import Block, Change, Draft


def caught_up(draft: Draft, plan: CityPlan, *, used: Iterable[str] = ()) -> Draft:
    """A draft as ``plan`` says that it is now, which came of it by operations: its ground and what is known of it stay.

    ``plan`` and ``used`` as for `open_drafts`, of this community alone; much sooner done than opening it anew.
    """
    table = pd.DataFrame(plan.blocks.drop(columns=plan.blocks.geometry.name))
    stay, came = list[Block](), list[Block]()
    for row, shape in zip(table.to_dict("records"), plan.blocks.geometry, strict=True):
        name, grid = str(row["block_id"]), str(row["grid_code"])
        known = draft.blocks.get(name)
        if known is not None and known.shape == shape:
            stay.append(known if known.grid == grid else replace(known, grid=grid))
        else:
            came.append(Block(name, grid, shape, parent=text_of(row.get("parent"))))
    ids = {block.block_id for block in stay}
    gone = [block for key, block in draft.blocks.items() if key not in ids]
    changed = [block for block in stay if block is not draft.blocks[block.block_id]]
    facts = grid_facts(plan.grids)
    change = Change(
        blocks=(*changed, *counted(draft, gone, came)),
        gone=tuple(block.block_id for block in gone),
        grids={**dict.fromkeys(draft.grids), **facts},
    )
    return draft.changed(change, used=frozenset({*facts, *used}))
