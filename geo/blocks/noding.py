"""Linework -> faces that share every vertex, and back to degrees without tearing a corner.

All of a city is noded at once, in a metric CRS, on a grid of a millimetre: noding in degrees misses T-junctions, and
noding each community alone tears the borders between them (both measured). Method: snap rounding as in GEOS
OverlayNG (Hobby 1999), then polygonizing.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import model
from geo.crs import project, project_xy

Geometries = NDArray[np.object_]
LONLAT = pyproj.CRS.from_user_input(model.CRS)
GRID_M = 0.001
ROUNDED_M = 0.002
"""Rounding both ends of a segment to the grid makes it longer by less than this."""
BORDER_STEP_M = 5.0
"""Borders get a vertex at least this often: later cuts snap to one."""
LINE_STEP_M = 25.0
"""Other lines too, so that a straight line bends by less than the noding grid between the two planes."""


def node(lines: Geometries, *, step_m: float = np.inf) -> Geometries:
    """Lines cut wherever they meet, on the millimetre grid, with a vertex at least every ``step_m`` metres.

    Every vertex is on the grid: a line whose end lies on one of these will meet it there when both are noded,
    because rounding no longer moves it. What was noded with this step stays as it is when it is noded again.
    """
    lines = lines[~shapely.is_missing(lines) & ~shapely.is_empty(lines)]
    parts = np.asarray(shapely.get_parts(shapely.union_all(lines, grid_size=GRID_M)), dtype=object)
    if np.isfinite(step_m):
        long = _longest(parts) > step_m + ROUNDED_M
        parts[long] = shapely.segmentize(parts[long], step_m)
        parts = shapely.set_precision(parts, GRID_M, mode="pointwise")
    return np.asarray(parts, dtype=object)


def _longest(lines: Geometries) -> NDArray[np.float64]:
    """The longest segment of each line."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    length = np.hypot(*np.diff(xy, axis=0).T)
    same = line[1:] == line[:-1]
    found = np.zeros(len(lines))
    np.maximum.at(found, line[1:][same], length[same])
    return found


def faces(lines: Geometries) -> Geometries:
    """The polygons that lines enclose, once all of them are noded together. Metric in and out."""
    noded = shapely.union_all(lines, grid_size=GRID_M)
    return np.asarray(shapely.get_parts(shapely.polygonize([noded])), dtype=object)


def vertex_ids(polygons: Geometries) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The distinct vertices (v, 2) of polygons, and for each of their coordinates which one it is."""
    xy = shapely.get_coordinates(polygons)
    distinct, ids = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)
    return np.column_stack([distinct.real, distinct.imag]), ids


def carry(polygons: Geometries, *, source: pyproj.CRS, target: pyproj.CRS) -> Geometries:
    """Polygons in another CRS, each distinct vertex transformed once: what shared a vertex still shares it.

    GeometryError where one can't be expressed there.
    """
    vertices, ids = vertex_ids(polygons)
    moved = np.column_stack(project_xy(*vertices.T, source=source, target=target))
    if np.isnan(moved).any():
        return project(polygons, source=source, target=target)  # says which it is
    return np.asarray(shapely.set_coordinates(polygons.copy(), moved[ids]), dtype=object)


def boundary_lines(polygons: Geometries) -> Geometries:
    """The rings of polygons as lines."""
    return np.asarray(shapely.get_parts(shapely.boundary(polygons)), dtype=object)


def merge(parts: Geometries) -> BaseGeometry:
    """The union of polygons that form a coverage: no vertex is lost or made."""
    return parts[0] if len(parts) == 1 else shapely.coverage_union_all(parts)


def tiled(polygons: Geometries, group: NDArray[np.intp]) -> Geometries | None:
    """The union of each group (numbers from 0, in their order) of polygons that all form one coverage; None where they
    don't. They do where each group does and the unions do: on all cores, for GEOS leaves Python alone."""

    def one(own: Geometries) -> BaseGeometry | None:
        return merge(own) if shapely.coverage_is_valid(own) else None

    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    groups = np.split(polygons[order], starts)[1:]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = np.array([*pool.map(one, groups), None], dtype=object)[:-1]
    whole = not shapely.is_missing(made).any() and shapely.coverage_is_valid(made)
    return made if whole else None
