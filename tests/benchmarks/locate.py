"""How fast points find their grids: ours against its rivals, side by side in one run.

    .venv/bin/python tests/benchmarks/locate.py [--quick] [L4 L5 L6]

Every rival's answers are compared with ours. Rivals beyond geopandas and shapely: ``uv pip install --group rivals``
(in an environment of their own: the spatial extension pins DuckDB).
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent))

from locate_rivals import RIVALS, by_shapely
from tilings import clustered, on_edges, points, tiling

from geo.locate import Locator

WORKLOADS = {
    "L4": (165, 128, 10_000_000),
    "L5": (10_000, 96, 4_000_000),
    "L6": (200_000, 24, 4_000_000),
}
RIVAL_POINTS = 200_000
HARD_POINTS = 200_000


def best_of(run: Callable[[], object], times: int = 5) -> float:
    """The shortest of several runs, in seconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return min(spent)


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
    best = 0.0
    for kind, (x, y) in {"spread": points(n), "clustered": clustered(n)}.items():
        columns = pa.array(x), pa.array(y)
        spent = best_of(lambda columns=columns: locator.indices(*columns))
        best = best or n / spent / 1e6
        print(f"  ours, {kind:10} {n / spent / 1e6:8.1f} M points/s (from Arrow columns)")
    x, y = points(RIVAL_POINTS, seed=9)
    ours = locator.indices(x, y)
    for rival, run in RIVALS.items():
        start = time.perf_counter()
        try:
            theirs = run(shapes, x, y)
        except ImportError:
            print(f"  {rival:16} is not installed (dependency group rivals)")
            continue
        rate = RIVAL_POINTS / (time.perf_counter() - start) / 1e6
        differ = int((theirs != ours).sum())
        print(
            f"  {rival:16} {rate:8.2f} M points/s, ours {best / rate:6.0f} x, {differ} answers differ"
        )
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
