"""Which faces touch along which line, and whether one can walk across.

Faces come from one noding, so two of them touch exactly where they have a segment (two vertices) in common. A
segment is what it lies on: the strongest class of road or river, else it is inner to a block. Banks of a river
join only at bridges.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.blocks.noding import Geometries
from geo.crs import project
from geo.model import LineClass

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

BORDER_KINDS: tuple[str, ...] = (*(line.value for line in LineClass), "inner")
"""What a border runs along, strongest first."""
INNER = BORDER_KINDS.index("inner")
RIVER = BORDER_KINDS.index(LineClass.RIVER.value)
ON_LINE_M = 0.01
"""Noding moves a line by less than this."""
BRIDGE_REACH_M = 50.0
"""A bridge is a point near a river's line, not on it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Roads and rivers in a metric CRS: the shapes, and the border kind of each. bridges: points (b, 2). names: what
    each is called, or None; None for all where that is not known."""

    shapes: Geometries
    kinds: NDArray[np.int8]
    bridges: Floats
    names: NDArray[np.object_] | None = None


@dataclass(frozen=True, slots=True)
class Borders:
    """What pairs of polygons share: i < j, metres, kind (index into BORDER_KINDS), and whether one can cross.

    One row for each segment, or for each (i, j, kind) once gathered.
    """

    i: Ints
    j: Ints
    length_m: Floats
    kind: NDArray[np.int8]
    passable: NDArray[np.bool_]

    def only(self, rows: NDArray[np.bool_]) -> Borders:
        """The rows where ``rows`` is true."""
        return Borders(
            self.i[rows], self.j[rows], self.length_m[rows], self.kind[rows], self.passable[rows]
        )

    def regrouped(self, group: Ints) -> Borders:
        """Borders between groups of polygons, one row for each pair and kind; crossable where any part is."""
        a, b = group[self.i], group[self.j]
        low, high = np.minimum(a, b), np.maximum(a, b)
        apart = (low != high) & (low >= 0)
        low, high, kind = low[apart], high[apart], self.kind[apart]
        rows, where = np.unique(np.column_stack([low, high, kind]), axis=0, return_inverse=True)
        where = where.reshape(-1)
        length = np.bincount(where, self.length_m[apart], len(rows)).astype(np.float64)
        passable = np.bincount(where, self.passable[apart], len(rows)) > 0
        return Borders(rows[:, 0], rows[:, 1], length, rows[:, 2].astype(np.int8), passable)


def city_lines(
    roads: gpd.GeoDataFrame, rivers: gpd.GeoDataFrame, bridges: gpd.GeoDataFrame, crs: pyproj.CRS
) -> Lines:
    """Roads, rivers and bridges in a metric CRS. A road without a known class is a street.

    Where no bridge is known, every crossing of a road and a river is one.
    """
    shapes, kinds, names = [], [], []
    for frame, default in ((roads, LineClass.STREET), (rivers, LineClass.RIVER)):
        shapes.append(project(np.asarray(frame.geometry.array), source=frame.crs, target=crs))
        kinds.append(_kinds(frame, default))
        names.append(_names(frame))
    known = np.asarray(bridges.geometry.array)
    at = project(known, source=bridges.crs, target=crs) if len(known) else crossings(*shapes)
    points = shapely.get_coordinates(shapely.centroid(at))
    return Lines(np.concatenate(shapes), np.concatenate(kinds), points, np.concatenate(names))


def crossings(roads: Geometries, rivers: Geometries) -> Geometries:
    """The points where roads meet rivers."""
    road, river = shapely.STRtree(rivers).query(roads, predicate="intersects")
    met = shapely.intersection(roads[road], rivers[river])
    return np.asarray(shapely.get_parts(met), dtype=object)


def _kinds(frame: gpd.GeoDataFrame, default: LineClass) -> NDArray[np.int8]:
    index = {kind: position for position, kind in enumerate(BORDER_KINDS[:INNER])}
    fallback = index[default.value]
    return np.array([index.get(value, fallback) for value in frame["class"]], dtype=np.int8)


def _names(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    told = frame["name"] if "name" in frame else [None] * len(frame)
    named = [one.strip() if isinstance(one, str) and one.strip() else None for one in told]
    return np.array([*named, None], dtype=object)[:-1]


def shared_borders(polygons: Geometries, lines: Lines) -> Borders:
    """Every segment that two polygons of one noding share. Metric CRS."""
    i, j, start, end = shared_segments(polygons)
    middle = (start + end) / 2
    kind = line_kinds(middle, lines)
    passable = kind != RIVER
    passable[_at_bridges(middle, kind, lines.bridges)] = True
    length = np.hypot(*(end - start).T)
    return Borders(i, j, length, kind, passable)


def shared_segments(polygons: Geometries) -> tuple[Ints, Ints, Floats, Floats]:
    """Every segment that two polygons of one noding share: the two (i < j), and its ends (n, 2)."""
    parts, whose = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    owner = whose[part]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    _, vertex = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)
    starts = np.flatnonzero(ring[:-1] == ring[1:])
    low = np.minimum(vertex[starts], vertex[starts + 1])
    high = np.maximum(vertex[starts], vertex[starts + 1])
    order = np.lexsort((high, low))
    twins = np.flatnonzero(
        (low[order[:-1]] == low[order[1:]]) & (high[order[:-1]] == high[order[1:]])
    )
    first, second = starts[order[twins]], order[twins + 1]
    a, b = owner[ring[first]], owner[ring[starts[second]]]
    return np.minimum(a, b), np.maximum(a, b), xy[first], xy[first + 1]


def line_kinds(points: Floats, lines: Lines) -> NDArray[np.int8]:
    """The strongest kind of line that each point lies on."""
    kind = np.full(len(points), INNER, dtype=np.int8)
    if len(lines.shapes) == 0 or len(points) == 0:
        return kind
    tree = shapely.STRtree(lines.shapes)
    point, line = tree.query(shapely.points(points), predicate="dwithin", distance=ON_LINE_M)
    np.minimum.at(kind, point, lines.kinds[line])
    return kind


def _at_bridges(points: Floats, kind: NDArray[np.int8], bridges: Floats) -> Ints:
    """The river segment nearest to each bridge."""
    river = np.flatnonzero(kind == RIVER)
    if len(river) == 0 or len(bridges) == 0:
        return np.array([], dtype=np.intp)
    away, nearest = (np.asarray(one) for one in cKDTree(points[river]).query(bridges))
    return np.asarray(river[nearest[away <= BRIDGE_REACH_M]])
