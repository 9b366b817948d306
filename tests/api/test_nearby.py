"""A second call about the same matter: what is offered, why, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import Point, box
from sqlalchemy import Engine

from api.app import create_app
from api.services.nearby import likeness
from data.readers.nearby_rules import Reach, read_nearby
from data.settings import Settings
from data.store import buildings, catalogue, regions
from geo.errors import FileUnreadable
from geo.model import CRS
from tests.api.test_dispatching import done, publish, refused, reported
from tests.data.store.conftest import WEST, town

PIN = {"lng": 116.953, "lat": 31.045}
M = 1 / 111_000
LONG_HOUSE = box(116.9529, 31.0449, 116.9529 + 150 * M, 31.0449 + 15 * M)


@pytest.fixture
def client(engine: Engine, db_url: str) -> Iterator[TestClient]:
    """The town with one long house and two items in the catalogue."""
    items = [("B01", "component", "公用设施", "路灯"), ("S01", "matter", "噪声扰民", "广场舞噪声")]
    house = {"building_id": "h1", "community_code": WEST, "kind": "residence", "estate": "和平小区"}
    with engine.begin() as connection:
        regions.merge(connection, town())
        frame = gpd.GeoDataFrame([house], geometry=[LONG_HOUSE], crs=CRS)
        buildings.merge(connection, frame)
        columns = ["code", "kind", "category", "name"]
        catalogue.merge_items(connection, pd.DataFrame(items, columns=columns))
    publish(engine)
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def ago(**how_long: float) -> str:
    return (datetime.now(UTC) - timedelta(**how_long)).isoformat()


def near(client: TestClient, **asked: Any) -> dict[str, Any]:
    reply = client.get("/nearby", params=asked)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def ids(answer: dict[str, Any]) -> list[str]:
    return [one["incident"]["id"] for one in answer["items"]]


def test_the_likeliest_comes_first_with_its_reasons(client: TestClient) -> None:
    lamp = reported(
        client, note="路灯坏了，晚上很黑", lng=116.9532, lat=31.0452, reported_at=ago(minutes=30)
    )
    hole = reported(client, note="路面有坑", lng=116.9531, lat=31.0453)
    far = reported(client, note="路灯坏了", lng=116.956, lat=31.045)
    found = near(client, **PIN, words="路灯坏了两天")
    assert ids(found) == [lamp["id"], hole["id"]]
    assert far["id"] not in ids(found)
    assert (found["radius_m"], found["window_h"]) == (100, 72)
    best = found["items"][0]
    assert best["alike"] and not found["items"][1]["alike"]
    assert best["metres"] == pytest.approx(29.3, abs=0.5)
    assert best["minutes"] == pytest.approx(30, abs=1)
    assert "30 分钟前报的" in best["why"] and "说法相近" in best["why"]


def test_how_far_and_how_long_depends_on_the_matter(client: TestClient) -> None:
    at_150_m = {"lng": PIN["lng"], "lat": PIN["lat"] - 150 * M}
    dance = reported(client, category="噪声扰民", **at_150_m)
    old_lamp = reported(client, category="公用设施", reported_at=ago(days=20), **PIN)
    old_dance = reported(client, category="噪声扰民", reported_at=ago(hours=30), **PIN)
    assert ids(near(client, **PIN, category="噪声扰民")) == [dance["id"]]
    assert ids(near(client, **PIN, catalogue_code="S01")) == [dance["id"]]
    assert ids(near(client, **PIN, category="公用设施")) == [old_lamp["id"]]
    assert ids(near(client, **PIN)) == [old_dance["id"]]


def test_in_the_same_building_distance_does_not_matter(client: TestClient) -> None:
    other_end = reported(client, lng=116.9529 + 148 * M, lat=31.0449 + 5 * M)
    street = reported(client, lng=116.9529 + 148 * M, lat=31.0449 - 40 * M)
    in_house = {"lng": 116.9530, "lat": 31.0449 + 5 * M}
    for asked in (in_house, {**PIN, "building_id": "h1"}):
        found = near(client, **asked)
        assert ids(found) == [other_end["id"]]
        assert found["items"][0]["same_building"]
        assert "同一栋楼" in found["items"][0]["why"]
    assert street["id"] not in ids(near(client, **in_house))


def test_the_same_building_is_the_one_that_the_card_names(
    client: TestClient, engine: Engine
) -> None:
    """Two houses, one of them a point, and pins in, beside, between and away from them."""
    lone = {"building_id": "h2", "community_code": WEST, "kind": "residence"}
    with engine.begin() as connection:
        row = gpd.GeoDataFrame([lone], geometry=[Point(116.9530, 31.0449 - 40 * M)], crs=CRS)
        buildings.merge(connection, row)
    pins = [
        {"lng": 116.9530 + east * M, "lat": 31.0449 + north * M}
        for east, north in ((0, 5), (30, 10), (0, -12), (0, -25), (4, -38), (40, -20), (0, -75))
    ]
    stands: dict[str, str | None] = {}
    for pin in pins:
        house = client.get("/card", params=pin).json()["building"]
        stands[reported(client, **pin)["id"]] = house and house["building_id"]
    assert set(stands.values()) == {"h1", "h2", None}
    for pin, mine in zip(pins, stands.values(), strict=True):
        found = {
            one["incident"]["id"]: one["same_building"] for one in near(client, **pin)["items"]
        }
        assert found == {
            one: mine is not None and mine == theirs
            for one, theirs in stands.items()
            if one in found
        }
        assert len(found) > len(pins) // 2


def test_calls_without_a_place_are_compared_by_their_words(client: TestClient) -> None:
    placed = reported(client, note="路灯不亮", address="农行对面", lng=116.9532, lat=31.0452)
    waiting = reported(client, note="路灯不亮了", address="农行对面")
    other = reported(client, note="垃圾没人清", address="实验小学门口")
    found = near(client, words="农行对面路灯不亮")
    assert set(ids(found)) == {placed["id"], waiting["id"]}
    assert {one["metres"] for one in found["items"]} == {None}
    there = near(client, **PIN, words="农行对面路灯不亮")
    assert set(ids(there)) == {placed["id"], waiting["id"]}
    assert other["id"] not in ids(there)
    refused(client.get("/nearby"), "nearby-nowhere", 422)
    refused(client.get("/nearby", params={"lng": 116.95}), "place-half", 422)


def test_what_is_joined_or_the_call_itself_is_not_offered(client: TestClient) -> None:
    first, second = reported(client, **PIN), reported(client, **PIN)
    assert ids(near(client, **PIN, exclude=second["id"])) == [first["id"]]
    done(client, second, "join", to=first["id"])
    assert ids(near(client, **PIN)) == [first["id"]]


def test_another_matter_at_the_same_place_is_not_the_same(client: TestClient) -> None:
    reported(client, category="公用设施", note="井盖松动", **PIN)
    assert ids(near(client, **PIN, category="噪声扰民", words="广场舞太吵")) == []


@pytest.mark.parametrize(
    "words", ["", "\x1b[31m", "\u202e路灯", "'; DROP TABLE incidents; --", "x" * 2000]
)
def test_hostile_words_find_nothing_and_harm_nothing(client: TestClient, words: str) -> None:
    there = reported(client, category="公用设施", note="井盖松动", **PIN)
    assert ids(near(client, **PIN, category="噪声扰民", words=words)) == []
    assert ids(near(client, **PIN, category="公用设施", words=words)) == [there["id"]]


def test_likeness_is_of_the_shorter_text() -> None:
    assert likeness("路灯不亮", "和平路12号门口的路灯不亮已经三天") == 1
    assert likeness("路灯不亮", "垃圾没人清") == 0
    assert likeness("路灯坏了", "路灯不亮") == pytest.approx(1 / 3)
    assert likeness("", "路灯") == likeness("。", "路灯") == 0


def test_our_rules_and_an_offices_own(tmp_path: Path) -> None:
    rules = read_nearby()
    assert rules.reach(kind="component", words="公用设施 路灯") == Reach(60, 720)
    assert rules.reach(kind="matter", words="噪声扰民").window_h < rules.default.window_h
    wrong = tmp_path / "nearby.toml"
    wrong.write_text("version = 'x'\n[default]\nradius_m = -1\nwindow_h = 1\n", "utf-8")
    with pytest.raises(FileUnreadable, match="rules-unreadable"):
        read_nearby(wrong)
