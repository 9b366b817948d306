"""Roads and outlines drawn by hand over HTTP: part of the ground, known to drafts, cut along without changing hands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine, text

from api.app import create_app
from api.services.exports import export
from data.settings import Settings
from data.store import ground
from geo.model import CRS
from tests.api.blocks_town import FIRST, SECOND, SOUTH, STEP, block_id, west_of
from tests.api.test_redrawing import does, drafted
from tests.data.store.conftest import EAST, WEST


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks."""
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def spot(column: float, row: float) -> list[float]:
    return [west_of(WEST) + column * STEP, SOUTH + row * STEP]


LANE = [spot(at, 0.5) for at in (-0.2, 0.5, 1.5, 2.5, 3.5, 4.2)]


def draw(client: TestClient, **said: Any) -> Response:
    body = {"community": WEST, "kind": "road", "line_class": "lane", "points": LANE, "by": "李四"}
    return client.post("/traces", json=body | said)


def owners(client: TestClient, plan: int) -> dict[str, str]:
    layers = client.get(f"/plans/{plan}/layers").json()
    return {one["id"]: one["properties"]["grid_code"] for one in layers["blocks"]["features"]}


def test_a_road_is_ground_at_once_and_the_draft_is_cut_along_it(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    head = drafted(client)
    before = client.get(f"/plans/{head['id']}/layers").json()
    made = draw(client, name="工农巷")
    assert made.status_code == 200, made.text
    assert (made.json()["line_class"], made.json()["geometry"]["type"]) == ("lane", "LineString")
    count, written = export(engine, "roads", tmp_path / "roads.gpkg")
    assert count == 1
    road = gpd.read_file(written.paths[0]).iloc[0]
    assert (road["name"], road["class"], road["source"]) == ("工农巷", "lane", "traced by 李四")
    event = client.get(f"/plans/{head['id']}/history").json()["changes"][-1]
    assert (event["what"], event["detail"]) == ("counted", {"traced": made.json()["id"]})
    assert owners(client, head["id"]).keys() == {
        block_id(column, row) for column in range(4) for row in range(4)
    }

    cut = does(client, head, {"op": "cut_blocks", "blocks": None, "line": LANE})
    assert cut.status_code == 200, cut.text
    assert sorted(cut.json()["blocks_gone"]) == [block_id(column, 0) for column in range(4)]
    now = owners(client, head["id"])
    assert len(now) == 20
    assert [now[f"{block_id(column, 0)}-{piece}"] for column in range(4) for piece in (1, 2)] == [
        FIRST, FIRST, FIRST, FIRST, SECOND, SECOND, SECOND, SECOND,
    ]  # fmt: skip
    after = client.get(f"/plans/{head['id']}/layers").json()
    for was, is_ in zip(before["grids"]["features"], after["grids"]["features"], strict=True):
        assert was["properties"]["households"] == is_["properties"]["households"]
        shapes = [shapely.geometry.shape(one["geometry"]) for one in (was, is_)]
        assert shapes[0].equals(shapes[1])
    undone = client.post(
        f"/plans/{head['id']}/undo", json={"version": cut.json()["version"], "by": "张三"}
    )
    assert undone.status_code == 200
    assert len(owners(client, head["id"])) == 16


def test_an_outline_cuts_a_piece_out_of_the_middle_of_a_block_and_spares_locked_grids(
    client: TestClient,
) -> None:
    head = drafted(client)
    ring = [spot(1.6, 1.2), spot(2.4, 1.2), spot(2.4, 1.8), spot(1.6, 1.8)]
    made = draw(client, kind="estate", line_class=None, points=ring, closed=True, name="新村")
    assert made.json()["geometry"]["type"] == "Polygon", made.text
    line = made.json()["geometry"]["coordinates"][0]
    locked = does(client, head, {"op": "lock", "grid": SECOND}).json()["plan"]
    cut = does(client, locked, {"op": "cut_blocks", "blocks": None, "line": line})
    assert cut.status_code == 200, cut.text
    assert cut.json()["blocks_gone"] == [block_id(1, 1)]
    small = [spot(0.3, 0.3), spot(0.7, 0.3), spot(0.7, 0.7), spot(0.3, 0.7), spot(0.3, 0.3)]
    hole = does(client, cut.json()["plan"], {"op": "cut_blocks", "blocks": None, "line": small})
    if hole.status_code == 200:
        pieces = [one for one in hole.json()["blocks"] if one["id"].startswith(block_id(0, 0))]
        rings = sorted(len(one["geometry"]["coordinates"]) for one in pieces)
        assert rings == [1, 2]


def test_taken_away_put_back_and_never_lost_by_an_import(
    client: TestClient, engine: Engine
) -> None:
    number = draw(client).json()["id"]
    with engine.begin() as connection:
        other = gpd.GeoDataFrame(
            {"class": ["street"], "name": ["和平路"], "source": ["roads.shp"]},
            geometry=[shapely.LineString([spot(0, 0), spot(4, 4)])],
            crs=CRS,
        )
        for _ in range(2):
            ground.replace_lines(connection, other, classes=("arterial", "street", "lane"))
    assert lines(engine) == ["roads.shp", "traced by 李四"]
    gone = client.delete(f"/traces/{number}", params={"by": "王五"})
    assert (gone.status_code, gone.json()["removed_by"]) == (200, "王五")
    assert lines(engine) == ["roads.shp"]
    assert client.get("/traces").json()["traces"] == []
    twice = client.delete(f"/traces/{number}")
    assert (twice.status_code, twice.json()["title"]) == (409, "trace-gone")
    back = client.post(f"/traces/{number}/restore", json={"by": "王五"})
    assert back.json()["removed_at"] is None
    assert lines(engine) == ["roads.shp", "traced by 李四"]
    assert [
        one["id"] for one in client.get("/traces", params={"community": WEST}).json()["traces"]
    ] == [number]
    assert client.get("/traces", params={"community": EAST}).json()["traces"] == []
    there = client.post(f"/traces/{number}/restore", json={})
    assert (there.status_code, there.json()["title"]) == (409, "trace-there")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"line_class": None}, "trace-class"),
        ({"line_class": "river"}, "trace-class"),
        ({"kind": "river"}, "trace-class"),
        ({"kind": "outline"}, "trace-class"),
        ({"points": [LANE[0], LANE[0]]}, "trace-shape"),
        ({"closed": True, "points": [*LANE, spot(1, 3)]}, "trace-shape"),
        (
            {"kind": "outline", "line_class": None, "closed": True,
             "points": [spot(0, 0), spot(1, 1), spot(1, 0), spot(0, 1)]},
            "trace-shape",
        ),
        ({"community": "340881999"}, "place-unknown"),
    ],
)  # fmt: skip
def test_what_is_no_road_is_refused(client: TestClient, said: dict[str, Any], code: str) -> None:
    refused = draw(client, **said)
    assert (refused.json()["title"], refused.status_code in {404, 422}) == (code, True)
    assert client.get("/traces").json()["traces"] == []


def lines(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT source FROM lines ORDER BY source")))
