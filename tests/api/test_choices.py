"""What a dispatcher meant by words comes first the next time, in this process and in another."""
# ruff: noqa: F811  the fixture is another module's

from __future__ import annotations

import time
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.app import create_app
from api.services.words import WordsCache
from data.settings import Settings
from data.store import choices
from tests.api.test_search import ask, client, template  # noqa: F401

HEPING = "和平"


def second(client: TestClient, q: str) -> dict[str, Any]:
    """The second of what is offered."""
    hit: dict[str, Any] = ask(client, q)["hits"][1]
    return hit


def choose(client: TestClient, q: str, hit: dict[str, Any]) -> dict[str, Any]:
    reply = client.post("/search/choices", json={"q": q, "kind": hit["kind"], "key": hit["key"]})
    assert reply.status_code == 200, reply.text
    said: dict[str, Any] = reply.json()
    return said


def test_what_was_chosen_comes_first(client: TestClient) -> None:
    other = second(client, HEPING)
    assert choose(client, HEPING, other) == {"remembered": True}
    first = ask(client, " 和 平 ")["hits"][0]
    assert first["key"] == other["key"]
    assert first["why"].startswith("之前这样说")


def test_what_was_chosen_more_often_comes_before(client: TestClient) -> None:
    one, two = ask(client, HEPING)["hits"][:2]
    choose(client, HEPING, one)
    for _ in range(2):
        choose(client, HEPING, two)
    assert ask(client, HEPING)["hits"][0]["key"] == two["key"]


@pytest.mark.parametrize(
    "failure", [PoolTimeout("none free"), OperationalError("INSERT", {}, Exception("gone"))]
)
def test_a_report_is_confirmed_whatever_becomes_of_its_words(
    client: TestClient, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: object, **_more: object) -> None:
        raise failure

    other = second(client, HEPING)
    chosen = {"kind": other["kind"], "key": other["key"]}
    monkeypatch.setattr(choices, "record", fails)
    report = {"source": "热线", "source_id": "1", "said": HEPING, "chosen": chosen}
    assert client.post("/incidents", json=report).status_code == 201


def test_a_report_with_its_words_teaches_as_well(client: TestClient) -> None:
    other = second(client, HEPING)
    report = {
        "source": "热线",
        "source_id": "1",
        "lng": other["lng"],
        "lat": other["lat"],
        "said": HEPING,
        "chosen": {"kind": other["kind"], "key": other["key"]},
    }
    for _ in range(2):  # the same call once more teaches nothing more
        assert client.post("/incidents", json=report).is_success
    first, *_ = ask(client, HEPING)["hits"]
    assert (first["key"], first["score"]) == (other["key"], 1.201)
    gone = report | {"source_id": "2", "chosen": {"kind": "building", "key": "building:gone"}}
    assert client.post("/incidents", json=gone).status_code == 201


def test_another_process_learns_and_one_started_later_knows(
    client: TestClient,
    db_url: str,
) -> None:
    with TestClient(create_app(Settings(database_url=db_url))) as other:
        wanted = second(other, HEPING)
        choose(client, HEPING, wanted)
        deadline = time.monotonic() + 30
        while ask(other, HEPING)["hits"][0]["key"] != wanted["key"]:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    with TestClient(create_app(Settings(database_url=db_url))) as later:
        assert ask(later, HEPING)["hits"][0]["key"] == wanted["key"]


def test_what_is_not_known_is_not_found(client: TestClient) -> None:
    reply = client.post("/search/choices", json={"q": "x", "kind": "estate", "key": "estate:?"})
    assert reply.status_code == 404
    assert "estate:?" in reply.json()["detail"]


@pytest.mark.parametrize("q", ["31.045,116.953", "张三"])
def test_what_means_one_thing_needs_no_memory(client: TestClient, q: str) -> None:
    hit = ask(client, q)["hits"][0]
    assert choose(client, q, hit) == {"remembered": False}


def test_words_that_nobody_says_twice_are_not_kept(client: TestClient) -> None:
    hit = ask(client, HEPING)["hits"][0]
    assert choose(client, HEPING * 200, hit) == {"remembered": False}


def test_choices_survive_that_the_gazetteer_is_made_anew(
    client: TestClient,
    engine: Any,
) -> None:
    wanted = second(client, HEPING)
    cache = WordsCache(engine)
    assert cache.choose(HEPING, kind=wanted["kind"], key=wanted["key"])
    cache._keep(cache._make())
    assert cache.current().search(HEPING)[0].entry.key == wanted["key"]
