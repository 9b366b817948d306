"""Whether polygons tile an outline exactly, proved from their borders alone, without laying one on another.

A polygon's border is a chain of directed edges, the land always on the left. Two neighbours run along a shared edge in
opposite directions, so it cancels. If all that is left of a group is the border of the outline, then the group covers
every place inside exactly once and none outside: a function on the plane that changes across no edge, and is nothing
far away, is nothing everywhere. So the sum of the chains decides, and needs no overlay; it is kept as a 64-bit
fingerprint a polygon (equal by chance once in 10^19). Borders that share their vertices only nearly are not proved
this way; they are laid on one another.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coverage.shapes import Shapes

Prints = NDArray[np.uint64]

_EVEN = np.uint64(0x9E3779B97F4A7C15)


def tiled(outlines: Shapes, shapes: Shapes, owners: NDArray[np.intp]) -> NDArray[np.bool_]:
    """For each outline, whether the shapes of that owner (its row; -1: nobody's) tile it exactly. All are valid."""
    sums = np.zeros(len(outlines), dtype=np.uint64)
    held = owners >= 0
    np.add.at(sums, owners[held], border_prints(shapes[held]))
    empty = np.bincount(owners[held], minlength=len(outlines)) == 0
    return np.asarray((sums == border_prints(outlines)) & ~empty, dtype=np.bool_)


def border_prints(shapes: Shapes) -> Prints:
    """The fingerprint of each (multi)polygon's border; those of a tiling add up (modulo 2^64) to its outline's."""
    result = np.zeros(len(shapes), dtype=np.uint64)
    if len(shapes) == 0:
        return result
    parts, owner = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    if len(xy) == 0:
        return result
    points = _points(xy)
    along = ring[1:] == ring[:-1]
    start, end = points[:-1][along], points[1:][along]
    edges = _mixed(start + _EVEN * end) - _mixed(end + _EVEN * start)
    np.add.at(result, owner[part[ring[:-1][along]]], edges)
    return result


def _points(xy: NDArray[np.float64]) -> Prints:
    bits = np.ascontiguousarray(xy + 0.0).view(np.uint64)  # + 0.0: one zero, not two
    return _mixed(_mixed(bits[:, 0]) * _EVEN + bits[:, 1])


def _mixed(values: Prints) -> Prints:
    """splitmix64's finish: every bit of the input changes about half of those of the output."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
