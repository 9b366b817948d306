"""The short way answers as the ordinary one does: the same status and bytes, whatever is asked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from api.app import create_app
from api.routes.answers import place_json
from api.schemas import Place, Recorded
from api.services import plans
from api.services.actor import Actor
from api.services.locating import LocatorCache
from data.settings import Settings
from data.store import posts, regions
from tests.data.store.conftest import WEST, town, town_plan

NAMES = ("lng", "lat", "datum")
PLACES = st.tuples(
    st.floats(116.94, 116.99) | st.sampled_from([116.95, 116.96, 116.97, 0.0, 500.0]),
    st.floats(31.03, 31.06) | st.sampled_from([31.04, 31.045, 31.05, 90.0, 95.0]),
)
ODD = st.sampled_from(
    [
        "",
        " ",
        "nan",
        "1e2",
        " 116.95",
        "+116.95",
        "1_1",
        "x",
        "gcj02",
        "GCJ-02",
        "mars",
        "epsg:4548",
    ]
)
QUERIES = st.one_of(
    PLACES.map(lambda p: urlencode({"lng": p[0], "lat": p[1]})),
    st.tuples(PLACES, st.sampled_from(["wgs84", "gcj02", "bd09", "cgcs2000", "mars", "EPSG:4490"])).map(
        lambda p: urlencode({"lng": p[0][0], "lat": p[0][1], "datum": p[1]})
    ),
    st.lists(st.tuples(st.sampled_from([*NAMES, "q", ""]), ODD | st.just("116.953") | st.just("31.045")), max_size=5)
    .map(urlencode),
    st.text("lngat=&+%1163.05;", max_size=40),
)  # fmt: skip
LANGUAGES = st.sampled_from([None, "zh-CN", "en", "fr, en;q=0.5", "de", ""])


@dataclass(frozen=True)
class Ways:
    short: TestClient
    ordinary: TestClient


@pytest.fixture
def ways(engine: Engine, db_url: str) -> Iterator[Ways]:
    """The town with one officer now and another from tomorrow on, served both ways."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with engine.begin() as connection:
        regions.merge(connection, town())
        drafts = plans.store_city_plan(connection, town_plan(), actor=Actor("test"))
        plans.publish_within(connection, drafts.values(), actor=Actor("test"))
        officer = {"kind": "A", "person": '张"三\\', "phone": None, "grid_code": f"{WEST}001"}
        posts.merge(connection, pd.DataFrame([officer]))
        connection.execute(
            text("UPDATE posts SET valid = tstzrange(NULL, :tomorrow)"), {"tomorrow": tomorrow}
        )
    installed = Settings(database_url=db_url)
    with (
        TestClient(create_app(installed)) as short,
        TestClient(create_app(installed, express={})) as ordinary,
    ):
        for one in (short, ordinary):
            assert one.get("/readyz").status_code == 200
        yield Ways(short, ordinary)


def headers(lang: str | None) -> dict[str, str]:
    return {} if lang is None else {"accept-language": lang}


def same(one: httpx.Response, two: httpx.Response) -> None:
    assert (one.status_code, one.content) == (two.status_code, two.content)
    assert one.headers["content-type"] == two.headers["content-type"]


def test_locate_says_the_same_both_ways(ways: Ways) -> None:
    @settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
    @given(query=QUERIES, lang=LANGUAGES)
    def holds(query: str, lang: str | None) -> None:
        replies = [
            one.get(f"/locate?{query}", headers=headers(lang))
            for one in (ways.short, ways.ordinary)
        ]
        same(*replies)
        if replies[0].status_code == 200:
            assert Place.model_validate_json(replies[0].content).model_dump_json().encode() == (
                replies[0].content
            )

    holds()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_plainly_right_goes_the_short_way(
    ways: Ways, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setattr("fastapi.FastAPI.__call__", None)
    asked = {"lng": 116.953, "lat": 31.045}
    assert ways.short.get("/locate", params=asked, headers=headers(lang)).status_code == 200
    assert ways.short.post("/incidents", json={"source": "热线", **asked}).status_code == 201


@pytest.mark.usefixtures("ways")
def test_who_answers_changes_at_its_time(engine: Engine) -> None:
    cache = LocatorCache(engine)
    epoch = cache.current()
    today = time.time()
    for day, names in ((0, ['张"三\\']), (2, []), (0, ['张"三\\'])):
        cache.set_clock(today + 86400 * day)
        said = json.loads(place_json(cache, epoch, "zh", lng=116.953, lat=31.045))
        assert [one["name"] for one in said["people"]] == names


BODIES = st.fixed_dictionaries(
    {"source": st.sampled_from(["热线", "", "a\x00", "x" * 101])},
    optional={
        "lng": st.sampled_from([116.953, 116.96, 116.98, "116.953", 500, None, True, "x"]),
        "lat": st.sampled_from([31.045, 31.05, None, "31.045"]),
        "datum": st.sampled_from(["wgs84", "gcj02", "mars", 3]),
        "note": st.text(max_size=20) | st.just("路" * 2001) | st.none(),
        "address": st.text(max_size=20),
        "category": st.text(max_size=5),
        "reported_at": st.sampled_from(
            ["2026-03-01T08:00:00", "2026-03-01T08:00:00+05:00", "2026-03-01", "soon", 0, 1e300]
        ),
        "more": st.just(1),
    },
)


def test_a_report_is_answered_the_same_both_ways(ways: Ways) -> None:
    @settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
    @given(body=BODIES, lang=LANGUAGES)
    def holds(body: dict[str, Any], lang: str | None) -> None:
        replies = [
            one.post("/incidents", json=body, headers=headers(lang))
            for one in (ways.short, ways.ordinary)
        ]
        if replies[0].status_code != 201:
            same(*replies)
            return
        told = [_told(one) for one in replies]
        assert told[0] == told[1]

    holds()


def _told(reply: httpx.Response) -> Any:
    """What a report's answer says, less what is of its moment."""
    assert Recorded.model_validate_json(reply.content).model_dump_json().encode() == reply.content
    said = reply.json()
    moment = {name: said["incident"].pop(name) for name in ("id", "source_id", "recorded_at")}
    assert moment["id"] == moment["source_id"]
    reported = datetime.fromisoformat(said["incident"]["reported_at"])
    if abs(reported - datetime.now(UTC)) < timedelta(minutes=10):
        del said["incident"]["reported_at"]
    return reply.status_code, said


def test_a_repeated_report_is_told_both_ways(ways: Ways) -> None:
    body = {"source": "热线", "source_id": "A1", "lng": 116.953, "lat": 31.045}
    first = ways.short.post("/incidents", json=body)
    again = [one.post("/incidents", json=body) for one in (ways.short, ways.ordinary)]
    assert (first.status_code, again[0].status_code) == (201, 200)
    same(*again)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b'{"source": "a"}', "text/plain"),
        (b'{"source": "a", "lng": NaN, "lat": 31}', "application/json"),
        (b'{"source": "\xff"}', "application/json"),
        (b'{"source": "\\ud800"}', "application/json"),
        (b"[1]", "application/json"),
    ],
)
def test_a_body_that_is_no_report_is_refused_the_same(
    ways: Ways, content: bytes, kind: str
) -> None:
    same(
        *(
            one.post("/incidents", content=content, headers={"content-type": kind})
            for one in (ways.short, ways.ordinary)
        )
    )


def test_a_body_in_pieces_is_read_whole(ways: Ways) -> None:
    whole = json.dumps(
        {"source": "热线", "note": "灯" * 500, "lng": 116.953, "lat": 31.045}
    ).encode()
    pieces = (whole[start : start + 100] for start in range(0, len(whole), 100))
    kind = {"content-type": "application/json"}
    reply = ways.short.post("/incidents", content=pieces, headers=kind)
    assert (reply.status_code, reply.json()["incident"]["note"]) == (201, "灯" * 500)
