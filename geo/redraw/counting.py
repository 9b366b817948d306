"""Who lives in pieces of blocks: what stood in the blocks stands in the pieces, no more and no less."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks.pieces import OUTSIDE, holders
from geo.redraw.draft import Block, Change, Draft, objects
from geo.redraw.ground import Homes

Ints = NDArray[np.intp]


def pieces_of(draft: Draft, block: Block, shapes: Sequence[shapely.Polygon]) -> list[Block]:
    """A block's pieces as blocks of its grid, counted; each is numbered after it."""
    pieces = [
        replace(block, block_id=name, parent=block.block_id, shape=shape)
        for name, shape in zip(_names(draft, block, len(shapes)), shapes, strict=True)
    ]
    return counted(draft, [block], pieces)


def counted(draft: Draft, before: Sequence[Block], after: Sequence[Block]) -> list[Block]:
    """``after``, which cover what ``before`` covered, with what stood in these."""
    homes, shapes = draft.ground.homes, objects([block.shape for block in after])
    rows = np.array(sorted(homes.rows(_buildings(before))), dtype=np.intp)
    at = _nearest(homes.points[rows], shapes)
    load = _load(draft, before, shapes)
    return [
        _with_homes(block, homes, rows[at == index], int(load[index]))
        for index, block in enumerate(after)
    ]


def renamed(draft: Draft, buildings: Collection[str]) -> Draft:
    """A draft in which blocks where some buildings stand bear the name of the estate that most of theirs are of."""
    wanted, homes = {*buildings}, draft.ground.homes
    mine = [one for one in draft.blocks.values() if not wanted.isdisjoint(one.buildings)]
    made = [
        _with_homes(one, homes, np.array(homes.rows(one.buildings), dtype=np.intp), one.load)
        for one in mine
    ]
    return draft.changed(Change(tuple(made))) if made else draft


def _buildings(blocks: Sequence[Block]) -> tuple[str, ...]:
    return tuple(one for block in blocks for one in block.buildings)


def _names(draft: Draft, block: Block, count: int) -> list[str]:
    """Ids that no block of the draft has."""
    names, number = list[str](), 0
    while len(names) < count:
        number += 1
        if (name := f"{block.block_id}-{number}") not in draft.blocks:
            names.append(name)
    return names


def _nearest(points: NDArray[np.object_], shapes: NDArray[np.object_]) -> Ints:
    """The piece that covers each point; of one that none covers (it stood a hair outside), the nearest."""
    at = holders(points, shapes)
    lost = np.flatnonzero(at == OUTSIDE)
    if len(lost):
        at[lost] = shapely.STRtree(shapes).query_nearest(points[lost], all_matches=False)[1]
    return at


def _load(draft: Draft, before: Sequence[Block], shapes: NDArray[np.object_]) -> Ints:
    """The incidents in each piece; the fullest makes up for those on borders, so that none is lost or told twice."""
    ground = draft.ground
    whole = sum(block.load for block in before)
    if whole == 0:
        return np.zeros(len(shapes), dtype=np.intp)
    near = np.unique(ground.incidents_tree.query(shapes, predicate="intersects")[1])
    at = holders(ground.incidents[near], shapes)
    load = np.bincount(at[at != OUTSIDE], minlength=len(shapes))
    load[load.argmax()] += whole - load.sum()
    return load.astype(np.intp)


def _with_homes(block: Block, homes: Homes, rows: Ints, load: int) -> Block:
    """A block in which just these buildings stand."""
    estate = _commonest([one for one in homes.estate[rows] if one is not None])
    weight = homes.households[rows] + homes.residents[rows]
    label = homes.label[rows[np.argmax(weight)]] if len(rows) else None
    return replace(
        block,
        estate=estate,
        label=estate or label,
        households=int(homes.households[rows].sum()),
        residents=int(homes.residents[rows].sum()),
        load=load,
        buildings=tuple(homes.ids[row] for row in rows),
    )


def _commonest(names: Sequence[str]) -> str | None:
    """The name that comes most often, the first of the alphabet in a tie."""
    return min(set(names), key=lambda name: (-names.count(name), name)) if names else None
