"""What limits the compactness of drawn grids (W14): how compact they would be if some of their borders were straight.

    .venv/bin/python -m tests.benchmarks.outlines CITY.gpkg …

An arc is what two grids share, from junction to junction; straight is its chord, whatever stands in the way. So each
figure is more than any drawing of those borders could reach with the same assignment of buildings to grids.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from data.readers.city import read_city
from geo.blocks import cut_blocks
from geo.blocks.adjacency import INNER, city_lines, line_kinds, shared_segments
from geo.blocks.noding import merge
from geo.partition.draw import draw_grids

Floats = NDArray[np.float64]


def saved(pair: NDArray[np.intp], segments: Floats, count: int) -> Floats:
    """By how many metres the outline of each of ``count`` grids is shorter where the arcs of these segments (n, 2, 2),
    each of the pair of grids a * count + b, are chords."""
    less = np.zeros(count)
    for one in np.unique(pair):
        lines = shapely.line_merge(shapely.multilinestrings(segments[pair == one]))
        for arc in shapely.get_parts(lines):
            ends = shapely.get_coordinates(arc)[[0, -1]]
            if (ends[0] != ends[1]).any():
                less[[one // count, one % count]] += arc.length - np.hypot(
                    *np.diff(ends, axis=0)[0]
                )
    return less


def measure(path: Path) -> None:
    """One city's lines."""
    city = read_city(path)[0]
    block_map = cut_blocks(city)
    pairs = np.column_stack([block_map.community, draw_grids(block_map).grid])
    grids, number = np.unique(pairs, axis=0, return_inverse=True)
    number, count = number.reshape(-1), len(grids)
    shapes = np.array(
        [merge(block_map.metric[number == one]) for one in range(count)], dtype=object
    )
    area, around = shapely.area(shapes), shapely.length(shapes)
    lines = city_lines(city.roads, city.rivers, city.bridges, block_map.metric_crs)
    i, j, start, end = shared_segments(shapes)
    length_m = np.hypot(*(end - start).T)
    inner = grids[i, 0] == grids[j, 0]
    off = inner & (line_kinds((start + end) / 2, lines) == INNER)
    print(f"{path.name}: {count} grids, PP {compact(area, around):.3f}; inner borders"
          f" {length_m[inner].sum() / 1e3:.1f} km, off the lines {length_m[off].sum() / 1e3:.1f} km")  # fmt: skip
    for name, rows in (("off the lines", off), ("on lines", inner & ~off), ("all", inner)):
        segments = np.stack([start[rows], end[rows]], axis=1)
        less = saved(i[rows] * count + j[rows], segments, count)
        print(f"  chords for inner borders {name}: PP {compact(area, around - less):.3f}")


def compact(area: Floats, around: Floats) -> float:
    """Mean Polsby-Popper."""
    return float((4 * np.pi * area / around**2).mean())


def main() -> None:
    """Measure the cities that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cities", nargs="+", type=Path)
    for path in parser.parse_args().cities:
        measure(path)


if __name__ == "__main__":
    main()
