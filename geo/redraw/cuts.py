"""Blocks and grids cut along a line that a planner drew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks.adjacency import shared_segments
from geo.blocks.noding import merge
from geo.errors import OptionError
from geo.partition.problem import components
from geo.redraw.asked import blocks_named, grid_named, refuse_locked
from geo.redraw.counting import pieces_of
from geo.redraw.cutting import SNAP_DEG, Pieces, cut_polygons
from geo.redraw.draft import Block, Change, Draft, objects
from geo.redraw.naming import new_codes, new_facts
from geo.redraw.operations import Cut, CutBlocks, Point

Ints = NDArray[np.intp]

CRUMB_DEG = 5e-6
"""About half a metre: an empty piece that is narrower is no block of its own."""
ASIDE_DEG = 1e-9


@dataclass(frozen=True, slots=True)
class _Cutting:
    """blocks: what was asked for, cut. beside: other blocks that got a vertex. gone: blocks that are pieces now."""

    blocks: tuple[Block, ...]
    beside: tuple[Block, ...]
    gone: tuple[str, ...]
    line: shapely.MultiLineString


def cut_blocks(draft: Draft, asked: CutBlocks) -> Change:
    """Blocks cut; the pieces stay in their grid."""
    cutting = _cut(draft, blocks_named(draft, asked.blocks), asked.line)
    if not cutting.gone:
        raise OptionError("cut-misses")
    return _change(draft, cutting, {})


def cut(draft: Draft, asked: Cut) -> Change:
    """A grid cut: the side with fewer households becomes a new grid. A line that ends inside goes on to its border."""
    facts = grid_named(draft, asked.grid)
    cutting = _cut(draft, draft.of(asked.grid), _to_the_border(draft.shape(asked.grid), asked.line))
    smaller = _smaller_side(cutting)
    if smaller is None:
        raise OptionError("cut-parts-nothing", grid=asked.grid, name=facts.name)
    code = new_codes(draft, [smaller])[0]
    change = _change(draft, cutting, {block.block_id: code for block in smaller})
    return replace(change, grids={code: new_facts(draft, code, draft.of(asked.grid))})


def _to_the_border(shape: shapely.Geometry, line: Sequence[Point]) -> Sequence[Point]:
    """A line whose ends lie outside: one inside goes straight on to the first border that it meets."""
    if len(set(line)) < 2:
        return line
    kept = [
        point for point, before in zip(line, [None, *line[:-1]], strict=True) if point != before
    ]
    first, last = _on(shape, kept[1], kept[0]), _on(shape, kept[-2], kept[-1])
    return [*([first] if first else []), *kept, *([last] if last else [])]


def _on(shape: shapely.Geometry, inner: Point, end: Point) -> Point | None:
    """Where the way from ``inner`` to ``end`` leaves a shape in which it ends, a little beyond."""
    if not shapely.contains_xy(shape, *end):
        return None
    west, south, east, north = shapely.bounds(shape)
    x, y = end[0] - inner[0], end[1] - inner[1]
    reach = (np.hypot(east - west, north - south) + SNAP_DEG) / np.hypot(x, y)
    ray = shapely.LineString([end, (end[0] + x * reach, end[1] + y * reach)])
    met = shapely.get_coordinates(shapely.intersection(ray, shapely.boundary(shape)))
    near = met[np.argmin(np.hypot(*(met - end).T))]
    away = np.hypot(*(near - end))
    grow = (away + SNAP_DEG / 2) / np.hypot(x, y)
    return float(end[0] + x * grow), float(end[1] + y * grow)


def _cut(draft: Draft, blocks: Sequence[Block], line: Sequence[Point]) -> _Cutting:
    """Blocks cut where a line meets them."""
    refuse_locked(draft, (block.grid for block in blocks))
    drawn = shapely.LineString(line)
    if drawn.length < SNAP_DEG:
        raise OptionError("cut-misses")
    reach = shapely.buffer(drawn, 2 * SNAP_DEG)
    met = [block for block in blocks if block.shape.intersects(reach)]
    if not met:
        raise OptionError("cut-misses")
    beside = _open_beside(draft, met)
    shapes, around = [block.shape for block in met], [block.shape for block in beside]
    pieces = cut_polygons(shapes, drawn, around)
    if pieces is None:
        raise OptionError("cut-too-close")
    made, gone = [block for block in blocks if block not in met], list[str]()
    for block, own in zip(met, pieces.of, strict=True):
        whole = _without_crumbs(draft, block, own)
        if len(whole) > 1:
            gone.append(block.block_id)
            made += pieces_of(draft, block, whole)
        else:
            made.append(block if whole[0] is block.shape else replace(block, shape=whole[0]))
    return _Cutting(tuple(made), _moved_vertices(beside, pieces), tuple(gone), pieces.line)


def _open_beside(draft: Draft, blocks: Iterable[Block]) -> list[Block]:
    """The blocks next to some that may get new vertices: those of grids that are not locked."""
    own = {block.block_id for block in blocks}
    others = [
        block
        for block in draft.blocks.values()
        if block.block_id not in own and not draft.grids[block.grid].locked
    ]
    if not others:
        return []
    tree = shapely.STRtree(objects([block.shape for block in others]))
    shapes = objects([draft.blocks[one].shape for one in sorted(own)])
    near = np.unique(tree.query(shapes, predicate="intersects")[1])
    return [others[one] for one in near]


def _moved_vertices(beside: Sequence[Block], pieces: Pieces) -> tuple[Block, ...]:
    return tuple(
        replace(block, shape=shape)
        for block, shape, touched in zip(beside, pieces.beside, pieces.touched, strict=True)
        if touched
    )


def _without_crumbs(
    draft: Draft, block: Block, pieces: Sequence[shapely.Polygon]
) -> list[shapely.Polygon]:
    """Pieces of a block; one so narrow that it can only be a slip of the hand goes to the one beside it."""
    whole = list(pieces)
    points = draft.ground.homes.points[draft.ground.homes.rows(block.buildings)]
    while len(whole) > 1:
        widths = [2 * one.area / one.length for one in whole]
        small = int(np.argmin(widths))
        if widths[small] >= CRUMB_DEG or shapely.intersects(whole[small], points).any():
            break
        i, j, start, end = shared_segments(objects(whole))
        mine = (i == small) | (j == small)
        if not mine.any():
            break
        other = np.where(i == small, j, i)[mine]
        shared = np.bincount(other, np.hypot(*(end - start)[mine].T))
        joined = merge(objects([whole[small], whole[int(shared.argmax())]]))
        if not isinstance(joined, shapely.Polygon):
            break
        kept = [one for at, one in enumerate(whole) if at not in (small, int(shared.argmax()))]
        whole = [*kept, joined]
    return whole


def _change(draft: Draft, cutting: _Cutting, codes: dict[str, str]) -> Change:
    """What became of the blocks, some of them under another grid's code."""
    made = [
        replace(block, grid=codes.get(block.block_id, block.grid))
        for block in (*cutting.blocks, *cutting.beside)
    ]
    new = [block for block in made if draft.blocks.get(block.block_id) != block]
    return Change(tuple(new), gone=cutting.gone)


def _smaller_side(cutting: _Cutting) -> list[Block] | None:
    """The blocks on the side of the line where fewer households live; None where it parts nothing."""
    blocks, line = cutting.blocks, cutting.line
    if shapely.is_empty(line):
        return None
    shapes = objects([block.shape for block in blocks])
    i, j, start, end = shared_segments(shapes)
    barrier = _along(start, line) & _along(end, line)
    part = components(len(blocks), np.column_stack([i, j])[~barrier])
    left, right = _sides(
        shapes, part, (i[barrier], j[barrier]), (start[barrier], end[barrier]), line
    )
    if not left or not right:
        return None
    sides = [
        [block for block, one in zip(blocks, part, strict=True) if one in side]
        for side in (left, right)
    ]
    return min(sides, key=_weight)


def _along(points: NDArray[np.float64], line: shapely.MultiLineString) -> NDArray[np.bool_]:
    """Which points the line runs by: on it, or as near as a crumb is wide, which it may have lost."""
    near = shapely.dwithin(shapely.points(points), line, 2 * CRUMB_DEG)
    return np.asarray(near, dtype=bool)


def _sides(
    shapes: NDArray[np.object_],
    part: Ints,
    pairs: tuple[Ints, Ints],
    ends: tuple[NDArray[np.float64], NDArray[np.float64]],
    line: shapely.MultiLineString,
) -> tuple[set[int], set[int]]:
    """The connected parts left and right of the line as it was drawn; one on both is where more of it is."""
    metres: dict[int, float] = {}
    paths = shapely.get_parts(line)
    for a, b, start, end in zip(*(one.tolist() for one in pairs), *ends, strict=True):
        if part[a] == part[b]:
            continue
        middle = (start + end) / 2
        path = paths[int(np.argmin(shapely.distance(paths, shapely.Point(middle))))]
        along = shapely.line_locate_point(path, shapely.points([start, end]))
        step = (end - start) * (1 if along[1] >= along[0] else -1)
        length = float(np.hypot(*step))
        aside = middle + np.array([-step[1], step[0]]) / length * ASIDE_DEG
        first_left = shapely.contains_xy(shapes[a], *aside)
        for one, sign in ((part[a], 1 if first_left else -1), (part[b], -1 if first_left else 1)):
            metres[int(one)] = metres.get(int(one), 0.0) + sign * length
    return {one for one, m in metres.items() if m > 0}, {one for one, m in metres.items() if m < 0}


def _weight(blocks: Sequence[Block]) -> tuple[int, int, float]:
    return (
        sum(block.households for block in blocks),
        sum(len(block.buildings) for block in blocks),
        sum(block.shape.area for block in blocks),
    )
