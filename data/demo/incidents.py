"""A year of incidents: where, when, what, from whom, and whether it is done. All made up."""

from __future__ import annotations

from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.demo.catalogue import Catalogue
from data.demo.city import DemoCity
from data.demo.clock import reporting_times
from data.demo.dice import dice
from data.demo.spots import places
from geo.model import CRS

CHANNELS = {"12345热线": 0.36, "网格员上报": 0.50, "微信": 0.14}
KEY_PREFIX = {"12345热线": "演示-RX", "网格员上报": "演示-WG", "微信": "演示-WX"}
REPEATS = 0.09
"""Share of incidents that say an earlier one again: same item, a few metres and days away."""
REPEAT_DAYS = 14.0
REPEAT_DEG = 6e-5
"""About 6 m."""
NEVER_DONE = 0.012
NEAR_DEG = 0.0015
"""About 150 m: a house further away does not say where it was."""
NOISE = "噪声扰民"
HOW_OFTEN = {
    "暴露垃圾": 6, "占道经营": 5, "机动车乱停放": 6, "非机动车乱停放": 4, "物业纠纷": 3, "邻里纠纷": 3, "楼道堆物": 3,
    "飞线充电": 3, "独居老人探访": 4, "路灯": 3, "污水外溢": 2, "乱贴小广告": 2, "污水井盖": 2, "行道树": 2,
    "路面塌陷": 0.1, "燃气异味": 0.15, "高空抛物": 0.2, "危房隐患": 0.2, "河边戏水": 0.3, "非法捕捞": 0.1,
    "退役军人服务": 0.3, "孕产随访": 0.5, "排涝泵站": 0.1, "环保监测箱": 0.1, "变压器": 0.2, "欠薪投诉": 0.4,
}  # fmt: skip
"""Against an ordinary item (1.0)."""
SERVICE = "民生服务"
PATROL = "网格员上报"
SAYINGS = {
    ("component", True): ("巡查发现{where}{item}缺损", "{where}附近{item}破损，已放警示标志",
                          "巡查时见{where}旁{item}倾斜"),
    ("component", False): ("{where}{item}坏了，请派人维修", "居民反映{where}旁{item}已坏多日",
                           "{where}附近{item}破损，有安全隐患"),
    ("matter", True): ("巡查时在{where}发现{item}", "{where}有{item}情况，已到场核实", "{where}{item}，劝导后上报"),
    ("matter", False): ("{where}：{item}，请处理", "居民反映{where}附近{item}", "来电反映{where}{item}，要求回复"),
    ("service", True): ("入户走访{where}，记录{item}需求", "{where}住户{item}，已登记"),
    ("service", False): ("{where}住户来电，{item}", "{where}住户需要{item}，请联系"),
}  # fmt: skip
"""What a note says, by kind of matter and whether an officer's round found it."""


def build_incidents(
    city: DemoCity,
    grids: gpd.GeoDataFrame,
    catalogue: Catalogue,
    *,
    seed: int,
    until: datetime,
    count: int = 20_000,
) -> gpd.GeoDataFrame:
    """``count`` incidents of the year before ``until`` (with a time zone), in order of reporting.

    Columns: source (the channel), source_id (begins with 演示), kind, catalogue_code, category, item,
    place, raw_x, raw_y (degrees), raw_datum, reported_at and closed_at (UTC), status, note, geometry.
    ValueError where ``until`` has no zone.
    """
    if until.tzinfo is None:
        raise ValueError("until needs a time zone")
    rng = dice(seed, "incidents")
    points, _ = places(city, grids, count=count, rng=rng)
    item = _items(catalogue, count, rng)
    noisy = catalogue.items["category"].to_numpy()[item] == NOISE
    times = reporting_times(noisy, until=until, rng=rng)
    points, item, times = _repeat(points, item, times, until, rng)
    order = np.argsort(times, kind="stable")
    points, item, times = points[order], item[order], times[order]
    channel = rng.choice([*CHANNELS], count, p=[*CHANNELS.values()])
    told = _told(city, catalogue, points, item, channel == PATROL, rng=rng)
    frame = gpd.GeoDataFrame(told, geometry=points, crs=CRS)
    frame["reported_at"] = times.tz_convert("UTC")
    frame["closed_at"] = _closing(times, catalogue.items["limit_h"].to_numpy()[item], until, rng)
    frame["status"] = np.where(frame["closed_at"].isna(), "open", "closed")
    frame["source"] = channel
    frame["source_id"] = _keys(frame, times)
    return frame[[*_COLUMNS, "geometry"]]


_COLUMNS = (
    "source", "source_id", "kind", "catalogue_code", "category", "item", "place", "raw_x", "raw_y",
    "raw_datum", "reported_at", "closed_at", "status", "note",
)  # fmt: skip


def _items(catalogue: Catalogue, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """A few things are reported every day, most seldom; matters three times as often as components."""
    weight = rng.uniform(0.4, 1.6, len(catalogue.items))
    weight *= np.where(catalogue.items["kind"] == "matter", 2.0, 1.0)
    weight *= catalogue.items["name"].map(HOW_OFTEN).fillna(1.0).to_numpy()
    return rng.choice(len(weight), count, p=weight / weight.sum())


def _repeat(
    points: NDArray[np.object_],
    item: NDArray[np.int64],
    times: pd.DatetimeIndex,
    until: datetime,
    rng: np.random.Generator,
) -> tuple[NDArray[np.object_], NDArray[np.int64], pd.DatetimeIndex]:
    """The last few become repeats of others, unless that would be later than ``until``."""
    many = int(len(item) * REPEATS)
    again = np.arange(len(item) - many, len(item))
    first = rng.integers(0, len(item) - many, many)
    later = times[first] + pd.to_timedelta(
        rng.uniform(0.1, REPEAT_DAYS, many) * 86_400, unit="s"
    ).floor("s")
    fits = np.asarray(later < pd.Timestamp(until))
    again, first, later = again[fits], first[fits], later[fits]
    points, item, moved = points.copy(), item.copy(), pd.Series(times)
    where = shapely.get_coordinates(points[first]) + rng.normal(0, REPEAT_DEG, (len(first), 2))
    points[again] = shapely.points(where)
    item[again] = item[first]
    moved.iloc[again] = later.as_unit("s")
    return points, item, pd.DatetimeIndex(moved)


def _told(
    city: DemoCity,
    catalogue: Catalogue,
    points: NDArray[np.object_],
    item: NDArray[np.int64],
    patrol: NDArray[np.bool_],
    *,
    rng: np.random.Generator,
) -> dict[str, object]:
    things = catalogue.items.iloc[item]
    where = _whereabouts(city, points)
    manner = things["kind"].where(things["category"] != SERVICE, "service")
    turn = rng.integers(0, 6, len(item))
    notes = [
        _note(SAYINGS[kind, found], n, where=place, item=name)
        for kind, found, n, place, name in zip(
            manner, patrol, turn, where, things["name"], strict=True
        )
    ]
    xy = shapely.get_coordinates(points)
    return {
        "kind": things["kind"].to_numpy(),
        "catalogue_code": things["code"].to_numpy(),
        "category": things["category"].to_numpy(),
        "item": things["name"].to_numpy(),
        "place": where,
        "raw_x": xy[:, 0],
        "raw_y": xy[:, 1],
        "raw_datum": "cgcs2000",
        "note": notes,
    }


def _note(sayings: tuple[str, ...], turn: int, *, where: str, item: str) -> str:
    return sayings[turn % len(sayings)].format(where=where, item=item)


def _whereabouts(city: DemoCity, points: NDArray[np.object_]) -> list[str]:
    """The nearest house by the words people use for it; far from houses, the town; else 市外."""
    buildings = city.city.buildings
    called = buildings["name"].where(buildings["name"].notna(), buildings["address"]).to_numpy()
    found = np.full(len(points), "市外", dtype=object)
    towns = city.regions[city.regions["level"] == "street"]
    point, town = shapely.STRtree(towns.geometry.to_numpy()).query(points, predicate="intersects")
    found[point] = towns["name"].to_numpy()[town]
    tree = shapely.STRtree(buildings.geometry.to_numpy())
    point, house = tree.query_nearest(points, max_distance=NEAR_DEG, all_matches=False)
    found[point] = called[house]
    return [str(word) for word in found]


def _closing(
    times: pd.DatetimeIndex, limit_h: NDArray[np.float64], until: datetime, rng: np.random.Generator
) -> pd.Series:
    """Mostly inside the limit, some late; not yet done at ``until``, or never: NaT."""
    taken_s = limit_h * 3600 * rng.lognormal(-0.75, 0.65, len(times))
    closed = pd.Series(times + pd.to_timedelta(taken_s.round(), unit="s"))
    waiting = (closed >= pd.Timestamp(until)) | (rng.random(len(times)) < NEVER_DONE)
    return closed.mask(waiting).dt.tz_convert("UTC")


def _keys(frame: gpd.GeoDataFrame, times: pd.DatetimeIndex) -> list[str]:
    """The channel's letters, the city's day and a running number of that day and channel."""
    day = pd.Series(times.strftime("%Y%m%d"), index=frame.index)
    number = frame.groupby([frame["source"], day]).cumcount() + 1
    return [
        f"{KEY_PREFIX[source]}{date}-{n:04d}"
        for source, date, n in zip(frame["source"], day, number, strict=True)
    ]
