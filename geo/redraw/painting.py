"""Blocks that change their grid: painted one by one, as an estate, or grid by grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from geo.errors import OptionError
from geo.redraw.asked import blocks_named, estate_blocks, grid_named
from geo.redraw.draft import Block, Change, Draft
from geo.redraw.naming import new_codes, new_facts
from geo.redraw.operations import Merge, Paint, PaintEstate


def paint(draft: Draft, asked: Paint) -> Change:
    """Blocks to a grid."""
    return painted(draft, blocks_named(draft, asked.blocks), asked.grid)


def paint_estate(draft: Draft, asked: PaintEstate) -> Change:
    """An estate to a grid."""
    return painted(draft, estate_blocks(draft, asked.estate), asked.grid)


def merge_grids(draft: Draft, asked: Merge) -> Change:
    """Grids to one of them, which says that it was made from all."""
    facts = grid_named(draft, asked.into)
    others = [code for code in asked.grids if code != asked.into]
    for code in others:
        grid_named(draft, code)
    if not others:
        raise OptionError("merge-needs-two", grid=asked.into)
    blocks = [block for code in others for block in draft.of(code)]
    former = tuple(sorted({*facts.predecessors, asked.into, *others}))
    change = painted(draft, blocks, asked.into)
    return replace(change, grids={asked.into: replace(facts, predecessors=former)})


def painted(draft: Draft, blocks: Sequence[Block], grid: str | None) -> Change:
    """Some blocks to a grid, or to a new one."""
    if grid is None:
        code = new_codes(draft, [blocks])[0]
        grids = {code: new_facts(draft, code, blocks)}
    else:
        grid_named(draft, grid)
        code, grids = grid, {}
    moved = tuple(replace(block, grid=code) for block in blocks if block.grid != code)
    return Change(moved, grids=grids)
