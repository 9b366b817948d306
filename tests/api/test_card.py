"""The answer card over HTTP, on a hand-drawn town in a real PostGIS: two communities with grids, a town without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import Point, box
from sqlalchemy import Connection

from api.app import create_app
from api.services import plans
from api.services.actor import Actor
from data.cluster import Cluster
from data.settings import Settings
from data.store import buildings, contacts, party, posts, regions
from geo.model import CRS
from tests.conftest import filled
from tests.data.store.conftest import EAST, WEST, town, town_plan

GRID, SECOND = f"{WEST}001", f"{WEST}002"
TOWN, VILLAGE = "340881100", "340881100201"
HOUSE = {"lng": 116.9521, "lat": 31.0451}
SOON = datetime.now(UTC) + timedelta(days=9)
AGO = datetime.now(UTC) - timedelta(days=9)
POSTS = [
    {"kind": "A", "person": "张三", "phone": "139", "grid_code": GRID, "leave_since": AGO, "leave_until": SOON,
     "stand_in": "李四", "stand_in_phone": "138"},
    {"kind": "A", "person": "王五", "phone": "137", "grid_code": SECOND, "leave_since": AGO, "leave_until": SOON},
    {"kind": "B", "person": "赵六", "phone": "136", "community_code": WEST, "line": "城管"},
    {"kind": "B", "person": "钱七", "phone": "135", "community_code": "340881001", "line": "综治"},
    {"kind": "B", "person": "孙八", "phone": "134", "community_code": WEST, "line": "执法联络"},
    {"kind": "B", "person": "周九", "phone": "133", "community_code": VILLAGE, "line": "值班"},
]  # fmt: skip
UNITS = [
    ("ZB-W", "branch", "西社区党支部", None, WEST, None, None, None, "甲"),
    ("ZB-1", "branch", "第1网格党支部", "ZB-W", WEST, GRID, None, None, "乙"),
    ("XZ-1", "group", "第1党小组", "ZB-1", WEST, GRID, None, None, "丙"),
    ("XZ-2", "group", "第2党小组", "ZB-1", WEST, GRID, None, None, "丁"),
    ("ZX-1", "household", "中心户", "XZ-2", WEST, GRID, "b3", "1单元", "戊"),
    ("ZX-2", "household", "中心户", "XZ-2", WEST, GRID, "b3", "二单元", "己"),
]


def fill(connection: Connection) -> None:
    """Store the town with its grids in force and whoever answers in it."""
    bare = [
        (TOWN, "孔城镇", "street", "town", "340881", box(116.97, 31.04, 116.99, 31.05)),
        (VILLAGE, "桃花村", "community", "village", TOWN, box(116.97, 31.04, 116.98, 31.05)),
    ]
    more = gpd.GeoDataFrame(bare, columns=town().columns, geometry="geometry", crs=CRS)
    regions.merge(connection, pd.concat([town(), more], ignore_index=True))
    drafts = plans.store_city_plan(connection, town_plan(), actor=Actor("test"))
    plans.publish_within(connection, drafts.values(), actor=Actor("test"))
    columns = ["building_id", "name", "estate", "community_code", "households", "geometry"]
    houses = [
        ("b3", "和平小区3栋", "和平小区", WEST, 60, box(116.952, 31.045, 116.9522, 31.0452)),
        ("b4", "和平小区4栋", "和平小区", WEST, 60, Point(116.9530, 31.0451)),
    ]
    frame = gpd.GeoDataFrame(houses, columns=columns, crs=CRS).assign(kind="residence")
    buildings.merge(connection, frame)
    posts.merge(connection, pd.DataFrame(POSTS), with_leave=True)
    units = pd.DataFrame(UNITS, columns=[*party.FIELDS[:9]], dtype=object)
    party.merge(connection, units)
    manager = {"kind": "物业", "estate": "和平小区", "community_code": WEST, "phone": "555"}
    contacts.merge(connection, pd.DataFrame([manager]))


@pytest.fixture(scope="module")
def template(cluster: Cluster, template: str) -> Iterator[str]:
    """The town, filled once: each test has a copy."""
    with filled(cluster, template, fill) as name:
        yield name


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    """The service on the town."""
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def ask(client: TestClient, *, lang: str = "zh", **query: Any) -> dict[str, Any]:
    reply = client.get("/card", params=query, headers={"accept-language": lang})
    assert reply.status_code == 200, reply.text
    card: dict[str, Any] = reply.json()
    return card


def section(card: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in card["people"] if one["section"] == name)


def test_who_is_on_duty_now_is_the_stand_in(client: TestClient) -> None:
    card = ask(client, **HOUSE)
    assert (card["answer"], card["place"]["grid_code"]) == ("grid", GRID)
    assert [one["name"] for one in card["regions"]] == ["桐城市", "文昌街道", "西社区"]
    (officer,) = section(card, "a_officer")["people"]
    assert (officer["name"], officer["phone"]) == ("李四", "138")
    assert (officer["duty"], officer["stand_in_for"]) == ("stand-in", "张三")
    assert datetime.fromisoformat(officer["until"]) == SOON


def test_an_officer_on_leave_whom_nobody_stands_in_for_is_named_and_said_to_be_away(
    client: TestClient,
) -> None:
    officers = section(ask(client, lng=116.957, lat=31.045), "a_officer")
    assert [(one["name"], one["on_leave"]) for one in officers["people"]] == [("王五", True)]
    assert [one["code"] for one in officers["missing"]] == ["post-missing"]


def test_the_line_is_told_or_follows_from_the_category(client: TestClient) -> None:
    told = section(ask(client, **HOUSE, line="城管"), "b_officer")
    followed = section(ask(client, **HOUSE, category="市容环境"), "b_officer")
    assert told == followed
    assert [(one["name"], one["role"], one["region"]) for one in told["people"]] == [
        ("赵六", "城管", None)
    ]


def test_where_the_community_has_nobody_the_street_is_named_and_the_gap_said(
    client: TestClient,
) -> None:
    lines = section(ask(client, **HOUSE, line="综治"), "b_officer")
    assert [(one["name"], one["region"]) for one in lines["people"]] == [("钱七", "文昌街道")]
    (lack,) = lines["missing"]
    assert (lack["code"], lack["role"]) == ("line-uncovered", "综治")
    assert "暂无" in lack["text"]


def test_liaisons_and_contacts_that_are_missing_are_said(client: TestClient) -> None:
    card = ask(client, **HOUSE)
    liaisons = section(card, "liaisons")
    assert [one["name"] for one in liaisons["people"]] == ["孙八"]
    assert [one["role"] for one in liaisons["missing"]] == ["综治联络", "公安联络"]
    estate = section(card, "estate")
    assert [(one["role"], one["phone"]) for one in estate["people"]] == [("物业", "555")]
    assert [(one["code"], one["role"]) for one in estate["missing"]] == [
        ("liaison-missing", "业委会")
    ]


def test_the_party_goes_down_to_the_unit(client: TestClient) -> None:
    everybody = section(ask(client, **HOUSE), "party")["people"]
    assert [one["name"] for one in everybody] == ["甲", "乙", "丁", "戊", "己"]
    second = section(ask(client, **HOUSE, unit="2"), "party")["people"]
    assert [one["name"] for one in second] == ["甲", "乙", "丁", "己"]
    third = section(ask(client, **HOUSE, unit="3"), "party")
    assert [(one["code"], one["role"]) for one in third["missing"]] == [("household-missing", "3")]


def test_the_building_under_the_pin(client: TestClient) -> None:
    covered = ask(client, **HOUSE)["building"]
    assert (covered["building_id"], covered["in_outline"], covered["metres"]) == ("b3", True, 0)
    near = ask(client, lng=116.9532, lat=31.0451, unit="2")["building"]
    assert (near["building_id"], near["in_outline"], near["unit"]) == ("b4", False, "2")
    assert near["metres"] == pytest.approx(19.1, abs=0.2)
    assert ask(client, lng=116.9540, lat=31.0451)["building"] is None
    assert ask(client, lng=116.9540, lat=31.0451, building_id="b4")["building"]["name"]


def test_an_unknown_building_is_not_found(client: TestClient) -> None:
    reply = client.get("/card", params={**HOUSE, "building_id": "b99"})
    assert reply.status_code == 404
    assert "b99" in reply.json()["detail"]


def test_a_radius_tells_how_likely_each_grid_is(client: TestClient) -> None:
    card = ask(client, lng=116.955, lat=31.045, radius_m=100)
    assert [one["grid_code"] for one in card["likelihood"]] == [GRID, SECOND]
    assert [one["share"] for one in card["likelihood"]] == pytest.approx([0.5, 0.5], abs=0.001)
    assert "50%" in card["why"]
    assert ask(client, **HOUSE, radius_m=20)["why"] == ask(client, **HOUSE)["why"]


def test_a_boundary_is_said_with_the_runner_up(client: TestClient) -> None:
    card = ask(client, lng=116.96, lat=31.045)
    assert card["place"]["how"] == "boundary"
    assert card["place"]["runner_up"] == f"{EAST}001"


def test_a_village_without_grids_answers_itself(client: TestClient) -> None:
    card = ask(client, lng=116.975, lat=31.045)
    assert (card["answer"], card["place"], card["office"]) == ("region", None, "桃花村村民委员会")
    assert "不在" not in card["why"]
    assert [one["name"] for one in card["regions"]] == ["桐城市", "孔城镇", "桃花村"]
    assert section(card, "office")["people"][0]["phone"] == "133"
    rest = ask(client, lng=116.985, lat=31.045)
    assert (rest["answer"], rest["office"]) == ("region", "孔城镇人民政府")
    assert section(rest, "office")["missing"][0]["code"] == "line-uncovered"


@pytest.mark.parametrize("q", ["116.985, 31.045", "116.975, 31.045", "桃花村"])
def test_the_search_says_the_same_as_the_card_where_there_are_no_grids(
    client: TestClient, q: str
) -> None:
    hit = client.get("/search", params={"q": q, "datum": "wgs84"}).json()["hits"][0]
    card = ask(client, lng=hit["lng"], lat=hit["lat"])
    assert (hit["place"], hit["office"], card["answer"]) == (None, card["office"], "region")
    assert hit["why"].endswith(card["why"])
    assert "不在" not in hit["why"]


def test_outside_everything_the_search_says_so_too(client: TestClient) -> None:
    (hit,) = client.get("/search", params={"q": "117.5, 31.045", "datum": "wgs84"}).json()["hits"]
    assert (hit["place"]["how"], hit["office"]) == ("outside", None)


def test_readings_in_a_town_and_in_its_village_are_asked_about(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "116.989, 31.046"}).json()
    assert answer["choose"]
    assert {one["office"] for one in answer["hits"]} == {"孔城镇人民政府", "桃花村村民委员会"}


def test_outside_everything_names_the_nearest_grid(client: TestClient) -> None:
    card = ask(client, lng=117.5, lat=31.045)
    assert (card["answer"], card["place"]["how"]) == ("outside", "outside")
    assert card["place"]["nearest_code"] == f"{EAST}002"
    assert (card["people"], card["regions"]) == ([], [])


def test_open_incidents_nearby_are_counted(client: TestClient) -> None:
    said = {"source": "热线", "category": "市容环境"}
    for lng in (116.9521, 116.9525, 116.9560):
        client.post("/incidents", json={**said, "lng": lng, "lat": 31.0451}).raise_for_status()
    card = ask(client, **HOUSE)
    assert card["open_nearby"] == 2
    assert card["nearby"].startswith("/nearby?lng=116.9521")


def test_the_card_speaks_english(client: TestClient) -> None:
    card = ask(client, lang="en", lng=116.975, lat=31.045)
    assert card["why"].startswith("In 桃花村, which has no grids")
    assert section(card, "office")["title"] == "Office: whom to call"


@pytest.mark.parametrize("place", [(180, 90), (-180, -90), (0, 0), (116.955, 31.045)])
def test_no_place_on_earth_is_too_far(client: TestClient, place: tuple[float, float]) -> None:
    card = ask(client, lng=place[0], lat=place[1], radius_m=20_000, unit="\u202e'; DROP", line="?")
    assert sum(one["share"] for one in card["likelihood"]) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    "wrong", [{"radius_m": 0}, {"radius_m": "nan"}, {"unit": "\0"}, {"lng": 181}]
)
def test_what_cannot_be_asked_is_said(client: TestClient, wrong: dict[str, Any]) -> None:
    reply = client.get("/card", params={**HOUSE, **wrong})
    assert reply.status_code == 422
    assert reply.json()["fields"][0]["where"].endswith(next(iter(wrong)))
