"""How long a drawing takes to be read: here, in a child of the nursery, and in a fresh interpreter.

python -m tests.benchmarks.reading [--grids 165] [--rounds 5]
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import box

from data.apart import Apart
from data.readers import handed
from tests.drawings import dxf, gbk_shapefile, in_metres, kml, ring

SIDE, VERTEX = 0.005, 0.00005
"""Degrees: of a grid, and between two of its vertices."""
FRESH = (
    "import sys; from pathlib import Path; from data.readers import handed; path = Path(sys.argv[1]);"
    " handed.drawing(path.parent, path.read_bytes(), path.name)"
)


def squares(count: int) -> gpd.GeoDataFrame:
    """So many grids with some 400 vertices each."""
    wide = int(np.ceil(np.sqrt(count)))
    shapes = [
        shapely.segmentize(box(x, y, x + SIDE, y + SIDE), VERTEX)
        for n in range(count)
        for x, y in [(116.9 + n % wide * SIDE, 31.0 + n // wide * SIDE)]
    ]
    names = {"网格编码": [f"340881001001{n:03d}" for n in range(count)], "网格名称": "第一网格"}
    return gpd.GeoDataFrame(names, geometry=shapes, crs="EPSG:4490")


def files(count: int, folder: Path) -> Iterator[tuple[str, bytes]]:
    """The same grids as offices hand them over."""
    frame = squares(count)
    yield "方案.zip", gbk_shapefile(frame, folder)
    for ending in (".geojson", ".gpkg", ".fgb"):
        frame.to_file(folder / f"made{ending}", layer="网格")
        yield f"方案{ending}", (folder / f"made{ending}").read_bytes()
    yield "方案.kml", kml(zip(frame["网格编码"], frame.geometry, strict=True))
    drawn = [("网格", ring(one), True) for one in in_metres(list(frame.geometry))]
    yield "方案.dxf", dxf(polylines=drawn)


def timed(act: Callable[[], object], rounds: int) -> float:
    """Median seconds."""
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--grids", type=int, default=165)
    options.add_argument("--rounds", type=int, default=5)
    told = options.parse_args()
    apart = Apart()
    with tempfile.TemporaryDirectory() as folder_:
        folder = Path(folder_)
        begun = time.perf_counter()
        for name, content in files(told.grids, folder):
            (folder / name).write_bytes(content)

            def here(name: str = name, content: bytes = content) -> None:
                with tempfile.TemporaryDirectory() as into:
                    handed.drawing(Path(into), content, name)

            def child(name: str = name, content: bytes = content) -> None:
                apart.run(handed.drawing, content, name, about=name, returns=handed.DRAWING)

            def fresh(name: str = name) -> None:
                subprocess.run([sys.executable, "-c", FRESH, str(folder / name)], check=True)

            if name.endswith(".zip"):
                begun = time.perf_counter()
                child()
                print(f"the first child, with its nursery: {time.perf_counter() - begun:.2f} s")
            figures = [timed(here, told.rounds), timed(child, told.rounds), timed(fresh, 2)]
            kinds = zip(("here", "child", "fresh"), figures, strict=True)
            said = "  ".join(f"{kind} {seconds * 1000:6.0f} ms" for kind, seconds in kinds)
            print(f"{name:12} {len(content) / 1024:8.0f} KB  {said}")
    apart.close()


if __name__ == "__main__":
    main()
