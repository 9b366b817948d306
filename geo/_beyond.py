"""What lies beyond the nearest edge of the polygon that a point is in: one place at a time, in microseconds.

The polygons that can lie there are those that touch the point's own, nearly.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo._jit import bound, inlined, quick

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

_SLACK_M = (
    0.05  # a straight edge bends by up to 18 mm between the plane of degrees and that of metres
)
_TIE_M = 1e-6
_RUN = 8  # edges: most places are told by two or three runs, without reading the others from memory
_ROUNDING = 1.0 + 1e-9


class Tables(NamedTuple):
    """Edges in runs; where each run begins (and the last ends), its box; where each polygon's runs begin, its box;
    where its neighbours' numbers begin, and these."""

    edges: Floats
    runs: Longs
    run_boxes: Floats
    first: Longs
    boxes: Floats
    start: Longs
    near: Longs
    beside_m: float
    bend_m: float


class Beyond:
    """Polygons in the order in which they win, in a plane in metres, and a tree of them.

    ``beside_m``: a polygon at most this much farther than the nearest edge lies on the other side of it. ``bend_m``:
    how far edges may lie beside their place in this plane.
    """

    def __init__(
        self,
        shapes: NDArray[np.object_],
        tree: shapely.STRtree,
        *,
        beside_m: float,
        bend_m: float,
    ) -> None:
        edges, first_edge = edges_of(shapes)
        runs, first = runs_of(first_edge, longest=_RUN)
        boxes: Floats = np.ascontiguousarray(shapely.bounds(shapes))
        start, near = _neighbours(boxes, tree, reach_m=beside_m + 2 * bend_m)
        self.tables = Tables(
            edges,
            np.append(runs, len(edges)),
            boxes_of(edges, runs),
            first,
            boxes,
            start,
            near,
            beside_m,
            bend_m,
        )
        self._measure = bound(beyond, 0.0, 0.0, 0, False, self.tables)

    def edge(self, x: float, y: float, rank: int, *, on_edge: bool) -> tuple[float, int]:
        """Metres from a point to the edge of its polygon, and the polygon beyond that edge (-1: none)."""
        return self._measure(x, y, rank, on_edge, self.tables)


def _neighbours(boxes: Floats, tree: shapely.STRtree, *, reach_m: float) -> tuple[Longs, Longs]:
    """For each polygon where the numbers of those begin that may be so near to it, and these, ascending."""
    west, south, east, north = boxes.T
    reached = shapely.box(west - reach_m, south - reach_m, east + reach_m, north + reach_m)
    own, other = tree.query(reached)
    own, other = own[own != other], other[own != other]
    order = np.lexsort([other, own])
    start = np.searchsorted(own[order], np.arange(len(boxes) + 1))
    return start.astype(np.int64), other[order].astype(np.int64)


def edges_of(shapes: NDArray[np.object_]) -> tuple[Floats, Longs]:
    """All edges (x, y, x, y), polygon by polygon, and where each polygon's begin."""
    parts, part_rank = shapely.get_parts(shapes, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    within = ring[1:] == ring[:-1]
    edges = np.column_stack([xy[:-1], xy[1:]])[within]
    rank = part_rank[ring_part][ring[:-1][within]]
    first = np.searchsorted(rank, np.arange(len(shapes) + 1))
    return np.ascontiguousarray(edges), first.astype(np.int64)


def runs_of(first: Longs, *, longest: int) -> tuple[Longs, Longs]:
    """Where runs of at most ``longest`` edges begin, none across two polygons, and where each polygon's runs begin.

    ``first``: where each polygon's edges begin, and the end.
    """
    count = -(-np.diff(first) // longest)
    first_run = np.append(0, np.cumsum(count)).astype(np.int64)
    polygon = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(polygon)) - first_run[:-1][polygon]
    return (first[:-1][polygon] + within * longest).astype(np.int64), first_run


def boxes_of(edges: Floats, runs: Longs) -> Floats:
    """The box (west, south, east, north) of each run."""
    low, high = np.minimum(edges[:, :2], edges[:, 2:]), np.maximum(edges[:, :2], edges[:, 2:])
    return np.hstack([np.minimum.reduceat(low, runs), np.maximum.reduceat(high, runs)])


@quick
def beyond(x: float, y: float, rank: int, on_edge: bool, tables: Tables) -> tuple[float, int]:
    """Metres to the edge of polygon ``rank``, and the nearest beyond it (the first of equals; -1: none)."""
    near, edge_m, reach_m = tables.near, 0.0, tables.beside_m
    if on_edge:
        reach_m += 2.0 * tables.bend_m
    else:
        edge_m = distance(x, y, rank, math.inf, tables)[0]
    best, other = edge_m + reach_m, -1
    for k in range(tables.start[rank], tables.start[rank + 1]):
        if squared_to_box(x, y, tables.boxes, near[k]) > best * best * _ROUNDING:
            continue
        metres, covered = distance(x, y, near[k], best, tables)
        if covered:
            metres = 0.0
        if metres < best - _TIE_M or (other < 0 and metres <= best):
            best, other = metres, int(near[k])
    return edge_m, other


@inlined
def squared_to_box(x: float, y: float, boxes: Floats, k: int) -> float:
    """The square of the distance from a point to a box (west, south, east, north)."""
    dx = max(boxes[k, 0] - x, 0.0, x - boxes[k, 2])
    dy = max(boxes[k, 1] - y, 0.0, y - boxes[k, 3])
    return float(dx * dx + dy * dy)


@quick
def distance(x: float, y: float, rank: int, limit: float, tables: Tables) -> tuple[float, bool]:
    """Metres from a point to the nearest edge of a polygon (infinity if more than ``limit``), and whether its rings
    enclose the point."""
    start, end, boxes = tables.first[rank], tables.first[rank + 1], tables.run_boxes
    cap, nearest, begin = limit * limit * _ROUNDING, math.inf, start
    for run in range(start, end):
        away = squared_to_box(x, y, boxes, run)
        if away < nearest:
            nearest, begin = away, run
    least, covered = math.inf, False
    if nearest <= cap:
        least, _ = of_run(x, y, begin, tables)
    for run in range(start, end):
        crossed = boxes[run, 1] <= y <= boxes[run, 3] and x <= boxes[run, 2]
        if crossed or squared_to_box(x, y, boxes, run) <= min(cap, least * _ROUNDING):
            squared, odd = of_run(x, y, run, tables)
            least, covered = min(least, squared), covered != odd
    return math.sqrt(least), covered


@inlined
def of_run(x: float, y: float, run: int, tables: Tables) -> tuple[float, bool]:
    """The square of the distance from a point to a run of edges, and whether a ray from it crosses an odd number."""
    least, odd, edges = math.inf, False, tables.edges
    for e in range(tables.runs[run], tables.runs[run + 1]):
        x1, y1, x2, y2 = edges[e, 0] - x, edges[e, 1] - y, edges[e, 2] - x, edges[e, 3] - y
        dx, dy = x2 - x1, y2 - y1
        length2 = dx * dx + dy * dy
        t = 0.0
        if length2 > 0.0:
            t = min(max(-(x1 * dx + y1 * dy) / length2, 0.0), 1.0)
        px, py = x1 + t * dx, y1 + t * dy
        least = min(least, px * px + py * py)
        if (y1 > 0.0) != (y2 > 0.0) and (x1 * dy - y1 * dx) * dy > 0.0:
            odd = not odd
    return least, odd
