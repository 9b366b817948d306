"""A vertex moved: all blocks that share it go with it, and together they cover just what they covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from geo.errors import OptionError
from geo.redraw.asked import refuse_locked
from geo.redraw.counting import counted
from geo.redraw.cutting import rings
from geo.redraw.draft import Block, Change, Draft, objects
from geo.redraw.operations import MoveVertex, Point

SAME_DEG = 1e-6
"""About ten centimetres: a vertex that is told is the nearest one, but not from farther away."""


def move_vertex(draft: Draft, asked: MoveVertex) -> Change:
    """A vertex inside a community moved. OptionError where it is on the border, or where that would tear anything."""
    old = _nearest(draft, asked.from_)
    if _on_border(draft, old):
        raise OptionError("vertex-on-border", lng=old[0], lat=old[1])
    blocks = [block for block in draft.blocks.values() if old in _vertices(block.shape)]
    refuse_locked(draft, (block.grid for block in blocks))
    if old == asked.to:
        return Change()
    moved = [replace(block, shape=_moved(block.shape, old, asked.to)) for block in blocks]
    if not _fits(blocks, moved, asked.to):
        raise OptionError("vertex-tears", lng=asked.to[0], lat=asked.to[1])
    return Change(tuple(counted(draft, blocks, moved)))


def _nearest(draft: Draft, told: Point) -> Point:
    """The vertex that is meant."""
    xy = shapely.get_coordinates(objects([block.shape for block in draft.blocks.values()]))
    away = np.hypot(*(xy - told).T)
    row = int(np.argmin(away))
    if away[row] > SAME_DEG:
        raise OptionError("vertex-unknown", lng=told[0], lat=told[1])
    return float(xy[row, 0]), float(xy[row, 1])


def _on_border(draft: Draft, vertex: Point) -> bool:
    xy = shapely.get_coordinates(draft.ground.outline)
    return bool((xy == vertex).all(axis=1).any())


def _vertices(shape: shapely.Polygon) -> set[Point]:
    return {vertex for ring in rings(shape) for vertex in ring}


def _moved(shape: shapely.Polygon, old: Point, new: Point) -> shapely.Polygon:
    made = [[new if vertex == old else vertex for vertex in ring] for ring in rings(shape)]
    return shapely.Polygon(made[0], made[1:])


def _fits(before: Sequence[Block], after: Sequence[Block], new: Point) -> bool:
    """Whether blocks still tile what they tiled: none turned over, none fell together, nothing crosses."""
    if any(new in _vertices(block.shape) for block in before):
        return False
    was, now = (objects([block.shape for block in blocks]) for blocks in (before, after))
    if not (shapely.is_valid(now).all() and shapely.coverage_is_valid(now)):
        return False
    turned = shapely.is_ccw(shapely.get_exterior_ring(was)) != shapely.is_ccw(
        shapely.get_exterior_ring(now)
    )
    before_all, after_all = (shapely.coverage_union_all(one).normalize() for one in (was, now))
    return not turned.any() and bool(shapely.equals_exact(before_all, after_all))
