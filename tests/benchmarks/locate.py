"""How fast points find their grids: ours against its rivals, side by side in one run.

    .venv/bin/python -m tests.benchmarks.locate [--quick] [--rounds 15] [--no-rivals] [L4 L5 L6]

*Kernel* is `Locator.indices` on two float64 arrays; *to codes* takes Arrow columns and gives an Arrow column of codes.
Of each the best round and the median, the processor time of a point, and the machine's load meanwhile: on a busy
machine the best round says most. Rivals get what they need for the polygons beforehand and are timed from Arrow columns
to answers, on as many points as take them some seconds. Their best round counts; every answer is compared with ours.
Rivals beyond geopandas, shapely and PostGIS: ``uv pip install --group rivals``.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.arrow import chosen, texts
from geo._cells import CellEngine
from geo._plain import PlainEngine
from geo.locate import Locator
from tests.benchmarks.locate_rivals import RIVALS, Rival, answer
from tests.benchmarks.tilings import clustered, on_edges, points, tiling

WORKLOADS = {
    "L4": (165, 128, 10_000_000),
    "L5": (10_000, 96, 4_000_000),
    "L6": (200_000, 24, 4_000_000),
}
FIRST_POINTS = 200_000
RIVAL_S = 3.0
RIVAL_ROUNDS = 2
HARD_POINTS = 200_000


@dataclass(frozen=True, slots=True)
class Pace:
    """Points a second, in millions: of the best round and of the median; nanoseconds of processor time a point."""

    best: float
    median: float
    processor_ns: float


def pace(run: Callable[[], object], n: int, rounds: int) -> Pace:
    """Measure what answers ``n`` points."""
    spent, busy = [], []
    for _ in range(rounds):
        start, before = time.perf_counter(), time.process_time()
        run()
        spent.append(time.perf_counter() - start)
        busy.append(time.process_time() - before)
    rates = [n / seconds / 1e6 for seconds in spent]
    return Pace(max(rates), statistics.median(rates), min(busy) / n * 1e9)


def show(what: str, found: Pace) -> None:
    """Print one line."""
    print(
        f"  {what:24} {found.best:7.1f} M points/s (median {found.median:.1f}; "
        f"{found.processor_ns:.1f} ns of processor a point; load {os.getloadavg()[0]:.1f})"
    )


def measure(name: str, options: argparse.Namespace) -> None:
    """Print one workload's lines."""
    count, vertices, n = WORKLOADS[name]
    shapes = tiling(count, vertices)
    n = n // 10 if options.quick else n
    codes = [f"{k:06d}" for k in range(len(shapes))]
    Locator(shapes[:2], codes[:2], crs=None).indices(*points(300_000))  # compiles
    start, before = time.perf_counter(), time.process_time()
    locator = Locator(shapes, codes, crs=None)
    built_s, busy_s = time.perf_counter() - start, time.process_time() - before
    size = (
        f", {locator._engine.nbytes / 1e6:.0f} MB"
        if isinstance(locator._engine, CellEngine)
        else ""
    )
    print(
        f"{name}: {len(shapes):,} polygons x {vertices}, {n:,} points; built in {built_s:.2f} s"
        f" ({busy_s:.2f} s of processor){size}"
    )
    to_codes = 0.0
    pool = texts(codes)
    for kind, (x, y) in {"spread": points(n), "clustered": clustered(n)}.items():
        locator.indices(x, y)  # compiles for tables of this size
        show(f"kernel, {kind}", pace(lambda x=x, y=y: locator.indices(x, y), n, options.rounds))
        east, north = pa.array(x), pa.array(y)
        found = pace(lambda x=east, y=north: chosen(pool, locator.indices(x, y)), n, options.rounds)
        show(f"to codes, {kind}", found)
        to_codes = to_codes or found.best
    if not options.no_rivals:
        for rival, opened in RIVALS.items():
            beside(rival, opened, shapes, locator, n, to_codes)
    x, y = on_edges(shapes, HARD_POINTS)
    geos = PlainEngine(shapes, np.arange(len(shapes), dtype=np.int32)).indices(x, y)
    differ = int((locator.indices(x, y) != geos).sum())
    print(f"  {HARD_POINTS:,} points on and beside edges: {differ} differ from GEOS")


def beside(  # noqa: PLR0917
    name: str,
    rival: Rival,
    shapes: NDArray[np.object_],
    locator: Locator,
    most: int,
    ours: float,
) -> None:
    """Print a rival's line; ``ours``: million points a second to codes."""
    best, n = 0.0, FIRST_POINTS
    try:
        with rival(shapes) as ask:
            for _ in range(1 + RIVAL_ROUNDS):
                x, y = points(n, seed=9)
                job = ask(pa.array(x), pa.array(y))
                start = time.perf_counter()
                found = job()
                rate = n / (time.perf_counter() - start)
                differ = int((answer(n, found) != locator.indices(x, y)).sum())
                best, points_then = max(best, rate), n
                n = int(min(max(rate * RIVAL_S, FIRST_POINTS), most))
    except ImportError:
        print(f"  {name:16} is not installed (dependency group rivals)")
        return
    print(
        f"  {name:16} {best / 1e6:8.3f} M points/s of {points_then:,}: ours, to codes, "
        f"{ours * 1e6 / best:.0f} x; {differ} answers differ; load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    """Measure the workloads that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", default=list(WORKLOADS))
    parser.add_argument("--quick", action="store_true", help="a tenth of the points")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--no-rivals", action="store_true")
    options = parser.parse_args()
    for name in options.workloads:
        measure(name, options)


if __name__ == "__main__":
    main()
