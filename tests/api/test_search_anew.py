"""What is committed is found by the first who asks, in every process, while a new gazetteer is still being made."""
# ruff: noqa: F811  the fixture is another module's

from __future__ import annotations

import threading
from collections.abc import Iterator

import geopandas as gpd
import httpx
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import Point
from sqlalchemy import Engine, text

from api.services import words as service
from api.services.words import WordsCache
from data.store import addresses, buildings
from geo.model import CRS
from tests.api.test_search import ask, client, template  # noqa: F401
from tests.benchmarks.epochs import SERVE
from tests.benchmarks.town import served
from tests.data.store.conftest import WEST


def named(engine: Engine, *said: str, lng: float = 116.952) -> None:
    rows = [{"kind": "landmark", "said": one, "building_id": None, "estate": None,
             "community_code": WEST} for one in said]  # fmt: skip
    with engine.begin() as connection:
        points = [Point(lng, 31.046)] * len(rows)
        addresses.merge(connection, gpd.GeoDataFrame(rows, geometry=points, crs=CRS))


@pytest.fixture
def slow(
    client: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WordsCache]:
    """A cache that has read the town, and makes no new gazetteer until the test is over."""
    del client  # it has filled the town
    cache = WordsCache(engine)
    cache.current()
    over = threading.Event()
    monkeypatch.setattr(cache, "_renew", lambda: over.wait(60))
    yield cache
    over.set()
    if cache._making is not None:  # no thread of it is left to the tests that count them
        cache._making.join()


def found(cache: WordsCache, said: str) -> list[str]:
    return [one.entry.key for one in cache.search(said, limit=10).candidates]


def test_what_was_written_meanwhile_is_found_beside_the_former(
    engine: Engine, slow: WordsCache
) -> None:
    assert found(slow, "新世纪广场") == []
    named(engine, "新世纪广场")
    (key,) = found(slow, "新世纪广场")
    assert key in slow
    assert slow.choose("广场那边", kind="landmark", key=key)
    assert found(slow, "广场那边")[0] == key
    assert "building:b3" in found(slow, "和平小区3栋")
    row = {"building_id": "b9", "name": "和平小区9栋", "estate": "和平小区", "kind": "residence"}
    frame = gpd.GeoDataFrame([row], geometry=[Point(116.9535, 31.045)], crs=CRS)
    with engine.begin() as connection:
        buildings.merge(connection, frame.assign(community_code=WEST))
        connection.execute(text("UPDATE buildings SET point = ST_SetSRID(ST_MakePoint(116.95, 31.045), 4490)"
                                " WHERE building_id = 'b3'"))  # fmt: skip
    assert found(slow, "和平小区9栋")[0] == "building:b9"
    (moved, *_) = slow.search("和平小区3栋", limit=1).candidates
    assert (moved.entry.key, moved.entry.lng) == ("building:b3", 116.95)


def test_what_is_gone_is_not_found(engine: Engine, slow: WordsCache) -> None:
    assert found(slow, "桐城中学")
    assert found(slow, "和平路和朝阳路口")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM buildings WHERE building_id = 's1'"))
        connection.execute(text("DELETE FROM lines WHERE name = '朝阳路'"))
        connection.execute(text("DELETE FROM addresses"))
    assert found(slow, "桐城中学") == []
    assert not [key for key in found(slow, "和平路和朝阳路口") if "朝阳路" in key]
    assert found(slow, "老纺织厂宿舍") == []


@pytest.mark.usefixtures("client")
def test_a_transaction_that_began_before_and_commits_after_is_seen(engine: Engine) -> None:
    with engine.begin() as late:
        late.execute(text("UPDATE buildings SET name = '夜市大楼' WHERE building_id = 's1'"))
        named(engine, "先来的")
        cache = WordsCache(engine)
        assert found(cache, "先来的")
    assert found(cache, "夜市大楼") == ["building:s1"]


def test_of_too_much_at_once_it_is_said_that_it_is_not_found_yet(
    client: TestClient, engine: Engine, slow: WordsCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BESIDE_MOST", 1)
    ask(client, "和平小区")
    named(engine, "甲广场", "乙广场")
    told = slow.search("桐城中学", limit=3)
    assert told.behind
    assert told.candidates
    monkeypatch.setattr(WordsCache, "_renew", lambda _cache: None)
    named(engine, "丙广场", "丁广场")
    for lang, words in (("zh", "正在更新"), ("en", "few seconds")):
        reply = client.get("/search", params={"q": "中学"}, headers={"accept-language": lang})
        assert words in reply.json()["advice"]


def test_the_first_search_after_an_import_finds_it_in_every_process(
    client: TestClient, engine: Engine, db_url: str
) -> None:
    ask(client, "和平小区")
    with served(SERVE, db_url) as (address, _pid):
        url = f"http://{address[0]}:{address[1]}/search"

        def first(said: str) -> str | None:
            hits = httpx.get(url, params={"q": said}).json()["hits"]
            return str(hits[0]["said"]) if hits else None

        for turn in "甲乙丙丁戊":
            said = f"{turn}字号茶馆"
            assert first(said) != said
            named(engine, said)
            assert {first(said) for _ in range(8)} == {said}
