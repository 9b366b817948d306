"""What was there first: the town's outline, its river with a brook, and the arterials.

Everything here is in metres of EPSG:4548 (3-degree Gauss-Kruger, 117° E).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon

from data.demo.dice import dice

METRIC = "EPSG:4548"
CENTRE = (495_230.0, 3_436_560.0)
"""116.95° E, 31.05° N."""
OLD_TOWN = (CENTRE[0] - 420.0, CENTRE[1] + 120.0)

RADII_M = (2500.0, 2080.0)
ARTERIALS_EAST_M = (-1580.0, -800.0, -60.0, 720.0, 1560.0)
ARTERIALS_NORTH_M = (1190.0, 400.0, -390.0, -1180.0)
STEP_M = 30.0
GRID_M = 0.001
"""Lines are noded to whole millimetres."""

ARTERIAL_NAMES_NS = ("环城西路", "文昌大道", "龙眠中路", "同安路", "环城东路")
ARTERIAL_NAMES_EW = ("环城北路", "和平路", "盛唐大道", "环城南路")

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A line of the ground with its LineClass value (or ``wall``: a border of land, no road)."""

    klass: str
    name: str
    line: LineString


def outline(seed: int) -> Polygon:
    """The border of the built-up town: a round shape with bays and noses."""
    rng = dice(seed, "outline")
    theta = np.linspace(0.0, 2 * np.pi, 360, endpoint=False)
    radius = np.ones_like(theta)
    for order in range(2, 8):
        radius += rng.uniform(0.012, 0.05) * np.sin(order * theta + rng.uniform(0, 2 * np.pi))
    flat = (np.abs(np.cos(theta)) ** 2.6 + np.abs(np.sin(theta)) ** 2.6) ** (-1 / 2.6)
    x = CENTRE[0] + RADII_M[0] * flat * radius * np.cos(theta)
    y = CENTRE[1] + RADII_M[1] * flat * radius * np.sin(theta)
    return Polygon(np.column_stack([x, y]))


def river(seed: int) -> LineString:
    """The river: from the hills in the north-west through the town to the south-east, in bends."""
    rng = dice(seed, "river")
    start = np.array([-1250.0, 3400.0]) + rng.uniform(-120, 120, 2)
    end = np.array([1050.0, -3400.0]) + rng.uniform(-120, 120, 2)
    return _bends(start, end, swing_m=200.0, wave_m=1900.0, rng=rng)


def brook(seed: int, stream: LineString) -> LineString:
    """A brook from the north-east that ends on a vertex of the river."""
    rng = dice(seed, "brook")
    mouth_at = CENTRE[1] - rng.uniform(500, 900)
    vertices = shapely.get_coordinates(stream)
    mouth = vertices[np.argmin(np.abs(vertices[:, 1] - mouth_at))]
    source = np.array([3300.0, 1500.0]) + rng.uniform(-200, 200, 2)
    return _bends(source, mouth - np.array(CENTRE), swing_m=90.0, wave_m=1250.0, rng=rng)


def _bends(
    start: Points, end: Points, *, swing_m: float, wave_m: float, rng: np.random.Generator
) -> LineString:
    length = float(np.hypot(*(end - start)))
    along = np.linspace(0.0, length, int(length / STEP_M))
    phase = rng.uniform(0, 2 * np.pi, 2)
    swing = swing_m * np.sin(2 * np.pi * along / wave_m + phase[0])
    swing += 0.35 * swing_m * np.sin(2 * np.pi * along / (0.43 * wave_m) + phase[1])
    swing *= np.minimum(1.0, np.minimum(along, length - along) / (0.2 * length))
    ahead = (end - start) / length
    points = start + along[:, None] * ahead + swing[:, None] * np.array([-ahead[1], ahead[0]])
    return LineString(points + np.array(CENTRE))


def arterials(seed: int) -> list[NamedLine]:
    """Main roads across the town, each with its own slant and curve, bent together by the ground."""
    rng = dice(seed, "arterials")
    along = np.arange(-3000.0, 3000.0, STEP_M)
    lines = []
    for offset, name in zip(ARTERIALS_EAST_M, ARTERIAL_NAMES_NS, strict=True):
        across = _curve(along, offset, rng)
        lines.append(NamedLine("arterial", name, LineString(_bend(across, along, seed))))
    for offset, name in zip(ARTERIALS_NORTH_M, ARTERIAL_NAMES_EW, strict=True):
        across = _curve(along, offset, rng)
        lines.append(NamedLine("arterial", name, LineString(_bend(along, across, seed))))
    return lines


def _curve(along: Points, offset_m: float, rng: np.random.Generator) -> Points:
    slant = rng.normal(0, 0.07)
    bow = rng.uniform(15, 55) * np.sin(
        2 * np.pi * along / rng.uniform(2600, 4200) + rng.uniform(0, 6.28)
    )
    return np.asarray(offset_m + rng.uniform(-70, 70) + slant * along + bow)


def _bend(east: Points, north: Points, seed: int) -> Points:
    """Moves points by a few long waves, the same for all lines, so that crossings stay crossings."""
    rng = dice(seed, "ground")
    moved = np.column_stack([east, north])
    for _ in range(4):
        heading = rng.uniform(0, 2 * np.pi)
        wave = (east * np.cos(heading) + north * np.sin(heading)) / rng.uniform(420, 800)
        push = rng.uniform(0, 2 * np.pi)
        moved += (
            rng.uniform(25, 62)
            * np.sin(wave + rng.uniform(0, 6.28))[:, None]
            * np.array([np.cos(push), np.sin(push)])
        )
    return np.asarray(moved + np.array(CENTRE))
