"""A city's own addresses and aliases: sorted row by row, found by the words afterwards, twice the same as once."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point
from sqlalchemy import Engine, text

from api.services.actor import Actor
from api.services.imports import Imported, Options, run
from api.services.words import WordsCache
from data.store import buildings, regions
from geo.crs import parse_datum
from geo.errors import DatumError, OptionError
from geo.gazetteer import Candidate
from geo.model import CRS
from tests.data.store.conftest import EAST, WEST, town

HOUSES = [
    ("b1", "和平小区1栋", "和平小区", WEST, Point(116.952, 31.045)),
    ("b2", "和平小区2栋", "和平小区", WEST, Point(116.953, 31.045)),
    ("w1", "便民超市", None, WEST, Point(116.955, 31.045)),
    ("e1", "便民超市", None, EAST, Point(116.965, 31.045)),
]


@pytest.fixture
def city(engine: Engine) -> Engine:
    """The town with an estate of two houses, and two shops of one name."""
    columns = ["building_id", "name", "estate", "community_code", "geometry"]
    with engine.begin() as connection:
        regions.merge(connection, town())
        frame = gpd.GeoDataFrame(HOUSES, columns=columns, crs=CRS).assign(kind="residence")
        buildings.merge(connection, frame)
    return engine


def take(city: Engine, path: Path, rows: list[dict[str, object]], **more: object) -> Imported:
    file = path / "别名.xlsx"
    pd.DataFrame(rows).to_excel(file, index=False)
    options = Options(Actor("planner"), ZoneInfo("Asia/Shanghai"), **more)  # type: ignore[arg-type]
    return run(city, "addresses", str(file), options)


def first(city: Engine, words: str) -> Candidate:
    return WordsCache(city).current().search(words)[0]


def reasons(done: Imported) -> dict[str | None, list[str]]:
    return {row.key: [reason.code for reason in row.reasons] for row in done.rows}


def test_an_alias_is_found_by_the_building_or_the_name_that_it_stands_for(
    city: Engine, tmp_path: Path
) -> None:
    rows: list[dict[str, object]] = [
        {"别名": "老纺织厂宿舍", "标准名称": "和平小区2栋", "楼栋编号": None, "社区": None},
        {"别名": "红砖楼", "标准名称": None, "楼栋编号": "b1", "社区": None},
        {"别名": "桥头小店", "标准名称": "便民超市", "楼栋编号": None, "社区": "东社区"},
        {"别名": "路口小店", "标准名称": "便民超市", "楼栋编号": None, "社区": None},
        {"别名": "无名楼", "标准名称": "从没登记", "楼栋编号": None, "社区": None},
    ]
    done = take(city, tmp_path, rows)
    assert (done.added, done.counts["refused"]) == (3, 2)
    assert reasons(done)["路口小店"] == ["alias-ambiguous"]
    assert reasons(done)["无名楼"] == ["alias-unknown"]
    for words, house in (("老纺织厂宿舍", "b2"), ("红砖楼", "b1"), ("桥头小店", "e1")):
        entry = first(city, words).entry
        assert (entry.said, entry.building) == (words, house)
    again = take(city, tmp_path, rows)
    assert (again.added, again.updated) == (0, 3)


def test_coordinates_need_a_datum_and_lie_in_the_city(city: Engine, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"地址": "文昌路12号", "经度": 116.961, "纬度": 31.044},
        {"地址": "外地路1号", "经度": 118.0, "纬度": 31.044},
        {"地址": "没坐标路2号", "经度": None, "纬度": None},
        {"地址": "半坐标路3号", "经度": 116.961, "纬度": None},
        {"地址": None, "经度": 116.961, "纬度": 31.044},
        {"地址": "文昌路 12号", "经度": 116.962, "纬度": 31.044},
    ]
    with pytest.raises(DatumError):
        take(city, tmp_path, rows)
    done = take(city, tmp_path, rows, datum=parse_datum("wgs84"))
    assert done.added == 1
    assert reasons(done) == {
        "文昌路12号": [],
        "外地路1号": ["outside"],
        "没坐标路2号": ["no-coordinates"],
        "半坐标路3号": ["half-coordinates"],
        None: ["said-missing"],
        "文昌路 12号": ["repeated"],
    }
    assert done.returned is not None
    assert len(done.returned) == 5
    found = first(city, "文昌路十二号")
    assert (found.entry.lng, found.entry.region) == (116.961, EAST)


def test_an_estate_gives_its_place(city: Engine, tmp_path: Path) -> None:
    done = take(city, tmp_path, [{"俗称": "棉纺厂家属区", "小区": "和平小区"}])
    assert done.added == 1
    entry = first(city, "mfcjsq").entry
    assert entry.said == "棉纺厂家属区"
    assert 116.952 <= (entry.lng or 0) <= 116.953


def test_dry_run_and_strict_keep_nothing(city: Engine, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"说的话": "红砖楼", "楼": "b1"},
        {"说的话": "绿砖楼", "楼": "b9"},
    ]
    mapping = {"said": "说的话", "building_id": "楼"}
    dry = take(city, tmp_path, rows, mapping=mapping, dry_run=True)
    strict = take(city, tmp_path, rows, mapping=mapping, strict=True)
    assert (dry.written, strict.written, dry.added) == (False, False, 1)
    with city.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM addresses")) == 0
    with pytest.raises(OptionError, match="map-unknown"):
        take(city, tmp_path, rows, mapping={"words": "说的话"})
