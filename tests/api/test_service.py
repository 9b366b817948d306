"""The service over HTTP, on a hand-drawn town in a real PostGIS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection

from api.app import create_app
from api.services import plans
from api.services.actor import Actor
from data.cluster import Cluster
from data.settings import Settings
from data.store import posts, regions
from tests.conftest import filled
from tests.data.store.conftest import EAST, WEST, town, town_plan

INSIDE = {"lng": 116.953, "lat": 31.045}
BORDER = {"lng": 116.96, "lat": 31.045}
OUTSIDE = {"lng": 116.98, "lat": 31.045}


def fill(connection: Connection) -> None:
    """The service on the town with its grids in force and one officer."""
    regions.merge(connection, town())
    drafts = plans.store_city_plan(connection, town_plan(), actor=Actor("test"))
    plans.publish_within(connection, drafts.values(), actor=Actor("test"))
    officer = {"kind": "A", "person": "张三", "phone": "1", "grid_code": f"{WEST}001"}
    posts.merge(connection, pd.DataFrame([officer]))


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


def said(**more: Any) -> dict[str, Any]:
    return {"source": "12345热线", **more}


def test_a_point_gets_its_grid_its_officer_and_the_reason(client: TestClient) -> None:
    answer = client.get("/locate", params=INSIDE).json()
    assert answer["grid_code"] == f"{WEST}001"
    assert answer["community_name"] == "西社区"
    assert answer["people"] == [{"name": "张三", "phone": "1", "duty": "A"}]
    assert answer["how"] == "inside"
    assert "第1网格" in answer["why"]


def test_the_reason_is_in_the_readers_language(client: TestClient) -> None:
    reply = client.get("/locate", params=BORDER, headers={"accept-language": "en-GB,en;q=0.8"})
    assert reply.json()["how"] == "boundary"
    assert reply.json()["grid_code"] == f"{WEST}002"
    assert reply.json()["runner_up"] == f"{EAST}001"
    assert "lowest code" in reply.json()["why"]


def test_outside_names_the_nearest_grid_and_how_far(client: TestClient) -> None:
    answer = client.get("/locate", params=OUTSIDE).json()
    assert (answer["how"], answer["grid_code"]) == ("outside", None)
    assert answer["nearest_code"] == f"{EAST}002"
    assert answer["nearest_m"] == pytest.approx(955, abs=3)


def test_the_datum_moves_the_point(client: TestClient) -> None:
    near_border = {"lng": 116.9555, "lat": 31.045}
    assert client.get("/locate", params=near_border).json()["grid_code"] == f"{WEST}002"
    moved = client.get("/locate", params=near_border | {"datum": "gcj02"}).json()
    assert moved["grid_code"] == f"{WEST}001"


def test_a_report_is_kept_once_and_listed(client: TestClient) -> None:
    first = client.post("/incidents", json=said(source_id="A1", note="路灯不亮", **INSIDE))
    again = client.post("/incidents", json=said(source_id="A1", note="路灯不亮", **INSIDE))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["repeated"]
    assert again.json()["incident"]["id"] == first.json()["incident"]["id"]
    listed = client.get("/incidents", params={"grid_code": f"{WEST}001"}).json()
    assert [one["note"] for one in listed["items"]] == ["路灯不亮"]
    assert listed["next"] is None


def test_a_place_unknown_is_a_state(client: TestClient) -> None:
    reply = client.post("/incidents", json=said(address="农行对面"))
    assert reply.status_code == 201
    assert reply.json()["place"] is None
    assert len(client.get("/incidents", params={"placed": False}).json()["items"]) == 1


def test_incidents_page_newest_first(client: TestClient) -> None:
    for number in range(5):
        time = f"2026-03-0{number + 1}T08:00:00"
        client.post("/incidents", json=said(source_id=str(number), reported_at=time, **INSIDE))
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"after": cursor} if cursor else {})
        page = client.get("/incidents", params=params).json()
        seen += [one["source_id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["4", "3", "2", "1", "0"]


def test_a_time_without_zone_is_the_citys(client: TestClient) -> None:
    reply = client.post("/incidents", json=said(reported_at="2026-03-01T08:00:00"))
    assert reply.json()["incident"]["reported_at"] == "2026-03-01T00:00:00Z"


def test_lists_carry_shapes_when_asked(client: TestClient) -> None:
    grids = client.get("/grids", params={"under": WEST, "geometry": True}).json()
    assert [one["id"] for one in grids["features"]] == [f"{WEST}001", f"{WEST}002"]
    assert grids["features"][0]["geometry"]["type"] == "Polygon"
    assert len(client.get("/regions", params={"level": "community"}).json()["features"]) == 2
    assert len(client.get("/plans", params={"status": "published"}).json()["features"]) == 2
    assert client.get("/buildings").json() == {
        "type": "FeatureCollection", "features": [], "next": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("/locate", {"lng": 116.95, "lat": 31.04, "datum": "mars"}, 422, "datum-unknown"),
        ("/locate", {"lng": 116.95, "lat": 95}, 422, "request-malformed"),
        ("/locate", {"lng": "nan", "lat": 31}, 422, "request-malformed"),
        ("/incidents", {"after": "nonsense"}, 422, "cursor-malformed"),
        ("/plans", {"after": "x1"}, 422, "cursor-malformed"),
        ("/nowhere", {}, 404, "no-such-page"),
    ],
)
def test_what_can_not_be_done_is_said_as_a_problem(
    client: TestClient, path: str, params: dict[str, Any], status: int, code: str
) -> None:
    reply = client.get(path, params=params)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["title"] == code
    assert reply.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"source": "热线", "lng": 116.95},
        {"source": ""},
        {"source": "热线", "note": "a\x00b"},
        {"source": "热线", "unknown": 1},
        {"source": "热线", "lng": 500, "lat": 31},
    ],
)
def test_half_a_report_is_refused_and_nothing_kept(
    client: TestClient, body: dict[str, Any]
) -> None:
    reply = client.post("/incidents", json=body)
    assert reply.status_code == 422
    assert client.get("/incidents").json()["items"] == []


def test_health_tells_the_epoch(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json() == {"status": "ready", "epoch": 1, "grids": 4}


def test_the_description_has_examples(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert {"/locate", "/incidents", "/regions", "/plans", "/grids", "/buildings"} <= set(
        described["paths"]
    )
    assert described["components"]["schemas"]["Place"]["example"]["how"] == "inside"


def test_the_page_is_served_under_its_policy(client: TestClient) -> None:
    reply = client.get("/")
    assert reply.status_code == 200
    assert "unsafe-inline" not in reply.headers["content-security-policy"]
    assert "西社区" in reply.text


def test_the_basemap_of_the_installation_has_its_place_in_the_policy(db_url: str) -> None:
    tiles = "http://tiles.intranet/{z}/{x}/{y}.png"
    settings = Settings(database_url=db_url, basemap_url=tiles, basemap_datum="gcj02")
    with TestClient(create_app(settings)) as client:
        reply = client.get("/")
        assert reply.status_code == 200, reply.text
        assert "http://tiles.intranet" in reply.headers["content-security-policy"]
    unsaid = Settings(database_url=db_url, basemap_url=tiles)
    with TestClient(create_app(unsaid)) as client:
        reply = client.get("/")
        assert (reply.status_code, reply.json()["title"]) == (422, "basemap-without-datum")
