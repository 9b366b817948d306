"""Outlines as areas: valid ones, and what had to be mended."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry


def mended(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], list[str | None]]:
    """Each shape as a valid (multi)polygon, None where nothing of it is area; and what was wrong with it, None where
    nothing was."""
    areas = np.full(len(shapes), None, dtype=object)
    wrong: list[str | None] = []
    for index, shape in enumerate(shapes):
        faulty = shape is not None and not shape.is_valid
        wrong.append(shapely.is_valid_reason(shape) if faulty else None)
        areas[index] = None if shape is None else _area(shapely.make_valid(shape))
    return areas, wrong


def _area(shape: BaseGeometry) -> BaseGeometry | None:
    """What of a shape is area; None where nothing is."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return None if shape.is_empty else shape
    parts = [p for p in shapely.get_parts(shapely.get_parts(shape)) if p.geom_type == "Polygon"]
    return shapely.multipolygons(parts) if parts else None
