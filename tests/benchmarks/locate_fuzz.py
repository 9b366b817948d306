"""Hostile polygons (`hostile.py`) and points, by seed, until the time is up: every answer held to GEOS.

    .venv/bin/python -m tests.benchmarks.locate_fuzz [--seed 0] [--minutes 1]

Prints each seed whose answers differ; exit status 1 if any does.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
import shapely
from numpy.typing import NDArray

from geo._cells import CellEngine, best_engine
from geo._plain import PlainEngine
from tests.benchmarks.hostile import MAKERS

Floats = NDArray[np.float64]

PLACES = (
    (0.0, 0.0),
    (-0.5, -0.5),
    (116.9, 31.0),
    (4e7, 3.4e6),
    (39494000.0, -4e7),
    (1e-9, 1e-9),
    (0.0, 4e7),
)
SCALES = (1.0, 1 / 3, 1e-3, 7e-6, 250.0, 1e5, 1e-9)
POINTS = 20_000


def usable(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The valid polygons, and some that parts of others make up."""
    valid = shapes[shapely.is_valid(shapes) & ~shapely.is_empty(shapes)]
    return valid[np.isin(shapely.get_type_id(valid), (3, 6))]


def merged(shapes: NDArray[np.object_], rng: np.random.Generator) -> NDArray[np.object_]:
    """Beside the shapes, unions of some: multipolygons, holes, overlaps."""
    unions = [
        shapely.union_all(rng.choice(shapes, min(len(shapes), 5)))
        for _ in range(int(rng.integers(0, 4)))
    ]
    return rng.permutation(np.array([*shapes, *unions], dtype=object))


def hard_points(shapes: NDArray[np.object_], rng: np.random.Generator, engine: object) -> Floats:
    """On and beside vertices, edges and borders of cells; all over; and some that are no place."""
    vertices = shapely.get_coordinates(shapes)
    one = rng.integers(0, len(vertices) - 1, POINTS)
    share = (
        rng.choice([0.0, 0.5, 0.25, 1 / 3], POINTS)[:, None]
        + rng.choice([0.0, 0.01], POINTS)[:, None]
    )
    on = vertices[one] + (vertices[one + 1] - vertices[one]) * share
    mixed = np.column_stack([vertices[one, 0], rng.permutation(vertices[one, 1])])
    west, south, east, north = shapely.total_bounds(shapes)
    margin = ((east - west) * 0.05, (north - south) * 0.05)
    spread = rng.uniform(
        (west - margin[0], south - margin[1]), (east + margin[0], north + margin[1]), (POINTS, 2)
    )
    away = np.abs(vertices[one + 1] - vertices[one])[:, ::-1] + (east - west) * 1e-9
    beside = on + away * rng.choice([-1.0, 1.0], on.shape) * 10 ** rng.uniform(-9, -1, (POINTS, 1))
    points = [on, mixed, spread, beside]
    if isinstance(engine, CellEngine):
        plane = engine._index.plane
        column, row = rng.integers(0, plane.columns, POINTS), rng.integers(0, plane.rows, POINTS)
        border = np.column_stack([plane.x0 + column / plane.ix, plane.y0 + row / plane.iy])
        points += [border, np.column_stack([border[:, 0], spread[:, 1]])]
        cell = np.array([1 / plane.ix, 1 / plane.iy])
        points += [on + cell * rng.normal(0, 10 ** rng.uniform(-4, 0, (POINTS, 1)), on.shape)]
    every = np.concatenate(points)
    way = rng.choice([-np.inf, 0.0, 0.0, np.inf], every.shape)
    every = np.where(way == 0.0, every, np.nextafter(every, way))
    every[rng.integers(0, len(every), 50), rng.integers(0, 2, 50)] = rng.choice(
        [np.nan, np.inf, -np.inf], 50
    )
    return every


def differences(seed: int) -> tuple[int, int]:
    """How many points of one case are answered otherwise than by GEOS, and how many there are."""
    rng = np.random.default_rng(seed)
    shapes = usable(MAKERS[seed % len(MAKERS)](rng))
    if rng.random() < 0.2:
        shapes = np.append(shapes, usable(MAKERS[int(rng.integers(len(MAKERS)))](rng)))
    if not len(shapes):
        return 0, 0
    (dx, dy), scale = PLACES[int(rng.integers(len(PLACES)))], SCALES[int(rng.integers(len(SCALES)))]
    shapes = usable(shapely.transform(merged(shapes, rng), lambda xy: xy * scale + (dx, dy)))
    if not len(shapes):
        return 0, 0
    labels = rng.permutation(len(shapes)).astype(np.int32)
    engine, geos = best_engine(shapes, labels), PlainEngine(shapes, labels)
    x, y = hard_points(shapes, rng, engine).T.copy()
    found = engine.indices(x, y)
    wrong = found != geos.indices(x, y)
    wrong |= engine.on_boundary(x, y, found) != geos.on_boundary(x, y, found)
    return int(wrong.sum()), len(x)


def main() -> int:
    """Run case after case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first case")
    parser.add_argument("--minutes", type=float, default=1.0)
    options = parser.parse_args()
    until = time.monotonic() + 60 * options.minutes
    seed, points, wrong = options.seed, 0, 0
    while time.monotonic() < until:
        bad, n = differences(seed)
        if bad:
            maker = MAKERS[seed % len(MAKERS)].__name__
            print(f"seed {seed} ({maker}): {bad} of {n:,} points differ from GEOS")
        seed, points, wrong = seed + 1, points + n, wrong + bad
    print(f"seeds {options.seed} to {seed - 1}: {points:,} points, {wrong} differ from GEOS")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
