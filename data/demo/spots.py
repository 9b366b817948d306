"""Where incidents happen: at houses and hot spots, on roads, on and beside grid borders, out in the towns."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from data.demo.city import DemoCity
from data.demo.ground import CENTRE, METRIC
from geo.crs import LONLAT, parse_datum, project
from geo.model import BuildingKind

SHARES = {"house": 0.60, "hot": 0.19, "road": 0.14, "beside": 0.025, "vertex": 0.002, "town": 0.0424,
          "beyond": 0.0006}  # fmt: skip
"""beside: a metre or two from of a grid border; vertex: exactly on a vertex of one; beyond: outside the city."""
HOT_SPOTS = 14
SPREAD_M = {"house": 9.0, "hot": 35.0, "road": 6.0, "beside": 0.8, "town": 1500.0, "beyond": 800.0}
"""How far (standard deviation) from the house, the road, the border, the town's seat."""
BEYOND_M = 60_000.0

Places = NDArray[np.object_]
Points = NDArray[np.float64]


def places(
    city: DemoCity, grids: gpd.GeoDataFrame, *, count: int, rng: np.random.Generator
) -> tuple[Places, Places]:
    """``count`` points (EPSG:4490) and for each the word of SHARES that says how it was placed."""
    sorts = np.array([*SHARES], dtype=object)
    share = np.array([*SHARES.values()])
    sort = rng.choice(sorts, count, p=share / share.sum())
    points = np.empty(count, dtype=object)
    for name in sorts:
        mine = sort == name
        points[mine] = _placed(str(name), city, grids, int(mine.sum()), rng)
    return points, sort


def _placed(
    sort: str, city: DemoCity, grids: gpd.GeoDataFrame, count: int, rng: np.random.Generator
) -> Places:
    if sort == "vertex":
        vertices = shapely.get_coordinates(grids.geometry.to_numpy())
        return _points(rng.choice(vertices, count))
    ways = {
        "house": lambda: _by_houses(city, count, rng),
        "hot": lambda: _hot(city, count, rng),
        "road": lambda: _along(city.city.roads.geometry, count, rng),
        "beside": lambda: _along(grids.geometry.boundary, count, rng),
        "town": lambda: _in_towns(city, count, rng),
        "beyond": lambda: _beyond(count, rng),
    }
    return _degrees(ways[sort]() + rng.normal(0, SPREAD_M[sort], (count, 2)))


def _points(coordinates: Points) -> Places:
    return np.asarray(shapely.points(coordinates), dtype=object)


def _degrees(points: Points) -> Places:
    return project(_points(points), source=parse_datum(METRIC), target=LONLAT)


def _metres(shapes: Places) -> Places:
    return project(shapes, source=LONLAT, target=parse_datum(METRIC))


def _by_houses(city: DemoCity, count: int, rng: np.random.Generator) -> Points:
    """By households, and everywhere a little."""
    buildings = city.city.buildings
    weight = buildings["households"].to_numpy(dtype=float) + 3.0
    chosen = rng.choice(len(buildings), count, p=weight / weight.sum())
    return shapely.get_coordinates(_metres(buildings.geometry.to_numpy()[chosen]))


def _hot(city: DemoCity, count: int, rng: np.random.Generator) -> Points:
    """Around a few shops and public places, the first of them the busiest."""
    buildings = city.city.buildings
    busy = buildings[buildings["kind"].isin([BuildingKind.COMMERCIAL, BuildingKind.PUBLIC])]
    middle = shapely.get_coordinates(
        _metres(busy.geometry.to_numpy()[rng.choice(len(busy), HOT_SPOTS, replace=False)])
    )
    weight = 1.0 / np.arange(2, HOT_SPOTS + 2)
    chosen = rng.choice(HOT_SPOTS, count, p=weight / weight.sum())
    return np.asarray(middle[chosen])


def _along(lines: gpd.GeoSeries, count: int, rng: np.random.Generator) -> Points:
    metric = shapely.get_parts(_metres(lines.to_numpy()))
    length = shapely.length(metric)
    chosen = metric[rng.choice(len(metric), count, p=length / length.sum())]
    along = shapely.line_interpolate_point(chosen, rng.random(count), normalized=True)
    return shapely.get_coordinates(along)


def _in_towns(city: DemoCity, count: int, rng: np.random.Generator) -> Points:
    towns = city.regions[city.regions["kind"] == "town"]
    seats = shapely.get_coordinates(shapely.point_on_surface(_metres(towns.geometry.to_numpy())))
    return np.asarray(seats[rng.integers(0, len(seats), count)])


def _beyond(count: int, rng: np.random.Generator) -> Points:
    turn = rng.uniform(0, 2 * np.pi, count)
    return CENTRE + BEYOND_M * np.column_stack([np.cos(turn), np.sin(turn)])
