"""Twenty calls as people make them, and what the one box answers: to be judged by eye.

    .venv/bin/python -m tests.benchmarks.calls [--data FOLDER]

Ten on the demo city (the store that `./run` made), ten on the real estates, roads and towns of 桐城 where FOLDER has
them (its ``tongcheng``: an outline handed out in GCJ-02, a ledger in BD-09, roads). Of each call the first three
candidates: grid or town, how far from the first, and why.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
from math import cos, hypot, radians
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, create_engine

from api.services.actor import Actor
from api.services.imports import Options, run
from api.services.locating import LocatorCache
from api.services.searching import M_PER_DEGREE, Hit, Searcher
from api.services.wording import office_of, why_hit
from api.services.words import WordsCache
from data import migrate
from data.database import open_database
from data.settings import Settings
from geo.crs import parse_datum
from tests.benchmarks.town import own_cluster

SHOWN = 3
DEMO = (
    "和平花园三栋二单元楼上漏水",
    "我在新华街五十八号这里，路灯不亮",
    "桂园华庭6号楼",  # 桂苑
    "hphy 7栋",
    "农贸市场对面有人摆摊",
    "光明南路和人民路交叉口积水",
    "龙眠大桥往东两百米",  # there is no such bridge
    "文昌街道举人巷16号门口井盖没了",
    "实验中学门口堵车",
    "孔城镇政府旁边",
)
REAL = (
    "碧桂园3栋有人高空抛物",  # the ledger writes 碧桂園
    "龙凤居小区停电了",  # 龍鳳居
    "都市华庭",  # 鸿润·都市华庭
    "山水龙城别墅",
    "龙眠春晓小区门口路面塌陷",
    "明秀路上的东门街小区",
    "同安路铅丝厂宿舍",
    "和平路与龙眠中路路口红绿灯坏了",
    "龙眠河边上滨河苑",
    "范岗镇有人焚烧秸秆",
)


def searcher(engine: Engine) -> Searcher:
    """What /search asks."""
    return Searcher(engine, LocatorCache(engine), WordsCache(engine))


def told(asking: Searcher, words: str) -> None:
    """One call, and what came back."""
    found = asking.search(words, limit=SHOWN)
    print(f"\n{words}" + ("" if found.hits else "\n    nothing"))
    for hit in found.hits:
        print(
            f"    {hit.said} | {_whose(hit)} | {_apart(found.hits[0], hit)} | {why_hit(hit, 'zh')}"
        )


def _whose(hit: Hit) -> str:
    if hit.region is not None:
        return office_of(hit.region, "zh")
    if hit.answer is None:
        return "-"
    grid = hit.answer.grid
    return "no grid" if grid is None else f"{grid.community_name or ''}{grid.name or grid.code}"


def _apart(first: Hit, hit: Hit) -> str:
    if hit is first or None in (first.lng, first.lat, hit.lng, hit.lat):
        return "" if hit.lng is not None else "no place"
    assert first.lat is not None
    east = ((hit.lng or 0) - (first.lng or 0)) * cos(radians(first.lat))
    return f"{M_PER_DEGREE * hypot(east, (hit.lat or 0) - first.lat):.0f} m off"


def real_city(engine: Engine, folder: Path) -> None:
    """The real estates, roads and towns, as a city would import them."""
    migrate.upgrade(engine)
    zone, actor = ZoneInfo("Asia/Shanghai"), Actor("bench")

    def options(datum: str, **more: str) -> Options:
        return Options(actor, zone, datum=parse_datum(datum), **more)  # type: ignore[arg-type]

    outline = options("gcj02", code="340881", name="桐城市")
    run(engine, "regions", str(folder / "boundary_gcj02.geojson"), outline)
    run(engine, "regions", str(folder / "towns.csv"), options("wgs84"))
    run(engine, "buildings", str(next(folder.glob("*.xlsx"))), options("bd09"))
    roads = Options(actor, zone, mapping={"class": "hw"})
    run(engine, "roads", f"{folder / 'tongcheng.gpkg'}:roads", roads)


def main() -> None:
    """Both lists."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    asking = searcher(open_database(Settings()))
    for words in DEMO:
        told(asking, words)
    if options.data is None:
        return
    with own_cluster() as cluster:
        engine = create_engine(cluster.url())
        real_city(engine, options.data / "tongcheng")
        asking = searcher(engine)
        for words in REAL:
            told(asking, words)
        engine.dispose()


if __name__ == "__main__":
    main()
