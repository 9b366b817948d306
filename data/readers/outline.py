"""A city's outline from whatever an office has: polygons, or closed lines of a drawing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from data.readers.vector import read_layer, refuse_not_finite
from geo.crs import Datum
from geo.errors import GeometryError


def read_outline(
    spec: str | Path, *, datum: Datum | None = None, encoding: str | None = None
) -> BaseGeometry:
    """All areas of a layer as one, EPSG:4490; without a layer's name ``boundary``, else the only one.

    Lines that close on themselves, alone or together, enclose areas. GeometryError where nothing does; else raises
    what `read_layer` raises.
    """
    frame = read_layer(spec, default_layer="boundary", datum=datum, encoding=encoding)
    delivered = np.array(frame.geometry.array)
    refuse_not_finite(delivered, file=str(spec))
    shapes = shapely.make_valid(delivered)
    dimension = shapely.get_dimensions(shapes)
    lines = shapely.node(shapely.union_all(shapes[dimension == 1]))
    enclosed = shapely.get_parts(shapely.polygonize([lines]))
    areas = shapely.union_all([*shapes[dimension == 2], *enclosed])
    if areas.is_empty:
        raise GeometryError("outline-open", file=str(spec), count=len(frame))
    return areas
