"""Where a picture is: the frame around what it shows, in metres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo.crs import LONLAT, metric_crs, project
from maps.reports.content import Report

MARGIN = 0.04


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a picture is and how large: a metric CRS, and the frame in it that fits the axes (metres)."""

    metric: CRS
    west: float
    south: float
    east: float
    north: float

    @property
    def width_m(self) -> float:
        """How much ground the picture is wide."""
        return self.east - self.west

    def move(
        self, shapes_of: Sequence[BaseGeometry | None] | NDArray[np.object_]
    ) -> NDArray[np.object_]:
        """Shapes of EPSG:4490 in metres; those outside the frame are empty."""
        given = np.array(list(shapes_of), dtype=object)
        moved = project(given, source=LONLAT, target=self.metric)
        frame = shapely.box(self.west, self.south, self.east, self.north)
        moved[~shapely.intersects(moved, frame)] = shapely.Polygon()
        return moved

    def spot(self, shape: BaseGeometry | None) -> shapely.Point | None:
        """A point on what is seen of a shape of EPSG:4490; None where nothing of it is."""
        if shape is None or shape.is_empty:
            return None
        seen = self.move([shape])[0]
        frame = shapely.box(self.west, self.south, self.east, self.north)
        if not seen.is_empty and not shapely.covers(frame, seen):
            seen = shapely.intersection(shapely.make_valid(seen), frame)
        point = shapely.point_on_surface(seen)
        return None if point.is_empty else point


SCALES = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""What a scale begins with, so that it can be read off a ruler."""


def at_scale(
    metric: CRS, bounds_m: Sequence[float], *, wide_mm: float, high_mm: float
) -> tuple[Ground, int]:
    """The frame around bounds (metric CRS) on paper of that size, and its scale's denominator: a round one."""
    x0, y0, x1, y1 = bounds_m
    needed = max((x1 - x0) / wide_mm, (y1 - y0) / high_mm, 0.05) * (1 + 2 * MARGIN) * 1000
    power = 10.0 ** math.floor(math.log10(needed))
    scale = next(power * one for one in (*SCALES, 10.0) if power * one >= needed * (1 - 1e-9))
    half_x, half_y = scale * wide_mm / 2000, scale * high_mm / 2000
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return Ground(metric, x - half_x, y - half_y, x + half_x, y + half_y), round(scale)


def ground(report: Report, *, aspect: float) -> Ground | None:
    """The frame around the grids (else communities) for axes ``aspect`` times as wide as high; None without a place."""
    bounds = np.vstack(
        [
            frame.total_bounds
            for frame in (report.data.grids, report.data.communities)
            if frame is not None and len(frame) and np.isfinite(frame.total_bounds).all()
        ]
        or [np.empty((0, 4))]
    )
    if not len(bounds):
        return None
    west, south, east, north = bounds[0]
    metric = metric_crs(float(west + east) / 2, float(south + north) / 2)
    box = project(np.array([shapely.box(west, south, east, north)]), source=LONLAT, target=metric)
    x0, y0, x1, y1 = shapely.total_bounds(box)
    height = max(y1 - y0, (x1 - x0) / aspect, 50.0) * (1 + 2 * MARGIN)
    width = height * aspect
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return Ground(metric, x - width / 2, y - height / 2, x + width / 2, y + height / 2)
