"""All borders of all levels laid on one another: the faces that they make, and which of them touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks.noding import Geometries, boundary_lines, faces, vertex_ids

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ON_CUT_M = 0.003
"""Noding moves a cut by less than this."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """shapes: the faces, in metres, on one noding (a millimetre), sharing every vertex.

    Each segment between two faces is there twice, once from either side: face, other, length_m, its ends (start, end;
    the face on the left) and whether it was cut for the repair's sake. open_m: how much of a face's rim has no other.
    """

    shapes: Geometries
    face: Ints
    other: Ints
    length_m: Floats
    start: Floats
    end: Floats
    cut: Bools
    open_m: Floats

    def __len__(self) -> int:
        return len(self.shapes)


def arrange(polygons: Geometries, closing: Geometries, cuts: Geometries) -> Arrangement:
    """The faces that the borders of ``polygons`` make, with ``closing`` (polygons in the mouth of open gaps) and
    ``cuts`` (lines)."""
    lines = np.concatenate([boundary_lines(polygons), boundary_lines(closing), cuts])
    shapes = shapely.orient_polygons(faces(lines))
    _, vertex = vertex_ids(shapes)
    rings, of_ring = shapely.get_rings(shapes, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    at = np.flatnonzero(ring[:-1] == ring[1:])
    face, start, end = of_ring[ring[at]], xy[at], xy[at + 1]
    twin = _twins(vertex[at], vertex[at + 1])
    length = np.hypot(*(end - start).T)
    paired = twin >= 0
    return Arrangement(
        shapes,
        face[paired],
        face[twin[paired]],
        length[paired],
        start[paired],
        end[paired],
        _on((start[paired] + end[paired]) / 2, cuts),
        np.bincount(face[~paired], length[~paired], len(shapes)).astype(np.float64),
    )


def _twins(first: Ints, last: Ints) -> Ints:
    """For each directed segment the position of the same one from the other side, -1 for none."""
    low, high = np.minimum(first, last), np.maximum(first, last)
    order = np.lexsort((high, low))
    same = (low[order][1:] == low[order][:-1]) & (high[order][1:] == high[order][:-1])
    one, two = order[:-1][same], order[1:][same]
    twin = np.full(len(first), -1, dtype=np.intp)
    twin[one], twin[two] = two, one
    return twin


def _on(points: Floats, lines: Geometries) -> Bools:
    result = np.zeros(len(points), dtype=np.bool_)
    if len(lines):
        tree = shapely.STRtree(np.asarray(shapely.points(points), dtype=object))
        result[tree.query(lines, predicate="dwithin", distance=ON_CUT_M)[1]] = True
    return result
