"""Made-up cities for benchmarks: tilings whose borders wriggle, and points in them, by seed."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

WEST, SOUTH, SIZE = 116.8, 30.9, 0.4  # degrees, about 桐城


def tiling(count: int, vertices: int, *, seed: int = 0) -> NDArray[np.object_]:
    """About ``count`` polygons of about ``vertices`` vertices that share every border, in lon/lat."""
    rng = np.random.default_rng(seed)
    columns = max(round(np.sqrt(count)), 1)
    rows = max(round(count / columns), 1)
    steps = vertices // 4
    i, j = np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0), indexing="xy")
    corner = np.stack([i, j], axis=-1) + rng.uniform(-0.3, 0.3, (rows + 1, columns + 1, 2))
    along = _borders(corner[:, :-1], corner[:, 1:], steps, rng)
    up = _borders(corner[:-1], corner[1:], steps, rng)
    rings = np.concatenate(
        [along[:-1], up[:, 1:], along[1:, :, ::-1], up[:, :-1, ::-1]], axis=2
    ).reshape(rows * columns, -1, 2)
    scale = np.array([SIZE / columns, SIZE / rows])
    lonlat = rings * scale + np.array([WEST, SOUTH])
    closed = np.concatenate([lonlat, lonlat[:, :1]], axis=1)
    shapes = shapely.polygons(shapely.linearrings(closed))
    return shapes[shapely.is_valid(shapes)]


def _borders(
    start: NDArray[np.float64], end: NDArray[np.float64], steps: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Wriggling lines from start to end (without the end), each drawn once and so the same for both neighbours."""
    share = np.arange(steps) / steps
    straight = start[:, :, None] + (end - start)[:, :, None] * share[:, None]
    wriggle = np.cumsum(rng.normal(0, 0.03, (*start.shape[:2], steps)), axis=2)
    wriggle -= wriggle[:, :, :1] + (wriggle[:, :, -1:] - wriggle[:, :, :1]) * share
    across = (end - start)[:, :, None, ::-1] * np.array([-1.0, 1.0])
    return straight + across * (wriggle * 0.5)[..., None]


def points(count: int, *, seed: int = 1) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points all over the city and a little beyond."""
    rng = np.random.default_rng(seed)
    beyond = SIZE * 0.01
    x = rng.uniform(WEST - beyond, WEST + SIZE + beyond, count)
    y = rng.uniform(SOUTH - beyond, SOUTH + SIZE + beyond, count)
    return x, y


def clustered(count: int, *, seed: int = 2) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points as calls come: around some hundred hot spots."""
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, SIZE, (300, 2))[rng.integers(0, 300, count)]
    spots += rng.normal(0, SIZE / 200, (count, 2))
    return WEST + spots[:, 0], SOUTH + spots[:, 1]


def on_edges(
    shapes: NDArray[np.object_], count: int, *, seed: int = 3
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hard points: vertices, points on edges as near as doubles come, and their neighbours by one ulp."""
    rng = np.random.default_rng(seed)
    rings = shapely.get_coordinates(shapes[rng.integers(0, len(shapes), 500)])
    k = rng.integers(0, len(rings) - 1, count)
    share = rng.choice([0.0, 0.25, 0.5, 0.75], count) + rng.choice([0.0, 0.1], count)
    xy = rings[k] + (rings[k + 1] - rings[k]) * share[:, None]
    way = rng.choice([-np.inf, 0.0, np.inf], (count, 2))
    xy = np.where(way == 0.0, xy, np.nextafter(xy, way))
    return xy[:, 0].copy(), xy[:, 1].copy()
