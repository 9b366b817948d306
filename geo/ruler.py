"""Metres from points to polygons, whatever CRS they are in.

Measured in the plane of `geo.crs.metric_crs`, where vertices are exact and edges straight (the 18 mm that a straight
edge bends between two planes do not matter here). Too far east or west for that plane: along the ellipsoid.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod

from geo import crs as crs_module
from geo._beyond import Beyond, Tables, edges_of
from geo._nearest import Nearest
from geo._tmerc import Plane, plane_of

Floats = NDArray[np.float64]

BESIDE_M = 0.1
"""A grid at most this much farther than the nearest edge lies on the other side of it."""

_LONGEST = 1000
_ROUNDING_M = 1e-3
_PLANE_DEG = 4.0  # beyond, a transverse Mercator plane stretches by more than 0.25 %


class Ruler:
    """Measures from points in ``crs`` (None: a plane in metres) to polygons in the order in which they win."""

    def __init__(self, shapes: NDArray[np.object_], *, crs: CRS | None) -> None:
        self._planes: tuple[CRS, CRS] | None = None
        self._given = self._shapes = self._lonlat = shapes
        if crs is not None and len(shapes):
            self._lonlat = crs_module.project(shapes, source=crs, target=crs_module.LONLAT)
            west, south, east, north = shapely.total_bounds(self._lonlat)
            self._middle_lng = (west + east) / 2
            metric = crs_module.metric_crs(self._middle_lng, (south + north) / 2)
            self._planes = crs, metric
            self._shapes = crs_module.project(shapes, source=crs, target=metric)
        self._tree = shapely.STRtree(self._shapes)

    def nearest(
        self, x: Floats, y: Floats, *, outside: bool = False
    ) -> tuple[NDArray[np.int32], Floats]:
        """The nearest polygon of each point, the first of equals, and metres; -1 and NaN where there is none.

        ``outside``: every point is known to lie in no polygon, which makes it some thirty times faster.
        """
        ranks, metres = np.full(len(x), -1, dtype=np.int32), np.full(len(x), np.nan)
        if not len(self._shapes):
            return ranks, metres
        if self._planes is None:
            near = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
            ranks[near], metres[near] = self._nearest_in_plane(x[near], y[near], outside)
            return ranks, metres
        crs, metric = self._planes
        lng, lat = crs_module.to_lonlat(x, y, datum=crs)
        in_plane = np.abs(lng - self._middle_lng) <= _PLANE_DEG
        near, far = np.flatnonzero(in_plane), np.flatnonzero(~in_plane & np.isfinite(lng))
        east, north = crs_module.from_lonlat(lng[near], lat[near], datum=metric)
        ranks[near], metres[near] = self._nearest_in_plane(east, north, outside)
        if len(far):
            ranks[far], metres[far] = self._nearest_far(lng[far], lat[far])
        return ranks, metres

    def nearest_outside(self, x: float, y: float) -> tuple[int, float]:
        """What `nearest` says of one point that lies in no polygon, a hundred times sooner where the plane reaches."""
        if self._planes is not None and len(self._shapes):
            lng, _ = self._to_degrees(x, y)
            if not abs(lng - self._middle_lng) <= _PLANE_DEG:
                ranks, metres = self.nearest(np.array([x]), np.array([y]), outside=True)
                return int(ranks[0]), float(metres[0])
        east, north = self._to_plane(x, y)
        if not (len(self._shapes) and math.isfinite(east) and math.isfinite(north)):
            return -1, math.nan
        ranks, metres = self._edges.find(np.array([east]), np.array([north]))
        return int(ranks[0]), float(metres[0])

    def edge(self, x: float, y: float, rank: int, *, on_edge: bool) -> tuple[float, int]:
        """Metres from a point to the edge of its polygon, and the polygon beyond that edge (-1: none).

        Where polygons overlap, the one beyond may cover the point as well.
        """
        east, north = self._to_plane(x, y)
        return self._beyond.edge(east, north, rank, on_edge=on_edge)

    @cached_property
    def _beyond(self) -> Beyond:
        return Beyond(self._shapes, self._tree, beside_m=BESIDE_M, bend_m=self.bend_m)

    @property
    def beyond(self) -> Tables:
        """What `edge` reads."""
        return self._beyond.tables

    @property
    def plane(self) -> Plane | None:
        """The plane that is measured in, where it is a transverse Mercator."""
        return None if self._planes is None else plane_of(self._planes[1])

    @cached_property
    def bend_m(self) -> float:
        """How far from its place in the measuring plane an edge may lie: straight there and here are not the same.

        That of the longest edges, at their middles.
        """
        if self._planes is None or not len(self._shapes):
            return 0.0
        given, plane = edges_of(self._given)[0], edges_of(self._shapes)[0]
        length = np.hypot(plane[:, 2] - plane[:, 0], plane[:, 3] - plane[:, 1])
        longest = np.argsort(length)[-_LONGEST:]
        middles = (given[longest, :2] + given[longest, 2:]) / 2
        crs, metric = self._planes
        lonlat = crs_module.to_lonlat(middles[:, 0], middles[:, 1], datum=crs)
        east, north = crs_module.from_lonlat(*lonlat, datum=metric)
        straight = (plane[longest, :2] + plane[longest, 2:]) / 2
        return float(np.hypot(east - straight[:, 0], north - straight[:, 1]).max()) + _ROUNDING_M

    @cached_property
    def _to_plane(self) -> crs_module.Mover:
        if self._planes is None:
            return lambda x, y: (x, y)
        return crs_module.mover(*self._planes)

    @cached_property
    def _to_degrees(self) -> crs_module.Mover:
        assert self._planes is not None
        return crs_module.mover(self._planes[0], crs_module.LONLAT)

    def _nearest_in_plane(
        self, x: Floats, y: Floats, outside: bool
    ) -> tuple[NDArray[np.int32], Floats]:
        return self._edges.find(x, y) if outside else _nearest(self._tree, _points(x, y))

    @cached_property
    def _edges(self) -> Nearest:
        return Nearest(self._shapes)

    def _nearest_far(self, lng: Floats, lat: Floats) -> tuple[NDArray[np.int32], Floats]:
        """The polygon nearest by degrees, and metres along the ellipsoid to its nearest point."""
        points = _points(lng, lat)
        ranks, _ = _nearest(shapely.STRtree(self._lonlat), points)
        lines = shapely.shortest_line(points, self._lonlat[ranks])
        ends = shapely.get_coordinates(lines).reshape(-1, 4)
        _, _, metres = Geod(ellps="GRS80").inv(ends[:, 0], ends[:, 1], ends[:, 2], ends[:, 3])
        return ranks, np.asarray(metres, dtype=np.float64)


def _points(x: Floats, y: Floats) -> NDArray[np.object_]:
    made: NDArray[np.object_] = np.asarray(shapely.points(x, y), dtype=object)
    return made


def _nearest(
    tree: shapely.STRtree, points: NDArray[np.object_]
) -> tuple[NDArray[np.int32], Floats]:
    ranks = np.full(len(points), len(tree.geometries), dtype=np.int32)
    metres = np.empty(len(points))
    (point, rank), distance = tree.query_nearest(points, return_distance=True)
    np.minimum.at(ranks, point, rank.astype(np.int32))
    metres[point] = distance
    return ranks, metres
