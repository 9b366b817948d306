"""How fast points find their grids: ours against geopandas and shapely, side by side in one run.

    .venv/bin/python tests/benchmarks/locate.py [--quick] [L4 L5 L6]

Every rival's answers are compared with ours.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

from tilings import clustered, on_edges, points, tiling

from geo._plain import PlainEngine
from geo.locate import Locator

WORKLOADS = {
    "L4": (165, 128, 10_000_000),
    "L5": (10_000, 96, 4_000_000),
    "L6": (200_000, 24, 4_000_000),
}
RIVAL_POINTS = 200_000
HARD_POINTS = 200_000

Answer = NDArray[np.int32]


def best_of(run: Callable[[], object], times: int = 5) -> float:
    """The shortest of several runs, in seconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return min(spent)


def by_geopandas(
    shapes: NDArray[np.object_], x: NDArray[np.float64], y: NDArray[np.float64]
) -> Answer:
    """geopandas.sjoin, then the lowest polygon of each point."""
    right = gpd.GeoDataFrame({"k": np.arange(len(shapes))}, geometry=shapes)
    left = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y))
    found = gpd.sjoin(left, right, predicate="intersects")["k"].groupby(level=0).min()
    return pd.Series(-1, index=left.index).add(found + 1, fill_value=0).to_numpy().astype(np.int32)


def by_shapely(
    shapes: NDArray[np.object_], x: NDArray[np.float64], y: NDArray[np.float64]
) -> Answer:
    """shapely: a tree of boxes and prepared polygons."""
    return PlainEngine(shapes, np.arange(len(shapes), dtype=np.int32)).indices(x, y)


RIVALS = {
    "geopandas.sjoin": by_geopandas,
    "shapely prepared": by_shapely,
}


def measure(name: str, *, quick: bool) -> None:
    """Print one workload's lines."""
    count, vertices, n = WORKLOADS[name]
    shapes = tiling(count, vertices)
    n = n // 10 if quick else n
    codes = [f"{k:06d}" for k in range(len(shapes))]
    Locator(shapes[:2], codes[:2], crs=None).indices(*points(300_000))  # compiles
    start = time.perf_counter()
    locator = Locator(shapes, codes, crs=None)
    built_s = time.perf_counter() - start
    print(f"{name}: {len(shapes):,} polygons x {vertices}, built in {built_s:.2f} s, {n:,} points")
    for kind, (x, y) in {"spread": points(n), "clustered": clustered(n)}.items():
        columns = pa.array(x), pa.array(y)
        spent = best_of(lambda columns=columns: locator.indices(*columns))
        print(f"  ours, {kind:10} {n / spent / 1e6:8.1f} M points/s (from Arrow columns)")
    x, y = points(RIVAL_POINTS, seed=9)
    ours = locator.indices(x, y)
    for rival, run in RIVALS.items():
        start = time.perf_counter()
        theirs = run(shapes, x, y)
        rate = RIVAL_POINTS / (time.perf_counter() - start) / 1e6
        print(f"  {rival:16} {rate:8.2f} M points/s, {int((theirs != ours).sum())} answers differ")
    x, y = on_edges(shapes, HARD_POINTS)
    differ = int((locator.indices(x, y) != by_shapely(shapes, x, y)).sum())
    print(f"  {HARD_POINTS:,} points on and beside edges: {differ} differ from GEOS")


def main() -> None:
    """Measure the workloads that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", default=list(WORKLOADS))
    parser.add_argument("--quick", action="store_true", help="a tenth of the points")
    options = parser.parse_args()
    for name in options.workloads:
        measure(name, quick=options.quick)


if __name__ == "__main__":
    main()
