"""A drawn outline names the buildings within: those of no estate, and of another only as ticked; taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.app import create_app
from data.settings import Settings
from tests.api.blocks_town import block_id
from tests.api.test_redrawing import does, drafted, paint, refused
from tests.api.test_traces import draw, spot
from tests.data.store.conftest import WEST

RING = [spot(0, 0), spot(2, 0), spot(2, 2), spot(0, 2)]
"""Four houses: two columns of two rows."""
NAME = "新苑小区"


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(engine: Engine, db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks, where the houses of the first column are of no estate."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE buildings SET estate = NULL WHERE estate = '小区0'"))
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def outline(client: TestClient, **said: Any) -> int:
    told = {"kind": "estate", "line_class": None, "points": RING, "closed": True, "name": NAME}
    made = draw(client, **told | said)
    assert made.status_code == 200, made.text
    return int(made.json()["id"])


def estates(engine: Engine) -> dict[str, str | None]:
    with engine.connect() as connection:
        query = "SELECT building_id, estate FROM buildings WHERE community_code = :c ORDER BY 1"
        return {row.building_id: row.estate for row in connection.execute(text(query), {"c": WEST})}


def test_buildings_of_no_estate_get_its_name_and_drafts_follow(
    client: TestClient, engine: Engine
) -> None:
    head, number, before = drafted(client), outline(client), estates(engine)
    seen = client.get(f"/traces/{number}/estate").json()
    assert [one["building_id"] for one in seen["unnamed"]] == [f"{WEST}-00", f"{WEST}-01"]
    assert {one["estate"] for one in seen["others"]} == {"小区1"}
    assert (len(seen["others"]), seen["same"], seen["given"], seen["estate"]) == (2, 0, 0, NAME)
    assert estates(engine) == before  # a look changes nothing

    done = client.post(f"/traces/{number}/estate", json={"by": "张三"}).json()
    assert (done["named"], done["drafts"]) == (2, [head["id"]])
    now = estates(engine)
    assert {key for key, estate in now.items() if estate == NAME} == {f"{WEST}-00", f"{WEST}-01"}
    assert {key: now[key] for key in now if now[key] != NAME} == {
        key: estate for key, estate in before.items() if key[-2:] not in ("00", "01")
    }
    layers = client.get(f"/plans/{head['id']}/layers").json()
    of = {one["id"]: one["properties"]["estate"] for one in layers["blocks"]["features"]}
    assert (of[block_id(0, 0)], of[block_id(0, 1)]) == (NAME, NAME)
    # Whoever edits the version before is not refused, and the estate is painted whole.
    whole = {"op": "paint_estate", "estate": NAME, "grid": None}
    assert does(client, head, whole).status_code == 200

    back = client.delete(f"/traces/{number}/estate", params={"by": "张三"}).json()
    assert (back["named"], back["left"]) == (2, 0)
    assert estates(engine) == before
    refused(client.delete(f"/traces/{number}/estate"), "trace-named-nothing", 409)


def test_others_change_only_as_ticked_and_what_was_renamed_since_stays(
    client: TestClient, engine: Engine
) -> None:
    number, before = outline(client), estates(engine)
    wrong = client.post(f"/traces/{number}/estate", json={"also": [f"{WEST}-33"]})
    refused(wrong, "trace-not-inside", 422)
    assert estates(engine) == before
    done = client.post(f"/traces/{number}/estate", json={"also": [f"{WEST}-10"]}).json()
    assert done["named"] == 3
    assert estates(engine)[f"{WEST}-11"] == "小区1"
    again = client.post(f"/traces/{number}/estate", json={}).json()
    assert again["named"] == 0
    with engine.begin() as connection:
        change = "UPDATE buildings SET estate = '别苑' WHERE building_id = :id"
        connection.execute(text(change), {"id": f"{WEST}-00"})
    back = client.delete(f"/traces/{number}/estate").json()
    assert (back["named"], back["left"]) == (2, 1)
    assert estates(engine) == before | {f"{WEST}-00": "别苑"}


def test_undo_of_an_edit_before_goes_on(client: TestClient) -> None:
    head = drafted(client)
    assert does(client, head, paint(0, 0, f"{WEST}002")).status_code == 200
    client.post(f"/traces/{outline(client)}/estate", json={})
    undone = client.post(f"/plans/{head['id']}/undo", json={"version": 2, "by": "张三"})
    assert undone.status_code == 200, undone.text
    layers = client.get(f"/plans/{head['id']}/layers").json()
    of = {one["id"]: one["properties"] for one in layers["blocks"]["features"]}
    assert of[block_id(0, 0)]["grid_code"] == f"{WEST}001"
    assert of[block_id(0, 0)]["estate"] == NAME  # not what it was called when that was done


def test_only_a_named_area_names_anything(client: TestClient) -> None:
    bare = outline(client, name=None)
    refused(client.get(f"/traces/{bare}/estate"), "trace-no-estate", 422)
    road = draw(client, name="工农巷").json()["id"]
    refused(client.post(f"/traces/{road}/estate", json={}), "trace-no-estate", 422)
    gone = outline(client)
    client.delete(f"/traces/{gone}")
    refused(client.post(f"/traces/{gone}/estate", json={}), "trace-gone", 409)
    refused(client.get("/traces/99/estate"), "trace-unknown", 404)
