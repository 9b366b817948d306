"""Buildings inside one face -> the lines that part them (Voronoi), so that each home can go its own way.

A unit is what must stay together: an estate that fits a grid, else a building. Only edges between cells of different
units are drawn. Points on the tree that joins an estate's buildings count as its own, so that an estate is one piece.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Voronoi, cKDTree
from scipy.spatial.distance import pdist, squareform

from geo.blocks.noding import Geometries

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

SAME_PLACE_M = 0.5
"""Buildings nearer than this stand on one point and share a block."""
JOIN_STEP_M = 8.0
"""How close together the helper points are that join an estate's buildings."""


@dataclass(frozen=True, slots=True)
class Sites:
    """The points around which cells are drawn: where, in which face, and of which unit."""

    xy: Floats
    face: Ints
    unit: Ints

    def nearest_unit(self, points: Floats, face: Ints) -> Ints:
        """The unit of the nearest site in the same face, or -1 where that face has none."""
        unit = np.full(len(points), -1, dtype=np.intp)
        sites, asked = _by_face(self.face), _by_face(face)
        for key, rows in asked.items():
            if key in sites:
                here = sites[key]
                _, nearest = cKDTree(self.xy[here]).query(points[rows])
                unit[rows] = self.unit[here[nearest]]
        return unit


def place_sites(xy: Floats, face: Ints, unit: Ints) -> Sites:
    """One site for each place where buildings stand, and helper points along the estates' trees.

    ``xy`` (n, 2) metres; buildings in no face (-1) make no site. Of several units on one place the first holds it.
    """
    inside = np.flatnonzero(face >= 0)
    raster = np.rint(xy[inside] / SAME_PLACE_M).astype(np.int64)
    _, first = np.unique(np.column_stack([face[inside], raster]), axis=0, return_index=True)
    kept = inside[np.sort(first)]
    joints = [_joints(xy, rows) for rows in _mixed_estates(face[kept], unit[kept], kept)]
    count = [len(points) for points, _ in joints]
    owner = np.repeat([rows[0] for _, rows in joints], count).astype(np.intp)
    every = np.concatenate([kept, owner])
    points = np.concatenate([xy[kept], *(points for points, _ in joints)])
    return Sites(points, face[every], unit[every])


def _mixed_estates(face: Ints, unit: Ints, rows: Ints) -> list[Ints]:
    """The rows of each unit with several sites in a face that it shares with other units."""
    found = []
    for here in _by_face(face).values():
        units = _by_face(unit[here])
        if len(units) > 1:
            found += [rows[here[own]] for own in units.values() if len(own) > 1]
    return found


def _joints(xy: Floats, rows: Ints) -> tuple[Floats, Ints]:
    """Helper points along the shortest tree through the sites of one estate."""
    points = xy[rows]
    tree = minimum_spanning_tree(squareform(pdist(points))).tocoo()
    steps = []
    for a, b, length in zip(tree.row, tree.col, tree.data, strict=True):
        share = np.linspace(0, 1, max(2, int(length / JOIN_STEP_M) + 1))[1:-1, None]
        steps.append(points[a] * (1 - share) + points[b] * share)
    return np.concatenate([*steps, np.empty((0, 2))]), rows


def cell_edges(faces: Geometries, sites: Sites) -> Geometries:
    """The Voronoi edges between different units, cut to their face. Metric CRS. On all cores: GEOS leaves Python
    alone."""

    def within(face: int, rows: Ints) -> Geometries:
        ridges = _ridges(sites.xy[rows], sites.unit[rows], faces[face])
        return np.asarray(shapely.intersection(ridges, faces[face]), dtype=object)

    mixed = {
        face: rows
        for face, rows in _by_face(sites.face).items()
        if len(np.unique(sites.unit[rows])) > 1
    }
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        lines = pool.map(within, mixed.keys(), mixed.values())
        return np.concatenate([np.empty(0, dtype=object), *lines])


def _ridges(xy: Floats, unit: Ints, face: shapely.Polygon) -> Geometries:
    """All Voronoi edges between sites of different units; a far frame makes every one of them finite."""
    west, south, east, north = face.bounds
    centre = np.array([(west + east) / 2, (south + north) / 2])
    reach = 10 * max(east - west, north - south)
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    frame = reach * np.column_stack([np.cos(angles), np.sin(angles)])
    diagram = Voronoi(np.concatenate([xy - centre, frame]))
    pairs, ends = diagram.ridge_points, np.asarray(diagram.ridge_vertices)
    known = np.append(unit, np.full(len(frame), -1))
    parting = (pairs < len(xy)).all(axis=1) & (known[pairs[:, 0]] != known[pairs[:, 1]])
    return np.asarray(shapely.linestrings(diagram.vertices[ends[parting]] + centre), dtype=object)


def _by_face(keys: Ints) -> dict[int, Ints]:
    """The rows of each key, keys ascending."""
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=np.nan))
    return {int(keys[rows[0]]): rows for rows in np.split(order, starts[1:]) if len(rows)}
