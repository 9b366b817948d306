"""A made-up city that tiles exactly, by seed: wriggling borders, grids in communities in streets in one city, houses,
roads, rivers, parks and lamps. For the benchmark of the coverage check, and for its tests in the small.

Borders are drawn once and shared, so that every vertex of one side is a vertex of the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import LONLAT, metric_crs, project
from geo.model import CRS

METRIC = metric_crs(117.0, 31.0)
CORNER_M = (480_000.0, 3_430_000.0)
SIDE_M = 200.0
"""The side of a grid."""
GROUP = (3, 2)
"""Grids of a community: columns, rows."""
STREET = (4, 4)
"""Communities of a street: columns, rows."""
KINDS = ("residence", "employer", "commercial", "public")

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class MadeCity:
    """Layers in EPSG:4490 with the columns of geo.model, and the grids' shapes in metres (METRIC)."""

    regions: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    lamps: gpd.GeoDataFrame
    shapes_m: Shapes


def make_city(
    columns: int, rows: int, *, vertices: int = 96, buildings: int = 1_000, seed: int = 0
) -> MadeCity:
    """``columns`` x ``rows`` grids of ``vertices`` vertices each; the same for the same arguments."""
    rng = np.random.default_rng(seed)
    shapes = _cells(columns, rows, max(vertices // 4, 1), rng)
    at = np.arange(columns * rows)
    column, row = at % columns, at // columns
    community = _number(column // GROUP[0], row // GROUP[1])
    street = _number(column // (GROUP[0] * STREET[0]), row // (GROUP[1] * STREET[1]))
    streets = [f"340881{1 + n:03d}" for n in range(street.max() + 1)]
    codes, of_grid = _codes(community, [streets[n] for n in street])
    grids = [f"{codes[c]}{n:03d}" for c, n in zip(community, of_grid, strict=True)]
    outlines = _dissolved(shapes, community)
    around = _dissolved(shapes, street)
    city = shapely.coverage_union_all(shapes)
    return MadeCity(
        regions=_frame(
            {
                "code": ["340881", *streets],
                "name": ["某市", *(f"第{n + 1}街道" for n in range(len(streets)))],
                "level": ["city"] + ["street"] * len(streets),
                "parent_code": [None] + ["340881"] * len(streets),
            },
            np.array([city, *around], dtype=object),
        ),
        communities=_frame(
            {
                "code": codes,
                "name": [f"第{n + 1}社区" for n in range(len(codes))],
                "parent_code": [code[:9] for code in codes],
            },
            outlines,
        ),
        grids=_frame({"code": grids, "community_code": [codes[c] for c in community]}, shapes),
        buildings=_houses(columns, rows, buildings, rng),
        roads=_roads(columns, rows),
        lamps=_frame(
            {"lamp": np.arange(buildings // 10)}, _spots(columns, rows, buildings // 10, rng)
        ),
        shapes_m=shapes,
    )


def degrees(shapes: Shapes) -> Shapes:
    """From the metric plane to EPSG:4490."""
    return project(shapes, source=METRIC, target=LONLAT)


def metres(shapes: Shapes) -> Shapes:
    """From EPSG:4490 to the metric plane."""
    return project(shapes, source=LONLAT, target=METRIC)


def _frame(columns: dict[str, object], shapes_m: Shapes) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=degrees(shapes_m), crs=CRS)


def _number(column: NDArray[np.intp], row: NDArray[np.intp]) -> NDArray[np.intp]:
    pairs = np.column_stack([row, column])
    return np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1)


def _codes(community: NDArray[np.intp], street_of_grid: list[str]) -> tuple[list[str], list[int]]:
    """A code for each community, numbered within its street; and each grid's number within its community."""
    in_street: dict[str, int] = {}
    codes: dict[int, str] = {}
    within: dict[int, int] = {}
    numbers = []
    for mine, street in zip(community.tolist(), street_of_grid, strict=True):
        if mine not in codes:
            in_street[street] = in_street.get(street, 0) + 1
            codes[mine] = f"{street}{in_street[street]:03d}"
        within[mine] = within.get(mine, 0) + 1
        numbers.append(within[mine])
    return [codes[n] for n in sorted(codes)], numbers


def _dissolved(shapes: Shapes, label: NDArray[np.intp]) -> Shapes:
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    groups = np.split(shapes[order], cuts)
    return np.array([shapely.coverage_union_all(group) for group in groups], dtype=object)


def _cells(columns: int, rows: int, steps: int, rng: np.random.Generator) -> Shapes:
    i, j = np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0), indexing="xy")
    corner = np.stack([i, j], axis=-1) + rng.uniform(-0.2, 0.2, (rows + 1, columns + 1, 2))
    along = _borders(corner[:, :-1], corner[:, 1:], steps, rng)
    up = _borders(corner[:-1], corner[1:], steps, rng)
    rings = np.concatenate(
        [along[:-1], up[:, 1:], _back(along[1:], corner[1:]), _back(up[:, :-1], corner[:, :-1])],
        axis=2,
    ).reshape(rows * columns, -1, 2)
    metric = np.round(rings * SIDE_M + np.array(CORNER_M), 3)
    return shapely.polygons(np.concatenate([metric, metric[:, :1]], axis=1))


def _back(lines: NDArray[np.float64], corner: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same borders from their end to their start (without the start)."""
    last = corner[:, 1:] if lines.shape[1] == corner.shape[1] - 1 else corner[1:]
    whole = np.concatenate([lines, last[:, :, None]], axis=2)
    return whole[:, :, :0:-1]


def _borders(
    start: NDArray[np.float64], end: NDArray[np.float64], steps: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Waving lines from start to end (without the end) that leave both ends straight, so that none cross."""
    share = np.arange(steps) / steps
    straight = start[:, :, None] + (end - start)[:, :, None] * share[:, None]
    height = rng.uniform(-0.1, 0.1, (*start.shape[:2], 1))
    waves = rng.integers(1, 4, (*start.shape[:2], 1))
    push = height * np.sin(np.pi * share) ** 2 * np.cos(np.pi * waves * share)
    across = (end - start)[:, :, None, ::-1] * np.array([-1.0, 1.0])
    return straight + across * push[..., None]


def _spots(columns: int, rows: int, count: int, rng: np.random.Generator) -> Shapes:
    """Points inside the city, wherever its borders wave."""
    x = rng.uniform(0.4, columns - 0.4, count) * SIDE_M + CORNER_M[0]
    y = rng.uniform(0.4, rows - 0.4, count) * SIDE_M + CORNER_M[1]
    return shapely.points(x, y)


def _houses(columns: int, rows: int, count: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    households = rng.integers(1, 9, count)
    return _frame(
        {
            "building_id": [f"B{n:07d}" for n in range(count)],
            "kind": np.array(KINDS, dtype=object)[rng.integers(0, 4, count)],
            "estate": [None] * count,
            "households": households,
            "residents": households * 2,
            "residents_basis": "usual",
        },
        _spots(columns, rows, count, rng),
    )


def _roads(columns: int, rows: int) -> gpd.GeoDataFrame:
    """Straight streets across the whole city, two in every row and column of grids."""
    east, north = CORNER_M[0] + columns * SIDE_M, CORNER_M[1] + rows * SIDE_M
    across = [CORNER_M[1] + (n + 0.5) * SIDE_M / 2 for n in range(2 * rows)]
    up = [CORNER_M[0] + (n + 0.5) * SIDE_M / 2 for n in range(2 * columns)]
    lines = [shapely.LineString([(CORNER_M[0], y), (east, y)]) for y in across]
    lines += [shapely.LineString([(x, CORNER_M[1]), (x, north)]) for x in up]
    return _frame({"class": ["street"] * len(lines)}, np.array(lines, dtype=object))
