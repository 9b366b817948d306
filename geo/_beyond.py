"""What lies beyond the nearest edge of the polygon that a point is in: one place at a time, in microseconds.

The polygons that can lie there are those that touch the point's own (nearly); each polygon's list is made when it is
first asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

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
        self._shapes, self._tree = shapes, tree
        self._beside_m, self._bend_m = beside_m, bend_m
        self._edges, self._first = edges_of(shapes)
        self._boxes: Floats = np.ascontiguousarray(shapely.bounds(shapes))
        self._near: dict[int, Longs] = {}

    def edge(self, x: float, y: float, rank: int, *, on_edge: bool) -> tuple[float, int | None]:
        """Metres from a point to the edge of its polygon, and the polygon beyond that edge, if any."""
        near = self._near.get(rank)
        if near is None:
            near = self._near[rank] = self._around(rank)
        beside_m = self._beside_m + (2 * self._bend_m if on_edge else 0.0)
        edge_m, other = self._measure(
            x, y, rank, on_edge, near, self._edges, self._first, self._boxes, beside_m
        )
        return edge_m, None if other < 0 else other

    @cached_property
    def _measure(self) -> Callable[..., tuple[float, int]]:
        near = np.zeros(0, dtype=np.int64)
        tables = self._edges, self._first, self._boxes
        return bound(beyond, 0.0, 0.0, 0, False, near, *tables, 0.0)

    def _around(self, rank: int) -> Longs:
        reach = self._beside_m + 2 * self._bend_m
        found = self._tree.query(self._shapes[rank], predicate="dwithin", distance=reach)
        return np.sort(found[found != rank]).astype(np.int64)


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


@quick
def beyond(  # noqa: PLR0917
    x: float,
    y: float,
    rank: int,
    on_edge: bool,
    near: Longs,
    edges: Floats,
    first: Longs,
    boxes: Floats,
    beside_m: float,
) -> tuple[float, int]:
    """Metres to the edge of polygon ``rank``, and the nearest of ``near`` beyond it (the first of equals; -1: none)."""
    edge_m = 0.0 if on_edge else distance(x, y, edges, first[rank], first[rank + 1])[0]
    best, other = edge_m + beside_m, -1
    for k in range(len(near)):
        if box_distance(x, y, boxes[near[k]]) > best:
            continue
        metres, covered = distance(x, y, edges, first[near[k]], first[near[k] + 1])
        if covered:
            metres = 0.0
        if metres < best - _TIE_M or (other < 0 and metres <= best):
            best, other = metres, int(near[k])
    return edge_m, other


@inlined
def box_distance(x: float, y: float, box: Floats) -> float:
    """Metres from a point to a box (west, south, east, north)."""
    return math.hypot(
        max(box[0] - x, 0.0, x - box[2]),
        max(box[1] - y, 0.0, y - box[3]),
    )


@quick
def distance(x: float, y: float, edges: Floats, start: int, end: int) -> tuple[float, bool]:
    """Metres from a point to the nearest of some edges, and whether the rings that they form enclose it."""
    least, covered = math.inf, False
    for e in range(start, end):
        x1, y1, x2, y2 = edges[e, 0] - x, edges[e, 1] - y, edges[e, 2] - x, edges[e, 3] - y
        dx, dy = x2 - x1, y2 - y1
        length2 = dx * dx + dy * dy
        t = 0.0
        if length2 > 0.0:
            t = min(max(-(x1 * dx + y1 * dy) / length2, 0.0), 1.0)
        px, py = x1 + t * dx, y1 + t * dy
        least = min(least, px * px + py * py)
        if (y1 > 0.0) != (y2 > 0.0) and (x1 * dy - y1 * dx) * dy > 0.0:
            covered = not covered
    return math.sqrt(least), covered
