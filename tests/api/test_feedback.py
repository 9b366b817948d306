"""What dispatchers' answers say about the plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from api.services.exports import export
from data.settings import Settings
from data.store import regions
from tests.api.test_dispatching import INSIDE, done, publish, reported
from tests.data.store.conftest import EAST, WEST, town

BORDER = {"lng": 116.96, "lat": 31.045}
OUTSIDE = {"lng": 116.98, "lat": 31.045}


@pytest.fixture
def client(engine: Engine, db_url: str) -> Iterator[TestClient]:
    """The town, three calls corrected across the border, two on it, one outside, one placed for the first time."""
    with engine.begin() as connection:
        regions.merge(connection, town())
    publish(engine)
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        for n in range(3):
            call = reported(client, address=f"{n}号", lng=116.9599, lat=31.045)
            done(client, call, "place", lng=116.9601 + n * 1e-6, lat=31.045)
        for spot in (BORDER, BORDER, OUTSIDE):
            reported(client, **spot)
        done(client, reported(client), "place", **INSIDE)
        within = done(client, reported(client, **INSIDE), "place", lng=116.9531, lat=31.045)
        assert within["incident"]["grid_code"] == f"{WEST}001"
        yield client


def told(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    reply = client.get("/feedback", params=asked)
    assert reply.status_code == 200, reply.text
    answer = reply.json()
    assert answer["type"] == "FeatureCollection"
    return [one["properties"] | one["geometry"] for one in answer["features"]]


def test_what_was_corrected_lies_on_a_boundary_or_outside_is_told(client: TestClient) -> None:
    corrected, boundary, outside = told(client)
    assert (corrected["kind"], corrected["count"], corrected["place"]) == ("corrected", 3, "2号")
    assert (corrected["other_code"], corrected["grid_code"]) == (f"{WEST}002", f"{EAST}001")
    assert corrected["metres"] == pytest.approx(19, abs=1)
    assert corrected["coordinates"] == pytest.approx([116.960101, 31.045])
    assert corrected["first_at"] < corrected["last_at"]
    assert (boundary["kind"], boundary["count"], boundary["grid_code"]) == (
        "boundary",
        2,
        f"{WEST}002",
    )
    assert (outside["kind"], outside["grid_code"]) == ("outside", f"{EAST}002")
    assert outside["metres"] == pytest.approx(955, abs=3)


def test_it_is_asked_by_kind_place_and_time(client: TestClient) -> None:
    assert [one["kind"] for one in told(client, kind="outside")] == ["outside"]
    assert {one["kind"] for one in told(client, under=EAST)} == {"corrected", "outside"}
    assert told(client, until="2020-01-01T00:00:00") == []
    assert len(told(client, limit=1)) == 1


def test_it_is_a_layer_for_the_planner(client: TestClient, engine: Engine, tmp_path: Path) -> None:
    assert client
    file = tmp_path / "反馈.gpkg"
    count, _ = export(engine, "feedback", file)
    layer = gpd.read_file(file, layer="feedback")
    assert (count, sorted(layer["kind"])) == (3, ["boundary", "corrected", "outside"])
    assert layer["count"].sum() == 6


def test_an_empty_layer_is_a_layer(engine: Engine, tmp_path: Path) -> None:
    assert export(engine, "feedback", tmp_path / "f.geojson")[0] == 0
