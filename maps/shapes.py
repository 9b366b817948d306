"""Geometries as small JSON: whole micro-degrees, each vertex as its difference from the one before.

A micro-degree is 0.11 m: finer than a screen shows, and half the bytes of GeoJSON. For display only.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

UNIT_DEG = 1e-6
SMOOTH_DEG = 2e-6
"""Outlines are drawn without the vertices that are nearer to a straight line than this: 0.2 m, less than a pixel at
zoom 19. Borders have one every few metres, which no eye sees."""
SLOW_ANCHORS = 3000

Deltas = list[int]
Rings = list[Deltas]


def deltas(coordinates: NDArray[np.float64]) -> Deltas:
    """Flat [x0, y0, dx1, dy1, …] in micro-degrees of an (n, 2) array of lon, lat; repeated vertices fall away."""
    whole = np.rint(coordinates / UNIT_DEG).astype(np.int64)
    steps = np.diff(whole, axis=0)
    moved = np.any(steps != 0, axis=1)
    flat: Deltas = np.concatenate([whole[:1], steps[moved]]).ravel().tolist()
    return flat


def deltas_kept(coordinates: NDArray[np.float64]) -> Deltas:
    """As ``deltas``, but every point stays: the i-th pair belongs to the i-th row. Empty for no rows."""
    if len(coordinates) == 0:
        return []
    whole = np.rint(coordinates / UNIT_DEG).astype(np.int64)
    flat: Deltas = np.concatenate([whole[:1], np.diff(whole, axis=0)]).ravel().tolist()
    return flat


def polygons(geometry: BaseGeometry | None) -> list[Rings]:
    """Every polygon in a geometry of any kind, as rings: the outer one first, then the holes."""
    return [
        [deltas(shapely.get_coordinates(ring)) for ring in (part.exterior, *part.interiors)]
        for part in _parts(geometry)
        if isinstance(part, shapely.Polygon) and not part.is_empty
    ]


def lines(geometry: BaseGeometry | None) -> Rings:
    """Every line in a geometry of any kind."""
    return [
        deltas(shapely.get_coordinates(part))
        for part in _parts(geometry)
        if isinstance(part, shapely.LineString) and not part.is_empty
    ]


def points(geometry: BaseGeometry | None) -> Rings:
    """Every point in a geometry of any kind."""
    return [
        deltas(shapely.get_coordinates(part))
        for part in _parts(geometry)
        if isinstance(part, shapely.Point) and not part.is_empty
    ]


def smoothed(layer: gpd.GeoDataFrame) -> list[BaseGeometry | None]:
    """The shapes of a layer, with the vertices that can be seen."""
    shapes = np.asarray(layer.geometry.array, dtype=object)
    return list(shapely.simplify(shapes, SMOOTH_DEG, preserve_topology=True))


def anchors(layer: gpd.GeoDataFrame) -> list[list[float] | None]:
    """Where the label of each polygon reads best, as [lon, lat]: its centroid, or (where that lies too near
    an edge, or outside) the middle of its largest inscribed circle.

    None for an empty geometry. A very large layer gets points merely inside (GEOS representative points).
    """
    shapes = np.asarray(layer.geometry.array, dtype=object)
    if len(shapes) > SLOW_ANCHORS:
        return [_lonlat(shapely.point_on_surface(shape)) for shape in shapes]
    return [_lonlat(_middle(shape)) for shape in shapes]


def anchor(geometry: BaseGeometry | None) -> list[float] | None:
    """A point on the geometry as [lon, lat], or None if it is empty."""
    return _lonlat(None if geometry is None else shapely.point_on_surface(geometry))


def _middle(shape: BaseGeometry | None) -> BaseGeometry | None:
    if not isinstance(shape, shapely.Polygon | shapely.MultiPolygon) or shape.area == 0.0:
        return None if shape is None else shapely.point_on_surface(shape)
    # A degree of longitude is shorter than one of latitude: stretch, so that the circle is one on the ground.
    shrink = float(np.cos(np.radians(shapely.get_coordinates(shape)[0, 1])))
    scale = np.array([shrink, 1.0])
    flat = shapely.transform(shape, lambda xy: xy * scale)
    circle = shapely.maximum_inscribed_circle(flat, tolerance=float(np.sqrt(flat.area)) / 50)
    if circle is None or circle.is_empty:  # of a hole outside its area, say
        return shapely.point_on_surface(shape)
    # In an oblong many circles are equally large: the centroid is the one that looks right.
    middle = flat.centroid
    if not flat.contains(middle) or middle.distance(flat.boundary) < 0.75 * circle.length:
        middle = shapely.Point(shapely.get_coordinates(circle)[0])
    return shapely.Point(middle.x / shrink, middle.y)


def _lonlat(point: BaseGeometry | None) -> list[float] | None:
    if point is None or point.is_empty:
        return None
    x, y = shapely.get_coordinates(point)[0].tolist()
    return [round(x, 6), round(y, 6)]


def _parts(geometry: BaseGeometry | None) -> Sequence[BaseGeometry]:
    if geometry is None:
        return []
    if isinstance(geometry, shapely.geometry.base.BaseMultipartGeometry):
        return [inner for part in geometry.geoms for inner in _parts(part)]
    return [geometry]
