"""A drawing of some grids of a community, completed from the plan in force: what was drawn wins, the rest stays.

The blocks of the plan in force are cut where a drawn border runs through them, by the very cutting of an edit; each
then belongs to the drawn grid that has most of it, else to the grid that it was in. So the result tiles exactly, and
what was not drawn is what it was, to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from geo.blocks.noding import Geometries
from geo.errors import OptionError
from geo.redraw.cuts import cut_blocks
from geo.redraw.draft import Block, Change, Draft, GridFacts, objects
from geo.redraw.naming import new_facts
from geo.redraw.operations import CutBlocks

NARROW_M = 0.5
"""A strip of a block that is narrower is no ground of its own: the border means that of the block."""


@dataclass(frozen=True, slots=True)
class DrawnGrid:
    """A grid as it was drawn (EPSG:4490), under the code that it gets. kind, reason: None where nothing tells."""

    code: str
    name: str
    shape: shapely.Geometry
    kind: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Ground of a grid in force, and who lives there."""

    code: str
    name: str
    area_m2: float
    households: int


@dataclass(frozen=True, slots=True)
class Completed:
    """draft: the whole community. drawn: codes of drawn grids; kept: of those in force that stay. cut: what of these
    the drawing takes; gone: those that it takes altogether. stays: ground of a drawn grid outside of what was drawn; it
    stays its own, for nothing was drawn there. lost: codes of drawn grids that got no ground. uncut: blocks that could
    not be cut where the drawing wants it; each is whole where most of it lies."""

    draft: Draft
    drawn: tuple[str, ...]
    kept: tuple[str, ...]
    cut: tuple[Share, ...]
    gone: tuple[Share, ...]
    stays: tuple[Share, ...]
    lost: tuple[str, ...]
    uncut: tuple[str, ...]


def completed(
    before: Draft, drawn: Sequence[DrawnGrid], *, within_m: float | None = None
) -> Completed:
    """``before`` (the plan in force as a draft) with some grids as they were drawn. ``within_m``: how far a drawn
    border may be off and still means the one that there is."""
    facts = {code: replace(one, locked=False) for code, one in before.grids.items()}
    open_ = replace(before, grids=facts)
    narrow_m = max(within_m or 0.0, NARROW_M)
    cut, uncut = open_, list[str]()
    for one in drawn:
        cut, failed = _cut_along(cut, one.shape, narrow_m)
        uncut += failed
    owner = _owners(cut, drawn)
    moved = [
        replace(block, grid=owner[block.block_id])
        for block in cut.blocks.values()
        if owner.get(block.block_id, block.grid) != block.grid
    ]
    after = cut.changed(Change(tuple(moved), grids=_facts(cut, before, drawn, owner)))
    got = set(owner.values())
    codes = tuple(one.code for one in drawn)
    return Completed(
        after,
        tuple(code for code in codes if code in got),
        tuple(code for code in before.grids if code in after.grids and code not in got),
        *_shares(cut, after, owner),
        tuple(code for code in codes if code not in got),
        tuple(one for one in uncut if one in after.blocks),
    )


def _cut_along(draft: Draft, shape: shapely.Geometry, narrow_m: float) -> tuple[Draft, list[str]]:
    """Blocks that a drawn border runs through, cut along it; and those that could not be."""
    uncut = list[str]()
    for ring in shapely.get_rings(shape):
        crossed = _crossed(draft, shape, narrow_m, beside=ring)
        if not crossed:
            continue
        line = tuple((x, y) for x, y in shapely.get_coordinates(ring).tolist())
        made = _tried(draft, crossed, line)
        if made is not None:
            draft = made
            continue
        for one in crossed:  # together they don't fit; one by one some do
            made = _tried(draft, [one], line)
            if made is None:
                uncut.append(one)
            else:
                draft = made
    return draft, uncut


def _tried(
    draft: Draft, blocks: Sequence[str], line: tuple[tuple[float, float], ...]
) -> Draft | None:
    try:
        return draft.changed(cut_blocks(draft, CutBlocks(tuple(blocks), line)))
    except OptionError:
        return None


def _crossed(
    draft: Draft, shape: shapely.Geometry, narrow_m: float, *, beside: shapely.Geometry
) -> list[str]:
    """The blocks on ``beside`` of which ``shape`` has a part, and not all; what is narrow does not count."""
    blocks = list(draft.blocks.values())
    shapes = objects([block.shape for block in blocks])
    near = np.sort(shapely.STRtree(shapes).query(beside, predicate="intersects"))
    inner = shapely.intersection(shapes[near], shape)
    outer = shapely.difference(shapes[near], shape)
    wide = _wide(draft, inner, narrow_m) & _wide(draft, outer, narrow_m)
    return [blocks[row].block_id for row in near[wide].tolist()]


def _wide(
    draft: Draft, shapes: Geometries, narrow_m: float
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    metric = draft.ground.metres(shapes)
    return ~np.asarray(shapely.is_empty(shapely.buffer(metric, -narrow_m / 2)))


def _owners(draft: Draft, drawn: Sequence[DrawnGrid]) -> dict[str, str]:
    """The drawn grid of each block of which most lies in one."""
    blocks = list(draft.blocks.values())
    shapes = objects([block.shape for block in blocks])
    areas = objects([one.shape for one in drawn])
    block, area = shapely.STRtree(areas).query(shapes, predicate="intersects")
    common = shapely.area(shapely.intersection(shapes[block], areas[area]))
    most: dict[int, tuple[float, int]] = {}
    for row, one, size in zip(block.tolist(), area.tolist(), common.tolist(), strict=True):
        most[row] = max(most.get(row, (0.0, -1)), (size, one))
    return {
        blocks[row].block_id: drawn[one].code
        for row, (size, one) in most.items()
        if size > shapes[row].area / 2
    }


def _facts(
    cut: Draft, before: Draft, drawn: Sequence[DrawnGrid], owner: Mapping[str, str]
) -> dict[str, GridFacts]:
    """What is said of grids: of those in force what was, of drawn ones what the drawing tells beside it."""
    found = dict(before.grids)
    for one in drawn:
        mine = [block for block in cut.blocks.values() if owner.get(block.block_id) == one.code]
        if not mine:
            continue
        known = found.get(one.code) or new_facts(cut, one.code, mine)
        found[one.code] = replace(
            known, name=one.name, kind=one.kind or known.kind, reason=one.reason or known.reason
        )
    return found


def _shares(
    cut: Draft, after: Draft, owner: Mapping[str, str]
) -> tuple[tuple[Share, ...], tuple[Share, ...], tuple[Share, ...]]:
    """What drawn grids take of others that stay, those that they take altogether, and what is left of their own."""
    taken: dict[str, list[Block]] = {}
    left: dict[str, list[Block]] = {}
    drawn = set(owner.values())
    for block in cut.blocks.values():
        code = owner.get(block.block_id)
        if code is None and block.grid in drawn:
            left.setdefault(block.grid, []).append(block)
        elif code is not None and code != block.grid:
            taken.setdefault(block.grid, []).append(block)
    shares = [
        _share(cut, code, blocks) for code, blocks in sorted(taken.items()) if code not in drawn
    ]
    return (
        tuple(one for one in shares if one.code in after.grids),
        tuple(one for one in shares if one.code not in after.grids),
        tuple(_share(cut, code, blocks) for code, blocks in sorted(left.items())),
    )


def _share(draft: Draft, code: str, blocks: Sequence[Block]) -> Share:
    metric = draft.ground.metres(objects([block.shape for block in blocks]))
    return Share(
        code,
        draft.grids[code].name,
        round(float(shapely.area(metric).sum()), 1),
        sum(block.households for block in blocks),
    )
