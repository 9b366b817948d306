"""部件: lamps along the roads, hydrants by the houses, railings at the river. All of them are made up."""

from __future__ import annotations

from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.demo.catalogue import Catalogue
from data.demo.city import DemoCity
from data.demo.dice import dice
from data.demo.ground import METRIC
from data.demo.layers import SOURCE
from data.demo.verified import OLD_DAYS, days_before
from geo.crs import LONLAT, parse_datum, project
from geo.model import CRS

PER_KIND = {
    "路灯": 900, "行道树": 600, "雨水井盖": 300, "污水井盖": 300, "上水井盖": 160, "燃气井盖": 110, "果皮箱": 220,
    "消防栓": 140, "休闲座椅": 120, "垃圾分类亭": 110, "路名牌": 100, "电力杆塔": 90, "公交站亭": 46, "交通信号灯": 44,
}  # fmt: skip
"""How many there are of the commonest; of every other item of the catalogue OTHERS."""
OTHERS = 12
BY_HOUSES = {
    "消防栓",
    "垃圾分类亭",
    "健身器材",
    "变压器",
    "公共电动车充电桩",
    "休闲座椅",
    "公共厕所",
    "花坛",
}
BY_WATER = {"河岸护栏", "排涝泵站", "河道警示牌", "桥梁栏杆"}
ASIDE_M = {"road": 4.5, "house": 11.0, "water": 9.0}
"""How far (standard deviation) from the middle of the road, the house, the river."""
OLD_SHARE = 0.04
STRAY, STRAY_M = "路灯", 120.0
"""The one that stands outside all grids, and how far from the city's outline it does at least."""


def build_components(
    city: DemoCity, known: Catalogue, *, seed: int, until: datetime
) -> gpd.GeoDataFrame:
    """component_id, kind, catalogue_code, as_of, source, points (EPSG:4490) inside the city, but for one lamp outside
    of it; verified in the year before ``until``, a few of them longer ago."""
    rng = dice(seed, "components")
    items = known.items[known.items["kind"] == "component"]
    names = [name for name in items["name"] for _ in range(PER_KIND.get(name, OTHERS))]
    points = [*_inside(city, names, rng), _stray(city, rng)]
    names.append(STRAY)
    codes = dict(zip(items["name"], items["code"], strict=True))
    days = days_before(until, rng.integers(15, 330, len(names)))
    old = rng.random(len(names)) < OLD_SHARE
    days = np.where(old, days_before(until, rng.integers(*OLD_DAYS, len(names))), days)
    kinds = pd.Series(names)
    number = kinds.groupby(kinds).cumcount() + 1
    frame = pd.DataFrame(
        {
            "component_id": [
                f"{codes[name]}-{n:04d}" for name, n in zip(names, number, strict=True)
            ],
            "kind": names,
            "catalogue_code": [codes[name] for name in names],
            "as_of": days,
            "source": SOURCE,
        }
    )
    return gpd.GeoDataFrame(frame, geometry=points, crs=CRS)


def _inside(city: DemoCity, names: list[str], rng: np.random.Generator) -> list[shapely.Point]:
    """A point for each, on the side of what it belongs to; thrown again where it fell outside the city."""
    grounds = {
        "road": _lines(city.city.roads),
        "water": _lines(city.city.rivers),
        "house": _metres(city.city.buildings.geometry.to_numpy()),
    }
    outline = _metres(np.array([city.outline], dtype=object))[0]
    shapely.prepare(outline)
    sort = np.array(
        ["house" if one in BY_HOUSES else "water" if one in BY_WATER else "road" for one in names]
    )
    found = np.full((len(names), 2), np.nan)
    open_ = np.ones(len(names), dtype=bool)
    while open_.any():
        for name, ground in grounds.items():
            mine = np.flatnonzero(open_ & (sort == name))
            found[mine] = _beside(ground, len(mine), rng) + rng.normal(
                0, ASIDE_M[name], (len(mine), 2)
            )
        open_ = ~shapely.contains_xy(outline, *found.T)
    return list(_degrees(np.asarray(shapely.points(found), dtype=object)))


def _beside(ground: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Places on lines by their length, or at points."""
    length = shapely.length(ground)
    weight = length if length.any() else np.ones(len(ground))
    chosen = ground[rng.choice(len(ground), count, p=weight / weight.sum())]
    if not length.any():
        return np.asarray(shapely.get_coordinates(chosen))
    along = shapely.line_interpolate_point(chosen, rng.random(count), normalized=True)
    return np.asarray(shapely.get_coordinates(along))


def _stray(city: DemoCity, rng: np.random.Generator) -> shapely.Point:
    """A place in one of the towns around, beside the city. ValueError where there is none."""
    outline = _metres(np.array([city.outline], dtype=object))[0]
    towns = shapely.union_all(
        _metres(city.regions[city.regions["kind"] == "town"].geometry.to_numpy())
    )
    ring = shapely.buffer(outline, STRAY_M).exterior.intersection(towns)
    if ring.is_empty:
        raise ValueError("no town lies beside the city")
    parts = shapely.get_parts(ring)
    longest = parts[int(np.argmax(shapely.length(parts)))]
    spot = shapely.line_interpolate_point(longest, rng.random(), normalized=True)
    point = _degrees(np.array([spot], dtype=object))[0]
    assert isinstance(point, shapely.Point)
    return point


def _lines(frame: gpd.GeoDataFrame) -> np.ndarray:
    return np.asarray(shapely.get_parts(_metres(frame.geometry.to_numpy())), dtype=object)


def _metres(shapes: np.ndarray) -> np.ndarray:
    return np.asarray(project(shapes, source=LONLAT, target=parse_datum(METRIC)), dtype=object)


def _degrees(points: np.ndarray) -> np.ndarray:
    return np.asarray(project(points, source=parse_datum(METRIC), target=LONLAT), dtype=object)
