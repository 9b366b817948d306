"""The nearest of many polygons for points outside them all, compiled: a packed tree over runs of edges.

Runs of consecutive edges are packed by Sort-Tile-Recursive (Leutenegger, Lopez, Edgington 1997) and searched depth
first, the nearer child first, with what was found so far as bound.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo._beyond import boxes_of, edges_of, runs_of
from geo._jit import inlined, kernel

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ranks = NDArray[np.int32]

_RUN = 16
_FAN = 16
_DEPTH = 12  # 16 ** 12 runs


class _Tree(NamedTuple):
    """Runs of edges and, level by level from them to the root, the boxes (x, y, x, y) of 16 and 16."""

    edges: Floats
    start: Longs
    stop: Longs
    rank: Ranks
    boxes: Floats
    level: Longs  # where each level begins in boxes, and the end


class Nearest:
    """Polygons, in the order in which they win, in a plane."""

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        edges, first = edges_of(shapes)
        start, first_run = runs_of(first, longest=_RUN)
        owner = np.repeat(np.arange(len(shapes), dtype=np.int32), np.diff(first_run))
        boxes = boxes_of(edges, start)
        order = _packed(boxes)
        stop = np.append(start[1:], len(edges))
        levels = [boxes[order]]
        while len(levels[-1]) > 1:
            levels.append(_parents(levels[-1]))
        level = np.cumsum([0, *(len(part) for part in levels)]).astype(np.int64)
        self._tree = _Tree(
            edges, start[order], stop[order], owner[order], np.concatenate(levels), level
        )

    def find(self, x: Floats, y: Floats) -> tuple[Ranks, Floats]:
        """The nearest polygon of each point, the first of equals, and the distance to its edge."""
        ranks, distances = nearest(x, y, *self._tree)
        return ranks, distances


def _packed(boxes: Floats) -> NDArray[np.intp]:
    """The order in which neighbours stand together: by x into slices, by y inside them."""
    x, y = boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    per_slice = _FAN * max(int(np.ceil(np.sqrt(len(boxes) / _FAN))), 1)
    place = np.empty(len(boxes), dtype=np.intp)
    place[np.argsort(x, kind="stable")] = np.arange(len(boxes)) // per_slice
    return np.lexsort([y, place])


def _parents(boxes: Floats) -> Floats:
    at = np.arange(0, len(boxes), _FAN)
    low = np.minimum.reduceat(boxes[:, :2], at)
    return np.hstack([low, np.maximum.reduceat(boxes[:, 2:], at)])


@inlined
def _to_box(x: float, y: float, boxes: Floats, k: int) -> float:
    """The square of the distance to a box."""
    dx = max(boxes[k, 0] - x, 0.0, x - boxes[k, 2])
    dy = max(boxes[k, 1] - y, 0.0, y - boxes[k, 3])
    return float(dx * dx + dy * dy)


@inlined
def _to_edge(x: float, y: float, edges: Floats, e: int) -> float:
    """The square of the distance to an edge; from a vertex the same for every edge that ends there."""
    x1, y1, x2, y2 = edges[e, 0] - x, edges[e, 1] - y, edges[e, 2] - x, edges[e, 3] - y
    dx, dy = edges[e, 2] - edges[e, 0], edges[e, 3] - edges[e, 1]
    along, length2 = -(x1 * dx + y1 * dy), dx * dx + dy * dy
    if along <= 0.0 or length2 == 0.0:
        return float(x1 * x1 + y1 * y1)
    if along >= length2:
        return float(x2 * x2 + y2 * y2)
    across = x1 * dy - y1 * dx
    return float(across * across / length2)


@kernel
def nearest(  # noqa: PLR0917
    x: Floats,
    y: Floats,
    edges: Floats,
    start: Longs,
    stop: Longs,
    rank: Ranks,
    boxes: Floats,
    level: Longs,
) -> tuple[Ranks, Floats]:
    """The rank of the nearest polygon of each point, and the distance."""
    ranks, distances = np.empty(len(x), np.int32), np.empty(len(x))
    stack = np.empty((_FAN * _DEPTH, 2), np.int64)  # level and position in it
    bound = np.empty(_FAN * _DEPTH)
    root = len(level) - 2
    for i in range(len(x)):
        best, winner = np.inf, np.int32(-1)
        stack[0, 0], stack[0, 1], bound[0] = root, 0, 0.0
        size = 1
        while size > 0:
            size -= 1
            if bound[size] > best:
                continue
            depth, k = stack[size, 0], stack[size, 1]
            if depth == 0:
                for e in range(start[k], stop[k]):
                    away = _to_edge(x[i], y[i], edges, e)
                    if away < best or (away == best and rank[k] < winner):
                        best, winner = away, rank[k]
                continue
            bottom = size
            end = min((k + 1) * _FAN, level[depth] - level[depth - 1])
            for child in range(k * _FAN, end):
                away = _to_box(x[i], y[i], boxes, level[depth - 1] + child)
                if away > best:
                    continue
                at = size  # the nearest on top
                while at > bottom and bound[at - 1] < away:
                    stack[at, 0], stack[at, 1], bound[at] = (
                        stack[at - 1, 0],
                        stack[at - 1, 1],
                        bound[at - 1],
                    )
                    at -= 1
                stack[at, 0], stack[at, 1], bound[at] = depth - 1, child, away
                size += 1
        ranks[i], distances[i] = winner, np.sqrt(best)
    return ranks, distances
