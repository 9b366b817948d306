"""Mixed cells that few edges touch: which polygon lies on which sides of their lines (compiled).

The lines of these edges cut a cell into convex faces. No other edge comes near the cell, so a face lies in the same
polygons throughout: what one point in it says, exactly, holds for all that lie on the same sides of all lines. Faces
are looked for on a lattice; one that is missed stays unknown, and its points are asked one by one.
"""

from __future__ import annotations

import math

import numpy as np

from geo._cells_edges import PAD, Floats, Ints, Plane, Strip
from geo._cells_fill import MANY, SHORTEST, columns_touched, grown
from geo._cells_items import FOR_GEOS, by_items
from geo._jit import kernel

FEW_EDGES = 4
FACES = 1 << FEW_EDGES
TOLD = FEW_EDGES + FACES
"""How many numbers tell of a cell: its edges, the first again in place of those it lacks; then the label of each face,
by the edges that it lies to the right of (bit 0: the first), `FOR_GEOS` where it is not known."""

_LATTICE = 8


@kernel
def tell(  # noqa: PLR0917
    strip: Strip,
    plane: Plane,
    row: int,
    column: int,
    stripes: Ints,
    items: Ints,
    start: int,
    end: int,
    told: Ints,
    used: int,
) -> tuple[Ints, int]:
    """Write at ``used`` what there is to tell of a mixed cell; nothing where too many edges touch it.

    ``stripes`` touch it; ``items[start:end]`` is its list.
    """
    told = grown(told, used + TOLD)
    edges, label = told[used : used + FEW_EDGES], told[used + FEW_EDGES : used + TOLD]
    if not _touching(strip, plane, row, column, stripes, edges):
        return told, used
    line = np.empty((FEW_EDGES, 3), np.float64)
    at = strip.first_row + row
    for k in range(FEW_EDGES):
        _line(strip.edges, edges[k], column, at, plane, line[k])
    label[:] = FOR_GEOS
    for i in range(_LATTICE * _LATTICE):
        u, v = (i % _LATTICE + 0.5) / _LATTICE, (i // _LATTICE + 0.5) / _LATTICE
        face, least = 0, 1.0
        for k in range(FEW_EDGES):
            s = line[k, 0] * u + line[k, 1] * v + line[k, 2]
            face |= int(s < 0.0) << k
            least = min(least, abs(s))
        if least > PAD and label[face] == FOR_GEOS:
            x, y = plane.x0 + (column + u) / plane.ix, plane.y0 + (at + v) / plane.iy
            label[face] = by_items(x, y, strip.edges, items, start, end)[0]
    return told, used + TOLD


@kernel
def _touching(  # noqa: PLR0917
    strip: Strip, plane: Plane, row: int, column: int, stripes: Ints, found: Ints
) -> bool:
    """Write the edges that touch a cell; whether they are few, easily found, and none is too short for a line."""
    edges = strip.edges
    for s in stripes:
        if strip.first_listed[s + 1] - strip.first_listed[s] > MANY:
            return False
    at = strip.first_row + row
    bottom, top = plane.y0 + (at - PAD) / plane.iy, plane.y0 + (at + 1 + PAD) / plane.iy
    left, right = plane.x0 + (column - PAD) / plane.ix, plane.x0 + (column + 1 + PAD) / plane.ix
    count = 0
    for s in stripes:
        for k in range(strip.first_listed[s], strip.first_listed[s + 1]):
            e = strip.listed[k]
            if edges[e, 2] < left:
                break
            if edges[e, 0] > right:
                continue
            first, last = columns_touched(edges, e, bottom, top, plane)
            if column < first or column > last or np.any(found[:count] == e):
                continue
            dx, dy = edges[e, 2] - edges[e, 0], edges[e, 3] - edges[e, 1]
            if count == FEW_EDGES or math.hypot(dx * plane.ix, dy * plane.iy) < SHORTEST:
                return False
            found[count] = e
            count += 1
    if count:
        found[count:] = found[0]
    return count > 0


@kernel
def _line(  # noqa: PLR0917
    edges: Floats, e: int, column: int, row: int, plane: Plane, line: Floats
) -> None:
    """Write a, b and c: how far left of an edge a place (u, v) in a cell is, in cells."""
    u, v = (edges[e, 0] - plane.x0) * plane.ix - column, (edges[e, 1] - plane.y0) * plane.iy - row
    dx, dy = (edges[e, 2] - edges[e, 0]) * plane.ix, (edges[e, 3] - edges[e, 1]) * plane.iy
    length = math.hypot(dx, dy)
    line[0], line[1] = -dy / length, dx / length
    line[2] = -(line[0] * u + line[1] * v)
