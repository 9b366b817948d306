"""Made-up cities like the planner's A and B, by seed: what W11 is measured on, and what no constant was chosen by.

    .venv/bin/python -m tests.benchmarks.cities CITY.gpkg [--seed 100] [--people 2.2] [--communities 26] [--tight]
                                                          [--river border|through|none]

Communities are cells of a relaxed Voronoi diagram with arterials on their borders, cut by streets into parcels: some
old town (many houses of a few households), some estates (a few of them over the ceiling), some public. The river runs
along borders, or through communities (as A's and B's do); it has bridges. The households of a community suit a number
of grids: near the middle of what both bounds leave (roomy), or anywhere within it (tight). Beyond 3.33 and below 1.2
people a household nothing is left, and the counts suit no number.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import LineString, MultiLineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from data.demo.cuts import axes, parcel
from data.demo.ground import CENTRE, METRIC
from data.writers.layers import write_layers
from geo.model import CRS, City, SizeRule
from geo.partition.screen import feasible_counts

SIDE_M = 725.0
"""The side of a square as large as a community."""
PARCEL_M2 = (24_000.0, 50_000.0)
RELAXED = 3
BRIDGE_M = 300.0
ESTATES, PUBLIC = 0.5, 0.05
"""Shares of parcels."""
OVERSIZE = 0.05
"""Share of estates three times as dense as the others."""
GRIDS = 165 / 26
"""In a community."""
TRIES = 100
"""At counts that suit a number of grids."""
RULE = SizeRule()

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a city is made from. people: residents a household, of the city; communities differ by some 4 %."""

    seed: int
    people: float = 2.2
    communities: int = 26
    tight: bool = False
    river: str = "border"


def make_city(recipe: Recipe) -> City:
    """The city of that recipe (EPSG:4490): the same for the same recipe."""
    rng = np.random.default_rng([recipe.seed, recipe.communities])
    cells = _cells(recipe.communities, rng)
    river = _river(cells, recipe.river, rng)
    roads, parcels, owner = _parcels(cells, river, rng)
    lots = enumerate(zip(parcels, owner, strict=True))
    built = [_houses(land, rng).assign(parcel=i, community=c) for i, (land, c) in lots]
    houses = pd.concat(built, ignore_index=True)
    houses = houses.groupby("community", group_keys=False)[list(houses)].apply(
        lambda group: _filled(group, recipe, rng)
    )
    codes = [f"340881{1 + i % 3:03d}{1 + i:03d}" for i in range(len(cells))]
    names = [f"第{i + 1}社区" for i in range(len(cells))]
    return City(
        communities=_layer({"code": codes, "name": names}, cells),
        buildings=_buildings(houses, codes),
        roads=roads,
        rivers=_layer({"class": ["river"] * len(river)}, river),
        bridges=_layer({}, [p for line in river for p in _bridges(line)]),
    )


def recipes(number: int, *, seed: int, people: tuple[float, float] = (1.9, 2.7)) -> list[Recipe]:
    """Cities with household sizes spread over ``people``, every other one tight, every third with a river inside."""
    sizes = np.linspace(*people, number) if number > 1 else [sum(people) / 2]
    return [
        Recipe(
            seed + i,
            round(float(size), 2),
            tight=bool(i % 2),
            river="through" if i % 3 == 2 else "border",
        )
        for i, size in enumerate(sizes)
    ]


def _layer(columns: dict[str, list[str]], shapes: Shapes | list[Point]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=METRIC)
    return frame.to_crs(CRS)


def _cells(number: int, rng: np.random.Generator) -> Shapes:
    """Communities: Voronoi cells of points moved to their cells' middles a few times."""
    side = SIDE_M * np.sqrt(number)
    middle = np.array(CENTRE)
    box = shapely.box(*(middle - side / 2), *(middle + side / 2))
    points = rng.uniform(box.bounds[:2], box.bounds[2:], (number, 2))
    for _ in range(RELAXED + 1):
        diagram = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=box)
        cells = shapely.intersection(shapely.get_parts(diagram), box, grid_size=0.001)
        points = shapely.get_coordinates(shapely.centroid(cells)) + rng.normal(0, 40, (number, 2))
    at = shapely.get_coordinates(shapely.centroid(cells))
    return np.asarray(cells[np.lexsort((-at[:, 1], at[:, 0]))])


def _edges(cells: Shapes) -> Shapes:
    rings = [LineString(shapely.get_coordinates(cell)) for cell in cells]
    return np.asarray(shapely.get_parts(shapely.node(MultiLineString(rings))))


def _river(cells: Shapes, where: str, rng: np.random.Generator) -> Shapes:
    """Lines from the north to the south: a way along borders, or a curve that heeds none."""
    west, south, east, north = shapely.total_bounds(cells)
    if where == "none":
        return np.empty(0, dtype=object)
    if where == "through":
        y = np.linspace(north, south, 60)
        bend = 180 * np.sin((y - south) / rng.uniform(350, 500) + rng.uniform(0, 6))
        x = (west + east) / 2 + rng.uniform(-400, 400) + bend
        return np.array([LineString(np.column_stack([x, y]))], dtype=object)
    edges = _edges(cells)
    ends = np.round([shapely.get_coordinates(edge)[[0, -1]] for edge in edges], 3)
    nodes, at = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    pairs = at.reshape(-1, 2)
    rim = ((ends[:, 0] == ends[:, 1]) & np.isin(ends[:, 0], [west, south, east, north])).any(axis=1)
    far = shapely.length(edges) * np.where(rim, 50.0, rng.uniform(1, 2, len(edges)))
    graph = csr_matrix((far, pairs.T), shape=(len(nodes), len(nodes)))
    away = np.abs(nodes[:, 0] - (west + east) / 2)
    source, mouth = (
        int(np.argmin(np.where(nodes[:, 1] == y, away, np.inf))) for y in (north, south)
    )
    _, before = dijkstra(graph, directed=False, indices=[source], return_predecessors=True)
    way = [mouth]
    while way[-1] != source:
        way.append(int(before[0, way[-1]]))
    steps = {frozenset(step) for step in pairwise(way)}
    return np.array(
        [e for e, pair in zip(edges, pairs.tolist(), strict=True) if frozenset(pair) in steps]
    )


def _bridges(line: LineString) -> list[Point]:
    spots = np.arange(BRIDGE_M / 2, line.length, BRIDGE_M)
    return [line.interpolate(at) for at in (spots if len(spots) > 1 else [line.length / 2])]


def _parcels(
    cells: Shapes, river: Shapes, rng: np.random.Generator
) -> tuple[gpd.GeoDataFrame, list[Polygon], list[int]]:
    """Roads by class, the parcels between them, and the community of each."""
    lines = [edge for edge in _edges(cells) if not any(edge.equals(one) for one in river)]
    classes = ["arterial"] * len(lines)
    parcels, owner = list[Polygon](), list[int]()
    for index, cell in enumerate(cells):
        size = rng.uniform(*PARCEL_M2)
        pieces, cuts = parcel(cell, lambda land: land.area > size, rng)  # noqa: B023
        lines += cuts
        classes += ["street"] * len(cuts)
        parcels += pieces
        owner += [index] * len(pieces)
    return _layer({"class": classes}, np.array(lines, dtype=object)), parcels, owner


def _houses(land: Polygon, rng: np.random.Generator) -> pd.DataFrame:
    """The houses of a parcel: place, kind, whether of an estate, and a weight for households."""
    what = rng.choice(["estate", "public", "old"], p=[ESTATES, PUBLIC, 1 - ESTATES - PUBLIC])
    gap = {"estate": rng.uniform(38, 55), "public": 70.0, "old": rng.uniform(23, 32)}[what]
    plot = land.buffer(-8.0)
    if plot.is_empty:
        plot = land
    turn = axes(land)[2]
    spots = _lattice(plot, gap, turn, rng)
    number = len(spots)
    dense = rng.lognormal(2.75, 0.35) * (3.0 if rng.random() < OVERSIZE else 1.0)
    weight = {
        "estate": dense * rng.normal(1, 0.2, number).clip(0.4),
        "public": np.zeros(number),
        "old": rng.choice([1, 2, 2, 3, 3, 4, 5, 7, 9], number).astype(float),
    }[what]
    kind = "public" if what == "public" else "residence"
    return pd.DataFrame(
        {"geometry": spots, "kind": kind, "is_estate": what == "estate", "weight": weight}
    )


def _lattice(plot: BaseGeometry, gap: float, turn: float, rng: np.random.Generator) -> Shapes:
    """Points some ``gap`` metres apart within ``plot``, in rows at an angle; at least one."""
    middle = np.array(plot.centroid.coords[0])
    reach = np.hypot(plot.bounds[2] - plot.bounds[0], plot.bounds[3] - plot.bounds[1]) / 2
    steps = np.arange(-reach, reach, gap)
    east, north = (one.ravel() for one in np.meshgrid(steps, steps))
    moved = np.column_stack([east, north]) + rng.normal(0, gap / 12, (len(east), 2))
    cos, sin = np.cos(turn), np.sin(turn)
    spots = shapely.points(moved @ np.array([[cos, sin], [-sin, cos]]) + middle)
    inside = np.asarray(spots[shapely.contains(plot, spots)])
    return inside if len(inside) else np.array([shapely.point_on_surface(plot)])


def _filled(houses: pd.DataFrame, recipe: Recipe, rng: np.random.Generator) -> pd.DataFrame:
    """A community's houses with households and residents such that arithmetic allows a number of grids."""
    lived_in = houses["weight"].to_numpy() > 0
    for _ in range(TRIES):
        people = recipe.people * (1 + rng.normal(0, 0.04))
        total = _households(people, recipe.tight, rng)
        weight = np.where(lived_in, houses["weight"], 0.0)
        households = np.maximum(np.floor(weight / weight.sum() * total), lived_in).astype(int)
        residents = np.maximum(
            np.rint(households * people * rng.normal(1, 0.06, len(houses))), lived_in
        ).astype(int)
        if feasible_counts(int(households.sum()), int(residents.sum()), RULE):
            break
    return houses.assign(households=households, residents=residents)


def _households(people: float, tight: bool, rng: np.random.Generator) -> int:
    """As many as suit a number of grids."""
    low = max(RULE.households[0], RULE.residents[0] / people)
    high = min(RULE.households[1], RULE.residents[1] / people)
    spread = (0.1, 0.9) if tight else (0.35, 0.65)
    number = int(np.clip(np.rint(rng.normal(GRIDS, 1.6)), 3, 11))
    return int(number * (low + (high - low) * rng.uniform(*spread)))


def _buildings(houses: pd.DataFrame, codes: list[str]) -> gpd.GeoDataFrame:
    number = houses.groupby("community").cumcount()
    code = [codes[c] for c in houses["community"]]
    return gpd.GeoDataFrame(
        {
            "building_id": [f"{c}-{n:04d}" for c, n in zip(code, number, strict=True)],
            "community_code": code,
            "kind": houses["kind"].to_numpy(),
            "estate": [f"小区{p}" if e else None for p, e in zip(houses["parcel"], houses["is_estate"], strict=True)],
            "households": houses["households"].to_numpy(),
            "residents": houses["residents"].to_numpy(),
        },
        geometry=houses["geometry"].to_numpy(),
        crs=METRIC,
    ).to_crs(CRS)  # fmt: skip


def write_city(city: City, path: Path) -> None:
    """The city as a file that ``wangge draw`` reads."""
    layers = ("communities", "buildings", "roads", "rivers", "bridges")
    write_layers(path, {name: getattr(city, name) for name in layers if len(getattr(city, name))})


def main() -> None:
    """Write one city."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--people", type=float, default=2.2)
    parser.add_argument("--communities", type=int, default=26)
    parser.add_argument("--tight", action="store_true")
    parser.add_argument("--river", choices=["border", "through", "none"], default="border")
    options = vars(parser.parse_args())
    output = options.pop("output")
    city = make_city(Recipe(**options))
    write_city(city, output)
    homes = city.buildings
    number = len(city.communities)
    print(
        f"{output}: {number} communities, {len(homes)} buildings, {homes['households'].sum()} households"
    )


if __name__ == "__main__":
    main()
