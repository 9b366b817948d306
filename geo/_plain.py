"""The plain exact engine: GEOS itself, over a tree of bounding boxes. The reference for the compiled one."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

_CHUNK = 1 << 17  # points at a time, so that memory stays bounded


class PlainEngine:
    """Polygons in winning order and what to answer for each (``labels``). The polygons stay as they are: those that
    points come near to are copied, and the copies prepared."""

    def __init__(self, shapes: NDArray[np.object_], labels: NDArray[np.int32]) -> None:
        self._label = np.append(labels, -1).astype(np.int32)
        self._rank = np.argsort(labels)
        self._shapes = shapes
        self._prepared = np.full(len(shapes), None, dtype=object)
        self._is_prepared = np.zeros(len(shapes), dtype=bool)
        self._tree = shapely.STRtree(shapes)

    def indices(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        """The label of the first polygon that intersects each point; -1 for none and for NaN and infinity."""
        ranks = np.full(len(x), -1, dtype=np.int32)
        for start in range(0, len(x), _CHUNK):
            part = slice(start, start + _CHUNK)
            ranks[part] = self._chunk(x[part], y[part])
        return self._label[ranks]

    def place(self, x: float, y: float) -> tuple[int, bool]:
        """What `indices` and `on_boundary` say of one point."""
        east, north = np.array([x]), np.array([y])
        found = self.indices(east, north)
        return int(found[0]), bool(self.on_boundary(east, north, found)[0])

    def on_boundary(
        self, x: NDArray[np.float64], y: NDArray[np.float64], indices: NDArray[np.int32]
    ) -> NDArray[np.bool_]:
        """Whether each point lies on the boundary of the polygon that it was given (False for -1)."""
        edge = np.zeros(len(x), dtype=bool)
        found = np.flatnonzero(indices >= 0)
        shapes = self._ready(self._rank[indices[found]])
        edge[found] = ~shapely.contains_xy(shapes, x[found], y[found])
        return edge

    def _chunk(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        nowhere = len(self._shapes)
        first = np.full(len(x), nowhere, dtype=np.int32)
        finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        point, rank = self._tree.query(shapely.points(x[finite], y[finite]))
        point = finite[point]
        hit = shapely.intersects_xy(self._ready(rank), x[point], y[point])
        np.minimum.at(first, point[hit], rank[hit].astype(np.int32))
        first[first == nowhere] = -1
        return first

    def _ready(self, ranks: NDArray[np.integer]) -> NDArray[np.object_]:
        """Prepared polygons."""
        new = np.unique(ranks)
        new = new[~self._is_prepared[new]]
        copies = shapely.from_wkb(shapely.to_wkb(self._shapes[new]))
        shapely.prepare(copies)
        self._prepared[new] = copies
        self._is_prepared[new] = True
        shapes: NDArray[np.object_] = self._prepared[ranks]
        return shapes
