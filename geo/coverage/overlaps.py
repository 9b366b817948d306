"""Where polygons of one layer lie on one another."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coverage.faults import Concern, faults
from geo.coverage.layers import Layer
from geo.coverage.shapes import Shapes
from geo.model import Finding

Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows of two polygons, the lower one first."""


def overlaps(layer: Layer, pairs: Pairs, *, tolerance_m: float) -> list[Finding]:
    """Where two polygons of one layer lie on one another, pair by pair; ``pairs``: those that may (`torn_pairs`)."""
    first, second = pairs
    shared = shapely.intersection(layer.shapes[first], layer.shapes[second])

    def describe(_: BaseGeometry, owner: int) -> Concern:
        pair = (int(first[owner]), int(second[owner]))
        codes = tuple(str(layer.codes[row]) for row in pair)
        return Concern(codes, {"labels": [layer.label(row) for row in pair]})

    return faults("overlap", shared, describe, layer=layer.kind, tolerance_m=tolerance_m)


def torn_pairs(shapes: Shapes, *, suspects: NDArray[np.bool_] | None = None) -> Pairs:
    """Pairs that may share area. A clean coverage has none, and asking GEOS that is quicker than pairing.

    ``suspects``: polygons outside these are known not to overlap one another.
    """
    near = _near(shapes, suspects)
    nobody = np.empty(0, dtype=np.intp)
    if len(near) == 0 or shapely.coverage_is_valid(shapes[near]):
        return nobody, nobody
    torn = near[~shapely.is_empty(shapely.coverage_invalid_edges(shapes[near]))]
    first, second = shapely.STRtree(shapes).query(shapes[torn], predicate="intersects")
    low, high = np.minimum(torn[first], second), np.maximum(torn[first], second)
    pairs = np.unique(np.column_stack([low, high])[low < high], axis=0)
    return pairs[:, 0], pairs[:, 1]


def _near(shapes: Shapes, suspects: NDArray[np.bool_] | None) -> NDArray[np.intp]:
    """The suspects and everything whose box meets theirs."""
    if suspects is None or suspects.all():
        return np.arange(len(shapes))
    _, near = shapely.STRtree(shapes).query(shapes[suspects])
    return np.unique(near)
