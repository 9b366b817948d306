"""The coverage check of a large city beside the way of an analyst (geopandas overlay and sjoin): seconds and memory.

    .venv/bin/python -m tests.benchmarks.check [--columns 100] [--rows 100] [--buildings 1000000] [--no-rival]

Each runs in a process of its own, on the same city with planted faults (every 50th grid shifted by 20 m, two lost).
Where the seconds of the processor are far fewer than those of the clock, the machine was busy with something else.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time

import geopandas as gpd
import numpy as np
from shapely.affinity import translate

from geo.coverage import Delivered, Measure, examine, summarize
from geo.model import CRS
from tests.benchmarks.coverage_city import METRIC, MadeCity, degrees, make_city

EVERY, SHIFT_M = 50, 20.0


def harmed(city: MadeCity) -> gpd.GeoDataFrame:
    """The city's grids, some shifted and two lost."""
    shapes = city.shapes_m.copy()
    for row in range(7, len(shapes), EVERY):
        shapes[row] = translate(shapes[row], SHIFT_M, 0)
    grids = city.grids.set_geometry(gpd.GeoSeries(degrees(shapes), crs=CRS))
    return grids.drop(index=[5, len(shapes) // 2]).reset_index(drop=True)


def ours(city: MadeCity, grids: gpd.GeoDataFrame) -> dict[str, object]:
    """The whole check; how many of each shape fault."""
    found = examine(Delivered(city.communities, grids, city.buildings), Measure()).findings
    by_code = summarize(found)["by_code"]
    assert isinstance(by_code, dict)
    return {
        code: by_code[code]["blocking"] for code in ("gap", "overlap", "spill") if code in by_code
    }


def rival(city: MadeCity, grids: gpd.GeoDataFrame) -> dict[str, object]:
    """Gaps, overlaps, spills and buildings without a grid, by overlay and sjoin."""
    areas, nets = city.communities.to_crs(METRIC), grids.to_crs(METRIC)
    houses = city.buildings.to_crs(METRIC)
    gaps = gpd.overlay(areas, nets, how="difference").explode()
    spills = gpd.overlay(nets, areas, how="difference").explode()
    pairs = gpd.overlay(nets, nets, how="intersection", keep_geom_type=True)
    pairs = pairs[pairs["code_1"] < pairs["code_2"]].explode()
    joined = gpd.sjoin(houses, nets, how="left", predicate="intersects")
    return {
        "gap": int((gaps.area > 1).sum()),
        "overlap": int((pairs.area > 1).sum()),
        "spill": int((spills.area > 1).sum()),
        "building-uncovered": int(joined["index_right"].isna().sum()),
    }


def _measured(name: str, size: tuple[int, int, int], out: multiprocessing.Queue[object]) -> None:
    city = make_city(size[0], size[1], buildings=size[2])
    grids = harmed(city)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, busy = time.perf_counter(), time.process_time()
    told = (ours if name == "wangge" else rival)(city, grids)
    spent, busy = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    out.put((spent, busy, before / 1e6, peak / 1e6, told))


def main() -> None:
    """Run both, one after the other, and print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--columns", type=int, default=100)
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--buildings", type=int, default=1_000_000)
    parser.add_argument("--no-rival", action="store_true")
    given = parser.parse_args()
    size = (given.columns, given.rows, given.buildings)
    print(f"{np.prod(size[:2]):,} grids, {size[2]:,} buildings")
    seconds = {}
    for name in ("wangge",) if given.no_rival else ("wangge", "geopandas"):
        context = multiprocessing.get_context("spawn")
        out: multiprocessing.Queue[object] = context.Queue()
        worker = context.Process(target=_measured, args=(name, size, out))
        worker.start()
        spent, busy, before, peak, told = out.get()  # type: ignore[misc]
        worker.join()
        seconds[name] = spent
        print(
            f"{name:>10}: {spent:8.2f} s ({busy:.2f} s of the processor), "
            f"peak {peak:.2f} GB (city {before:.2f} GB), {told}"
        )
    if len(seconds) == 2:
        print(f"ratio: {seconds['geopandas'] / seconds['wangge']:.1f}")


if __name__ == "__main__":
    main()
