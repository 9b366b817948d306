"""How likely each polygon holds a place that is known only to within a radius: its share of the disc, by area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import LONLAT, from_lonlat, metric_crs, project
from geo.errors import OptionError

QUARTER_SEGMENTS = 32
"""Of the disc's outline; shares are taken of this polygon, so that they sum to one."""
LEAST_SHARE = 1e-4
"""What is less is the rounding of borders, not a place that somebody may be at."""
_SHORTEST_DEGREE_M = 110_500.0
MOST_RADIUS_M = 20_000.0


@dataclass(frozen=True, slots=True)
class Share:
    """position: of the polygon in what was given; None: outside all of them."""

    position: int | None
    share: float


def shares(
    polygons: Sequence[shapely.Geometry] | NDArray[np.object_],
    *,
    lng: float,
    lat: float,
    radius_m: float,
) -> list[Share]:
    """The polygons (EPSG:4490) that the disc around a place touches, the largest share first, outside last.

    Every place of the disc counts alike. Shares of polygons that do not overlap sum to one with what is outside.
    Raises OptionError for a radius that is not above 0 and at most MOST_RADIUS_M.
    """
    if not 0 < radius_m <= MOST_RADIUS_M:
        raise OptionError("radius-malformed", value=radius_m, most=MOST_RADIUS_M)
    shapes = np.asarray(polygons, dtype=object)
    near = np.flatnonzero(shapely.intersects(shapes, _box(lng, lat, radius_m)))
    metric = metric_crs(lng, lat)
    east, north = from_lonlat([lng], [lat], datum=metric)
    disc = shapely.Point(east[0], north[0]).buffer(radius_m, quad_segs=QUARTER_SEGMENTS)
    planar = project(shapes[near], source=LONLAT, target=metric)
    areas = shapely.area(shapely.intersection(planar, disc)) / disc.area
    held = [
        Share(int(position), float(area))
        for position, area in zip(near, areas, strict=True)
        if area >= LEAST_SHARE
    ]
    held.sort(key=lambda one: (-one.share, one.position))
    outside = 1.0 - float(np.sum(areas))
    return [*held, Share(None, outside)] if outside >= LEAST_SHARE else held


def _box(lng: float, lat: float, radius_m: float) -> shapely.Polygon:
    """A box of degrees that holds the disc."""
    north = 1.01 * radius_m / _SHORTEST_DEGREE_M
    east = min(180.0, north / max(cos(radians(min(89.9, abs(lat) + north))), 1e-3))
    return shapely.box(lng - east, lat - north, lng + east, lat + north)
