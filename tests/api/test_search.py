"""One box over HTTP: words, codes, officers, coordinates and links, on a hand-drawn town in a real PostGIS."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import LineString, Point
from sqlalchemy import Connection, Engine

from api.app import create_app
from api.services import plans
from api.services.actor import Actor
from api.services.locating import LocatorCache
from api.services.searching import Searcher
from api.services.words import WordsCache
from data.cluster import Cluster
from data.settings import Settings
from data.store import addresses, buildings, ground, posts, regions
from geo.crs import from_lonlat, parse_datum
from geo.model import CRS
from tests.conftest import filled
from tests.data.store.conftest import EAST, WEST, town, town_plan

GRID = f"{WEST}001"
HOUSES = [
    ("b1", "和平小区1栋", "和平小区", WEST, Point(116.952, 31.045)),
    ("b3", "和平小区3栋", "和平小区", WEST, Point(116.953, 31.045)),
    ("s1", "桐城中学", None, EAST, Point(116.968, 31.045)),
]


def fill(connection: Connection) -> None:
    """The town with its grids in force, three houses, two roads, one alias and one officer."""
    regions.merge(connection, town())
    drafts = plans.store_city_plan(connection, town_plan(), actor=Actor("test"))
    plans.publish_within(connection, drafts.values(), actor=Actor("test"))
    officer = {
        "kind": "A",
        "person": "张三",
        "person_no": "0071",
        "phone": "13800000000",
        "grid_code": GRID,
    }
    posts.merge(connection, pd.DataFrame([officer]))
    columns = ["building_id", "name", "estate", "community_code", "geometry"]
    houses = gpd.GeoDataFrame(HOUSES, columns=columns, crs=CRS).assign(kind="residence")
    buildings.merge(connection, houses)
    roads = {
        "name": ["和平路", "朝阳路", "龙眠桥"],
        "class": ["street"] * 3,
        "source": ["test"] * 3,
    }
    lines = [
        LineString([(116.951, 31.042), (116.969, 31.042)]),
        LineString([(116.954, 31.041), (116.954, 31.049)]),
        LineString([(116.9570, 31.0450), (116.9572, 31.0450)]),
    ]
    ground.replace_lines(
        connection, gpd.GeoDataFrame(roads, geometry=lines, crs=CRS), classes=("street",)
    )
    alias = {
        "kind": "alias",
        "said": "老纺织厂宿舍",
        "building_id": "b3",
        "estate": None,
        "community_code": WEST,
    }
    addresses.merge(
        connection, gpd.GeoDataFrame([alias], geometry=[Point(116.953, 31.045)], crs=CRS)
    )


@pytest.fixture(scope="module")
def template(cluster: Cluster, template: str) -> Iterator[str]:
    """The town, filled once: each test has a copy."""
    with filled(cluster, template, fill) as name:
        yield name


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    """The service on it."""
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def ask(client: TestClient, q: str, **more: Any) -> dict[str, Any]:
    reply = client.get("/search", params={"q": q, **more})
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("和平小区三栋二单元501", "和平小区3栋"), ("hpxq", "和平小区"), ("桐城中学", "桐城中学"),
        ("老纺织厂", "老纺织厂宿舍"), ("合平小区3栋", "和平小区3栋"),
    ],
)  # fmt: skip
def test_words_give_place_grid_and_officer(client: TestClient, words: str, said: str) -> None:
    first = ask(client, words)["hits"][0]
    assert first["said"] == said
    assert first["place"]["how"] == "inside"
    if "小区" in said:
        assert first["place"]["people"][0]["name"] == "张三"


def test_a_crossing_is_where_two_roads_meet(client: TestClient) -> None:
    first = ask(client, "朝阳路与和平路交叉口")["hits"][0]
    assert first["said"] == "和平路 × 朝阳路"
    assert (first["lng"], first["lat"]) == pytest.approx((116.954, 31.042))


def test_a_bridge_is_a_place_though_a_road_runs_over_it(client: TestClient) -> None:
    first = ask(client, "龙眠桥东200米")["hits"][0]
    assert (first["said"], first["kind"]) == ("龙眠桥", "landmark")
    assert first["place"]["how"] == "inside"


def test_a_road_alone_sends_nobody(client: TestClient) -> None:
    first = ask(client, "和平路")["hits"][0]
    assert (first["kind"], first["place"]) == ("road", None)
    assert "门牌号" in first["why"]


def test_so_many_metres_east_is_another_place(client: TestClient) -> None:
    school = ask(client, "桐城中学")["hits"][0]
    moved = ask(client, "桐城中学西侧500米")["hits"][0]
    assert school["place"]["grid_code"] == f"{EAST}002"
    assert moved["place"]["grid_code"] == f"{EAST}001"
    assert (school["lng"] - moved["lng"]) * 95_400 == pytest.approx(500, rel=0.01)


def test_codes_and_officers(client: TestClient) -> None:
    for said in (GRID, "b1", "张三", "0071", "13800000000"):
        answer = ask(client, said)
        assert answer["understood"] in ("code", "officer")
        assert answer["hits"][0]["place"]["grid_code"] == GRID


def test_undeclared_coordinates_ask_only_where_the_readings_differ(client: TestClient) -> None:
    plain = ask(client, "31.045, 116.953", datum="wgs84")
    assert (len(plain["hits"]), plain["choose"]) == (1, False)
    differing = ask(client, "116.953, 31.045")
    assert differing["choose"]
    assert "坐标系" in differing["advice"]
    assert {one["datum"] for one in differing["hits"]} == {"wgs84", "gcj02", "bd09"}


def test_coordinates_are_read_back_as_they_were_said_with_the_owner_of_their_datum(
    client: TestClient,
) -> None:
    (hit,) = ask(client, "31.0450012, 116.953417", datum="bd09")["hits"]
    assert hit["said"] == "116.953417, 31.045001"
    assert "百度" in hit["why"]


def test_a_number_that_is_not_known_is_the_nearest_only_where_it_is_a_house(
    client: TestClient,
) -> None:
    first = ask(client, "和平路12号")["hits"][0]
    assert (first["kind"], first["lack"]) == ("road", "door")
    assert "没有登记 12 号" in first["why"]
    assert "最近" not in first["why"]


def test_a_link_brings_its_datum(client: TestClient) -> None:
    lng, lat = (
        float(one[0]) for one in from_lonlat([116.953], [31.045], datum=parse_datum("gcj02"))
    )
    answer = ask(client, f"我在这 https://uri.amap.com/marker?position={lng},{lat}&name=x")
    (hit,) = answer["hits"]
    assert (hit["lng"], hit["lat"]) == pytest.approx((116.953, 31.045), abs=1e-7)
    assert hit["place"]["grid_code"] == GRID
    assert "打开" in ask(client, "https://surl.amap.com/abc")["advice"]


@pytest.mark.parametrize(
    "q",
    [
        "'; DROP TABLE addresses; --",
        "\u202e\u200b",
        "和平" * 1500,
        "%00",
        "<script>alert(1)</script>",
    ],
)
def test_hostile_words_find_nothing_and_harm_nothing(client: TestClient, q: str) -> None:
    ask(client, q)
    assert ask(client, "桐城中学")["hits"][0]["said"] == "桐城中学"


def test_words_that_no_request_can_carry_are_refused_with_a_reason(client: TestClient) -> None:
    assert client.get("/search", params={"q": "和" * 5000}).status_code == 422
    assert client.get("/search").status_code == 422
    assert client.get("/search", params={"q": "116.9,31.0", "datum": "mars"}).status_code == 422


def test_a_code_that_a_publication_takes_away_meanwhile_is_still_answered(
    engine: Engine, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(client, GRID)["hits"]
    locators = LocatorCache(engine)
    before = locators.current()
    after = copy(before)
    after.placing, after.names = copy(before.placing), {}
    after.placing.grids = before.placing.grids.iloc[:0]
    epochs = [before]
    monkeypatch.setattr(locators, "current", lambda: epochs.pop() if epochs else after)
    found = Searcher(engine, locators, WordsCache(engine)).search(GRID)
    assert [one.key for one in found.hits] == [f"grid:{GRID}"]
