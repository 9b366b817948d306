"""Blocks and grids cut along a line that a planner drew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks.adjacency import shared_segments
from geo.blocks.noding import Geometries, boundary_lines, merge
from geo.errors import OptionError
from geo.redraw.asked import blocks_named, grid_named, refuse_locked
from geo.redraw.counting import pieces_of
from geo.redraw.cutting import SNAP_DEG, Pieces, cut_polygons
from geo.redraw.draft import Block, Change, Draft, objects
from geo.redraw.naming import new_codes, new_facts
from geo.redraw.operations import Cut, CutBlocks, Point

Ints = NDArray[np.intp]

CRUMB_DEG = 5e-6
"""About half a metre: an empty piece that is narrower is no block of its own."""
SHORT_DEG = 1e-4
"""About ten metres: by so much a line traced by hand may fall short of what it should meet."""
ASIDE_DEG = 1e-9
NOTHING_DEG2 = 1e-16
"""About a square millimetre: what rounding leaves between two lines that are one."""


@dataclass(frozen=True, slots=True)
class _Cutting:
    """blocks: what was asked for, cut. beside: other blocks that got a vertex. gone: blocks that are pieces now."""

    blocks: tuple[Block, ...]
    beside: tuple[Block, ...]
    gone: tuple[str, ...]
    line: shapely.MultiLineString


def cut_blocks(draft: Draft, asked: CutBlocks) -> Change:
    """Blocks cut; the pieces stay in their grid."""
    if asked.blocks is None:
        line = _reaching(draft, asked.line)
        cutting = _cut(draft, _crossed(draft, line), line)
    else:
        cutting = _cut(draft, blocks_named(draft, asked.blocks), asked.line)
    if not cutting.gone:
        raise OptionError("cut-misses")
    return _change(draft, cutting, {})


def _reaching(draft: Draft, line: Sequence[Point]) -> Sequence[Point]:
    """A line drawn along something: an end that falls short of the border of its block by a little goes on to it."""
    kept = [point for point, last in zip(line, [None, *line[:-1]], strict=True) if point != last]
    if len(kept) < 2 or kept[0] == kept[-1]:
        return line
    first, last = _short(draft, kept[1], kept[0]), _short(draft, kept[-2], kept[-1])
    return [*([first] if first else []), *kept, *([last] if last else [])]


def _short(draft: Draft, inner: Point, end: Point) -> Point | None:
    for block in draft.blocks.values():
        beyond = _on(block.shape, inner, end)
        if beyond is not None:
            near = np.hypot(beyond[0] - end[0], beyond[1] - end[1]) < SHORT_DEG
            return beyond if near else None
    return None


def _crossed(draft: Draft, line: Sequence[Point]) -> list[Block]:
    """The blocks that a line meets, but those that nothing may change."""
    drawn = shapely.LineString(line)
    return [
        block
        for block in draft.blocks.values()
        if not draft.grids[block.grid].locked and block.shape.intersects(drawn)
    ]


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
        if not _vertices([block.shape]) <= _vertices(whole):
            raise OptionError("cut-too-close")
        if len(whole) > 1:
            gone.append(block.block_id)
            made += pieces_of(draft, block, whole)
        else:
            made.append(block if whole[0] is block.shape else replace(block, shape=whole[0]))
    return _Cutting(tuple(made), _moved_vertices(beside, pieces), tuple(gone), pieces.line)


def _vertices(shapes: Sequence[shapely.Polygon]) -> set[Point]:
    """All of them. A line along a border makes crumbs of no width; joined to what lies beside them, a vertex that is
    straight but for a hair can go, and what shares it would not fit any more."""
    return {(x, y) for x, y in shapely.get_coordinates(objects(shapes)).tolist()}


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
    """The blocks on the side of the line where fewer households live; None where it parts nothing.

    A block is where most of it is: a tip across the line that is too narrow for a block stayed with it.
    """
    blocks, line = cutting.blocks, cutting.line
    if shapely.is_empty(line):
        return None
    shapes = objects([block.shape for block in blocks])
    regions = _regions(merge(shapes), line)
    at = _mostly_in(shapes, regions).tolist()
    sides = [
        [block for block, region in zip(blocks, at, strict=True) if region in side]
        for side in _sides(regions, line)
    ]
    return min(sides, key=_weight) if all(sides) else None


def _regions(whole: shapely.Geometry, line: shapely.MultiLineString) -> Geometries:
    """What a line leaves of a shape."""
    lines = [*boundary_lines(objects([whole])), *shapely.get_parts(line)]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    inside = shapely.covers(whole, shapely.point_on_surface(faces))
    return np.asarray(faces[inside & (shapely.area(faces) > NOTHING_DEG2)], dtype=object)


def _mostly_in(shapes: Geometries, regions: Geometries) -> Ints:
    """The region in which most of each shape lies."""
    shape, region = shapely.STRtree(regions).query(shapes, predicate="intersects")
    area = np.full(len(shape), np.inf)
    several = np.bincount(shape, minlength=len(shapes))[shape] > 1
    area[several] = shapely.area(
        shapely.intersection(shapes[shape[several]], regions[region[several]])
    )
    at = np.zeros(len(shapes), dtype=np.intp)
    order = np.argsort(area, kind="stable")
    at[shape[order]] = region[order]
    return at


def _sides(regions: Geometries, line: shapely.MultiLineString) -> tuple[set[int], set[int]]:
    """The regions left and right of the line as it was drawn; one on both is where more of it is."""
    metres: dict[int, float] = {}
    paths = shapely.get_parts(line)
    for a, b, start, end in zip(*shared_segments(regions), strict=True):
        step = end - start
        length = float(np.hypot(*step))
        middle = (start + end) / 2
        path = paths[int(np.argmin(shapely.distance(paths, shapely.Point(middle))))]
        along = shapely.line_locate_point(path, shapely.points([start, end]))
        way = step if along[1] >= along[0] else -step
        aside = middle + np.array([-way[1], way[0]]) / length * ASIDE_DEG
        first = 1 if shapely.contains_xy(regions[a], *aside) else -1
        for one, sign in ((int(a), first), (int(b), -first)):
            metres[one] = metres.get(one, 0.0) + sign * length
    return {one for one, m in metres.items() if m > 0}, {one for one, m in metres.items() if m < 0}


def _weight(blocks: Sequence[Block]) -> tuple[int, int, float]:
    return (
        sum(block.households for block in blocks),
        sum(len(block.buildings) for block in blocks),
        sum(block.shape.area for block in blocks),
    )
