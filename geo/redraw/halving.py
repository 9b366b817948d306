"""A block that is more than any grid may have, cut between its buildings until every piece fits."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import InputError, OptionError
from geo.redraw.asked import blocks_named, refuse_locked
from geo.redraw.cuts import cut_blocks
from geo.redraw.draft import Block, Change, Draft, objects
from geo.redraw.operations import CutBlocks, OpenBlock

Floats = NDArray[np.float64]

APART_M = 2.0
"""Buildings nearer to each other than this are not parted."""
TRIES = 6
"""Places at which a block is tried to be cut, the most even first."""
TURNS = (0.0, np.pi / 2, np.pi / 4, -np.pi / 4)
"""Directions of the cut beside the one across its length."""


def open_block(draft: Draft, asked: OpenBlock) -> Change:
    """A block cut in pieces of its grid, each within the upper bounds as far as its buildings can be parted.

    OptionError "open-fits" for one that is no more than a grid may have, "open-one-place" for one whose people all live
    in one place.
    """
    (block,) = blocks_named(draft, [asked.block])
    refuse_locked(draft, [block.grid])
    if not too_large(draft, block):
        raise OptionError("open-fits", block=block.block_id, households=block.households)
    now = _opened(draft, block)
    if now is draft:
        raise OptionError("open-one-place", block=block.block_id, households=block.households)
    new = [one for key, one in now.blocks.items() if draft.blocks.get(key) is not one]
    gone = [key for key in draft.blocks if key not in now.blocks]
    return Change(blocks=tuple(new), gone=tuple(gone))


def too_large(draft: Draft, block: Block) -> bool:
    """Whether a block alone is more than a grid may have."""
    bounds = draft.ground.bounds
    return block.households > bounds.households[1] or block.residents > bounds.residents[1]


def _opened(draft: Draft, block: Block) -> Draft:
    """The draft in which a block is cut until it fits; the same one where it can't be cut."""
    if not too_large(draft, block):
        return draft
    halved = _halved(draft, block)
    if halved is None:
        return draft
    pieces = [one for key, one in halved.blocks.items() if key not in draft.blocks]
    for piece in pieces:
        halved = _opened(halved, piece)
    return halved


def _halved(draft: Draft, block: Block) -> Draft | None:
    """Cut in two about evenly by a straight line between buildings; None where no such line cuts it soundly."""
    for line in _lines(draft, block):
        try:
            after = draft.changed(cut_blocks(draft, CutBlocks((block.block_id,), line)))
        except InputError:  # too close to what is there: another line
            continue
        held = [one for key, one in after.blocks.items() if key not in draft.blocks]
        if sum(one.households > 0 or one.residents > 0 for one in held) > 1:
            return after
    return None


def _lines(draft: Draft, block: Block) -> list[tuple[tuple[float, float], ...]]:
    """Lines that part a block's buildings, the best first: across its length, as even as can be."""
    homes = draft.ground.homes
    rows = np.array(sorted(homes.rows(block.buildings)), dtype=np.intp)
    if len(rows) < 2:
        return []
    points = shapely.get_coordinates(draft.ground.metres(homes.points[rows]))
    weight = np.maximum(homes.households[rows], homes.residents[rows] / 3).astype(float)
    centre = points.mean(axis=0)
    along = np.linalg.svd(points - centre, full_matrices=False)[2][0]
    reach = 2 * float(np.hypot(*np.ptp(points, axis=0))) + 2000.0
    found = []
    for turn in TURNS:
        axis = _turned(along, turn)
        for at in _gaps((points - centre) @ axis, weight):
            middle = centre + at * axis
            side = reach * np.array([-axis[1], axis[0]])
            found.append(_degrees(draft, middle - side, middle + side))
    return found


def _gaps(place: Floats, weight: Floats) -> list[float]:
    """Between which buildings a cut falls, the most even first."""
    order = np.argsort(place, kind="stable")
    place, upto = place[order], np.cumsum(weight[order])
    apart = np.flatnonzero(np.diff(place) > APART_M)
    even = np.abs(upto[apart] - upto[-1] / 2)
    best = apart[np.argsort(even, kind="stable")][:TRIES]
    return [float((place[row] + place[row + 1]) / 2) for row in best]


def _turned(axis: Floats, angle: float) -> Floats:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([axis[0] * cos - axis[1] * sin, axis[0] * sin + axis[1] * cos])


def _degrees(draft: Draft, *ends: Floats) -> tuple[tuple[float, float], ...]:
    points = draft.ground.degrees(objects([shapely.Point(end) for end in ends]))
    return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(points).tolist())
