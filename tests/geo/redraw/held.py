"""What holds of every draft, whatever was done to it."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import shapely

from geo.redraw import Draft, Step, apply, redo, undo


def tiles(draft: Draft) -> None:
    """Grids and blocks tile the community, double by double; each block is in one grid, each building in one block."""
    blocks = np.array([block.shape for block in draft.blocks.values()])
    assert shapely.is_valid(blocks).all() and shapely.coverage_is_valid(blocks)
    grids = np.array([draft.shape(code) for code in draft.grids])
    assert shapely.coverage_is_valid(grids)
    outline = draft.ground.outline.normalize()
    assert shapely.equals_exact(shapely.coverage_union_all(grids).normalize(), outline)
    assert {block.grid for block in draft.blocks.values()} == set(draft.grids) <= draft.used
    held = Counter(one for block in draft.blocks.values() for one in block.buildings)
    assert set(held.values()) <= {1}
    homes = draft.ground.homes
    for block in draft.blocks.values():
        rows = homes.rows(block.buildings)
        assert shapely.dwithin(block.shape, homes.points[rows], 1e-6).all()
        assert block.households == homes.households[rows].sum()
        assert block.residents == homes.residents[rows].sum()


def counts_stay(before: Draft, after: Draft) -> None:
    """Nobody is lost or told twice."""
    for name in ("households", "residents", "load"):
        sums = [sum(getattr(b, name) for b in one.blocks.values()) for one in (before, after)]
        assert sums[0] == sums[1]
    buildings = [{h for b in one.blocks.values() for h in b.buildings} for one in (before, after)]
    assert buildings[0] == buildings[1]


def same(one: Draft, other: Draft) -> None:
    """Both are the same to the last bit."""
    assert one.blocks == other.blocks
    assert [block.wkb for block in one.blocks.values()] == [
        block.wkb for block in other.blocks.values()
    ]
    assert one.grids == other.grids and one.used == other.used
    assert {code: one.wkb(code) for code in one.grids} == {
        code: other.wkb(code) for code in other.grids
    }


def told(step: Step) -> Step:
    """A step that went through JSON."""
    return Step.from_json(json.loads(json.dumps(step.to_json())))


def both_ways(draft: Draft, operation: dict[str, object]) -> Draft:
    """The draft after an operation that was undone and done again."""
    after, step = apply(draft, operation)
    tiles(after)
    same(undo(after, told(step)), draft)
    same(redo(undo(after, step), told(step)), after)
    return after
