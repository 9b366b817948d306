"""A drawing of some grids of a community over HTTP: refused with the remedy, or completed from the plan in force."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from fastapi.testclient import TestClient
from shapely.geometry import Polygon, box
from sqlalchemy import Engine, text

from api.app import create_app
from data.cluster import Cluster
from data.settings import Settings
from data.writers.layers import write_layers
from geo.model import CRS
from tests.api.blocks_town import FIRST, HOUSEHOLDS, SECOND, THIRD
from tests.api.new_town import import_town
from tests.api.test_plan_imports import accepts, kinds, previewed, sent
from tests.api.test_redrawing import ROWS, does, drafted, paint, refused
from tests.conftest import filled
from tests.data.store.conftest import WEST
from tests.drawings import gbk_shapefile

HALF, PART = box(116.95, 31.04, 116.955, 31.05), box(116.9525, 31.0425, 116.9585, 31.0475)
"""The first grid in force; a piece out of the middle of both."""


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks."""
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def drawing(folder: Path, *shapes: Polygon, codes: list[str] | None = None) -> bytes:
    names = {"name": [f"画{n}" for n in range(len(shapes))]}
    frame = gpd.GeoDataFrame(
        names | ({} if codes is None else {"code": codes}), geometry=list(shapes), crs=CRS
    )
    return gbk_shapefile(frame, folder)


def blocks_of(engine: Engine, plan: int) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(ROWS[0]), {"id": plan})]


def in_force(engine: Engine) -> int:
    query = "SELECT id FROM plans WHERE status = 'published' AND community_code = :c"
    with engine.connect() as connection:
        return int(connection.execute(text(query), {"c": WEST}).scalar_one())


def test_one_grid_as_it_is_changes_nothing(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    told = sent(client, drawing(tmp_path, HALF, codes=[FIRST]), "甲.zip")
    assert (told["ready"], told["completable"], told["completion"]) == (False, [WEST], [])
    assert "gap" in kinds(told["remaining"]) and "drawn-partly" in kinds(told["notes"])
    reply = accepts(client, told)
    refused(reply, "plan-partly", 422)
    assert "照现行方案" in reply.json()["detail"]

    seen = previewed(client, told["id"], **{**told["wishes"], "complete": True})
    assert (seen["ready"], kinds(seen["remaining"])) == (True, [])
    (one,) = seen["completion"]
    assert (one["drawn"], one["kept"]) == ([FIRST], [SECOND])
    assert one["cut"] == one["gone"] == one["stays"] == []
    assert [kept["id"] for kept in seen["kept"]["features"]] == [SECOND]
    made = accepts(client, seen)
    assert made.status_code == 200, made.text
    plan = made.json()["plans"][0]["id"]
    assert blocks_of(engine, plan) == blocks_of(engine, in_force(engine))


@pytest.mark.parametrize("codes", [[FIRST], [SECOND], [FIRST, SECOND]])
def test_any_grids_of_a_plan_exported_and_imported_change_nothing(
    client: TestClient, engine: Engine, tmp_path: Path, codes: list[str]
) -> None:
    """Of a plan whose border is no straight line, in a file of ours that has all blocks, or grids alone."""
    head = drafted(client)
    done = does(client, head, paint(1, 0, SECOND), paint(2, 3, FIRST))
    assert done.status_code == 200, done.text
    why = [{"code": f"size-{what}", "reason": "试"} for what in ("households", "residents")]
    said = {"version": done.json()["version"], "by": "张三", "exceptions": why}
    assert client.post(f"/plans/{head['id']}/publish", json=said).status_code == 200
    plan = client.app.state.opening.state.redrawing.layers([head["id"]])  # type: ignore[attr-defined]
    some = plan.grids[plan.grids["code"].isin(codes)]
    both = {"grids": some, "blocks": plan.blocks, "communities": plan.communities}
    for name, layers in (("alone", {"grids": some}), ("whole", both)):
        file = tmp_path / f"{name}.gpkg"
        write_layers(file, layers)
        told = sent(client, file.read_bytes(), file.name)
        wishes = {**told["wishes"], "layers": ["grids"], "complete": True}
        seen = previewed(client, told["id"], **wishes)
        assert seen["ready"], seen["remaining"]
        made = accepts(client, seen)
        assert made.status_code == 200, made.text
        assert blocks_of(engine, made.json()["plans"][0]["id"]) == blocks_of(engine, head["id"])


def test_a_new_grid_is_cut_out_of_those_in_force(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    told = sent(client, drawing(tmp_path, PART), "甲.zip")
    seen = previewed(client, told["id"], **{**told["wishes"], "complete": True})
    assert seen["ready"], seen["remaining"]
    (one,) = seen["completion"]
    # It has the smaller part of any grid in force, so that it is none of them.
    assert (one["drawn"], one["kept"], one["gone"]) == ([THIRD], [FIRST, SECOND], [])
    assert {share["code"] for share in one["cut"]} == {FIRST, SECOND}
    assert sum(share["area_m2"] for share in one["cut"]) > 100_000
    made = accepts(client, seen)
    assert made.status_code == 200, made.text
    plan = made.json()["plans"][0]
    layers = client.get(f"/plans/{plan['id']}/layers").json()
    grids = {grid["id"]: grid["properties"] for grid in layers["grids"]["features"]}
    assert set(grids) == {FIRST, SECOND, THIRD} and grids[THIRD]["name"] == "画0"
    assert sum(grid["households"] for grid in grids.values()) == 16 * HOUSEHOLDS
    with engine.connect() as connection:
        rows = connection.execute(text(ROWS[0]), {"id": plan["id"]}).all()
        shapes = [shapely.from_wkb(bytes(row[-1])) for row in rows]
    assert shapely.coverage_is_valid(shapes)
    assert shapely.equals(shapely.coverage_union_all(shapes), box(116.95, 31.04, 116.96, 31.05))


def test_a_grid_drawn_smaller_keeps_what_nobody_drew(client: TestClient, tmp_path: Path) -> None:
    small = box(116.95, 31.04, 116.955, 31.0475)
    told = sent(client, drawing(tmp_path, small, codes=[FIRST]), "甲.zip")
    seen = previewed(client, told["id"], **{**told["wishes"], "complete": True})
    (one,) = seen["completion"]
    assert [(share["code"], share["households"]) for share in one["stays"]] == [
        (FIRST, 2 * HOUSEHOLDS)
    ]


def test_faults_of_the_drawing_itself_still_block(client: TestClient, tmp_path: Path) -> None:
    twice = box(116.9545, 31.04, 116.96, 31.05)  # reaches into the other by some 50 m
    told = sent(client, drawing(tmp_path, HALF, twice, codes=[FIRST, SECOND]), "甲.zip")
    seen = previewed(client, told["id"], **{**told["wishes"], "complete": True})
    assert not seen["ready"] and "overlap" in kinds(seen["remaining"])


def test_without_a_plan_in_force_the_remedy_is_told(
    cluster: Cluster, migrated: str, tmp_path: Path
) -> None:
    with (
        filled(
            cluster, migrated, lambda one: import_town(one.engine, tmp_path, nouns=("regions",))
        ) as name,
        TestClient(create_app(Settings(database_url=cluster.url(name)))) as client,
    ):
        told = sent(client, drawing(tmp_path, HALF), "甲.zip")
        assert (told["completable"], told["ready"]) == ([], False)
        seen = previewed(client, told["id"], **{**told["wishes"], "complete": True})
        assert not seen["ready"]
        reply = accepts(client, seen)
        refused(reply, "plan-partly-first", 422)
        assert "第一版" in reply.json()["detail"]
