"""Where houses stand on a parcel: rows of slabs, towers, sheds, or small houses in no strict order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.demo.cuts import axes
from data.demo.landuse import Use

BANK_M = 22.0
"""Nothing is built this near to the water's middle."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Sizes (m, from-to) of houses and of the gaps between them, and how loosely they stand."""

    width_m: tuple[float, float]
    depth_m: tuple[float, float]
    gap_m: tuple[float, float]
    row_gap_m: float
    setback_m: float
    loose_m: float
    left_out: float
    turn_limit: float


PATTERNS = {
    Use.ESTATE: Pattern((38, 62), (12, 13.5), (9, 15), 19, 9, 0.8, 0.05, 0.30),
    Use.TOWERS: Pattern((26, 34), (16, 19), (18, 30), 34, 12, 1.5, 0.08, 0.30),
    Use.OLD: Pattern((8, 15), (9, 14), (1.5, 6), 6, 5, 1.4, 0.12, 0.8),
    Use.VILLAGE: Pattern((10, 14), (9, 12), (5, 16), 11, 7, 3.0, 0.20, 0.5),
    Use.SHOPS: Pattern((18, 34), (13, 17), (3, 6), 11, 6, 0.5, 0.05, 0.8),
    Use.PUBLIC: Pattern((36, 60), (15, 22), (14, 26), 26, 12, 2.0, 0.15, 0.3),
    Use.INDUSTRY: Pattern((48, 90), (28, 44), (10, 20), 14, 11, 1.0, 0.08, 0.8),
    Use.OFFICE: Pattern((34, 52), (16, 20), (22, 40), 40, 12, 2.0, 0.25, 0.4),
}


def stand(
    land: shapely.Polygon, use: Use, water: BaseGeometry, rng: np.random.Generator
) -> NDArray[np.object_]:
    """The footprints (polygons, m) on one parcel, all inside it and apart from one another."""
    pattern = PATTERNS.get(use)
    if pattern is None:
        return np.empty(0, dtype=object)
    plot: BaseGeometry = land.buffer(-pattern.setback_m)
    if plot.distance(water) < BANK_M:
        plot = plot.difference(water.buffer(BANK_M))
    if plot.is_empty:
        return np.empty(0, dtype=object)
    turn = _turn(land, pattern.turn_limit)
    houses = _rows(plot, turn, pattern, rng)
    shapely.prepare(plot)
    kept = houses[shapely.contains(plot, houses)]
    return np.asarray(kept[rng.random(len(kept)) >= pattern.left_out])


def _turn(land: shapely.Polygon, limit: float) -> float:
    """Which way the rows run: along the parcel, but houses keep looking south as far as ``limit`` (rad)."""
    bearing = axes(land)[2]
    folded = (bearing + np.pi / 4) % (np.pi / 2) - np.pi / 4
    return float(np.clip(folded, -limit, limit))


def _rows(
    plot: BaseGeometry, turn: float, pattern: Pattern, rng: np.random.Generator
) -> NDArray[np.object_]:
    pivot = np.array([plot.centroid.x, plot.centroid.y])
    corners = (shapely.get_coordinates(plot) - pivot) @ _rotation(turn)
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    lows, lefts, widths, depths = [], [], [], []
    low += rng.uniform(0, 0.4) * pattern.row_gap_m
    while low < high:
        depth = rng.uniform(*pattern.depth_m)
        x = left + rng.uniform(0, pattern.gap_m[1])
        while x < right:
            width = rng.uniform(*pattern.width_m)
            lefts.append(x)
            lows.append(low)
            widths.append(width)
            depths.append(depth * rng.uniform(0.9, 1.0))
            x += width + rng.uniform(*pattern.gap_m)
        low += depth + pattern.row_gap_m * rng.uniform(0.9, 1.25)
    if not lefts:
        return np.empty(0, dtype=object)
    loose = rng.uniform(-0.5, 0.5, (2, len(lefts))) * pattern.loose_m
    x0, y0 = np.array(lefts) + loose[0], np.array(lows) + loose[1]
    boxes = shapely.box(x0, y0, x0 + widths, y0 + depths)
    back = _rotation(turn).T
    return np.asarray(shapely.transform(boxes, lambda points: points @ back + pivot))


def _rotation(turn: float) -> NDArray[np.float64]:
    """Right-multiplied, takes points of the ground into the rows' own axes."""
    cos, sin = np.cos(turn), np.sin(turn)
    return np.array([[cos, -sin], [sin, cos]])
