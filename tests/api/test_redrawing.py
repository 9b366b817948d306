"""A planner's way over HTTP: a draft is copied, redrawn, undone; who comes late or is not its owner is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from threading import Thread
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine, text

from api.app import create_app
from api.operation_schemas import OperationIn
from api.services.drafting import Shelf
from data.settings import Settings
from data.store import plans
from geo.model import CityPlan
from geo.redraw.operations import KINDS
from tests.api.blocks_town import (
    FIRST,
    HOUSEHOLDS,
    SECOND,
    THIRD,
    block_id,
    middle,
    report,
    town_plan,
)
from tests.data.store.conftest import EAST, WEST

ROWS = (
    "SELECT block_id, grid_code, parent, estate, households, residents, ST_AsEWKB(geom)"
    " FROM blocks WHERE plan_id = :id ORDER BY block_id",
    "SELECT code, name, kind, households, residents, residents_basis, predecessors::text, locked, reason,"
    " ST_AsEWKB(geom) FROM plan_grids WHERE plan_id = :id ORDER BY code",
)


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks."""
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def drafted(client: TestClient, **said: Any) -> dict[str, Any]:
    reply = client.post("/plans", json={"communities": [WEST], "by": "张三", **said})
    assert reply.status_code == 200, reply.text
    head: dict[str, Any] = reply.json()["plans"][0]
    return head


def does(client: TestClient, head: dict[str, Any], *operations: Any, **said: Any) -> Response:
    body = {"version": head["version"], "by": "张三", "operations": operations, **said}
    return client.post(f"/plans/{head['id']}/operations", json=body)


def done(client: TestClient, head: dict[str, Any], *operations: Any, **said: Any) -> dict[str, Any]:
    reply = does(client, head, *operations, **said)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def steps(client: TestClient, head: dict[str, Any], which: str, **said: Any) -> Response:
    body = {"version": head["version"], "by": "张三", **said}
    return client.post(f"/plans/{head['id']}/{which}", json=body)


def refused(reply: Response, code: str, status: int = 409) -> dict[str, Any]:
    assert (reply.status_code, reply.json()["title"]) == (status, code), reply.text
    assert reply.json()["detail"]
    said: dict[str, Any] = reply.json()
    return said


def paint(column: int, row: int, grid: str | None) -> dict[str, Any]:
    return {"op": "paint", "blocks": [block_id(column, row)], "grid": grid}


def rows(engine: Engine, plan_id: int) -> list[list[tuple[Any, ...]]]:
    """All that the database holds of a plan, shapes as bytes."""
    with engine.connect() as connection:
        return [
            [
                tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
                for row in connection.execute(text(query), {"id": plan_id})
            ]
            for query in ROWS
        ]


def test_a_copy_of_the_plan_in_force(client: TestClient, engine: Engine) -> None:
    head = drafted(client, name="方案甲")
    assert (head["status"], head["version"], head["owner"]) == ("draft", 1, "张三")
    assert head["community_code"] == WEST
    assert rows(engine, head["id"])[0] == rows(engine, head["copied_from"])[0]
    layers = client.get(f"/plans/{head['id']}/layers").json()
    assert [one["id"] for one in layers["grids"]["features"]] == [FIRST, SECOND]
    first = layers["grids"]["features"][0]["properties"]
    assert (first["households"], first["buildings"], first["officers"]) == (400, 8, ["网格员0"])
    assert len(layers["blocks"]["features"]) == len(layers["buildings"]["features"]) == 16
    assert layers["badges"] == []
    listed = client.get("/plans", params={"status": "draft"}).json()["features"]
    assert [(one["id"], one["properties"]["owner"]) for one in listed] == [
        (str(head["id"]), "张三")
    ]


def test_the_whole_city_a_street_and_alternatives(client: TestClient) -> None:
    for said in ({"communities": None}, {"communities": None, "street": "340881001"}):
        made = client.post("/plans", json={**said, "by": "张三"}).json()["plans"]
        assert [one["community_code"] for one in made] == [WEST, EAST]
    other = drafted(client, **{"from": made[0]["id"], "communities": None, "name": "方案乙"})
    assert (other["copied_from"], other["community_code"]) == (made[0]["id"], WEST)
    refused(
        client.post("/plans", json={"communities": ["340881009009"]}), "community-without-plan", 404
    )
    refused(client.post("/plans", json={"street": "340881009"}), "place-unknown", 404)
    refused(client.post("/plans", json={"from": 10**9}), "plan-unknown", 404)


def test_an_edit_answers_with_what_it_changed(client: TestClient, engine: Engine) -> None:
    with engine.begin() as connection:
        report(connection, "open", *middle(1, 0))
        report(connection, "elsewhere", *middle(0, 0))
    head = drafted(client)
    edit = done(client, head, paint(1, 0, SECOND))
    assert (edit["version"], edit["undo"], edit["redo"]) == (2, 1, 0)
    told = {one["id"]: one["properties"]["households"] for one in edit["grids"]}
    assert told == {FIRST: 350, SECOND: 450}
    assert [one["properties"]["grid_code"] for one in edit["blocks"]] == [SECOND]
    moved = edit["moved"]
    assert (moved["households"], moved["buildings_count"], moved["open_incidents"]) == (
        HOUSEHOLDS, 1, 1,
    )  # fmt: skip
    (house,) = moved["buildings"]
    assert (house["from_grid"], house["to_grid"]) == (FIRST, SECOND)
    assert {one["grid_code"] for one in moved["officers"]} == {FIRST, SECOND}
    assert f"{HOUSEHOLDS} 户" in edit["said"]
    with engine.connect() as connection:
        query = text("SELECT grid_code FROM blocks WHERE plan_id = :id AND block_id = :block")
        named = {"id": head["id"], "block": block_id(1, 0)}
        assert connection.scalar(query, named) == SECOND


def test_a_new_grid_takes_a_number_that_never_was(client: TestClient) -> None:
    head = drafted(client)
    edit = done(client, head, paint(0, 0, None), paint(0, 0, FIRST), paint(0, 1, None))
    codes = {one["id"] for one in edit["grids"]}
    assert f"{WEST}004" in codes, "its 003 was used within this draft"
    assert THIRD not in codes
    assert edit["undo"] == 3


def test_undo_restores_equal_bytes(client: TestClient, engine: Engine) -> None:
    head = drafted(client)
    states, plan = [rows(engine, head["id"])], head["id"]
    operations = [
        paint(1, 0, SECOND),
        paint(0, 3, None),
        {"op": "lock", "grid": SECOND},
        {"op": "rename", "grid": FIRST, "name": "桥头网格"},
        {"op": "merge", "grids": [FIRST, THIRD], "into": FIRST},
        {"op": "dedicate", "grid": FIRST, "reason": "园区", "name": "产业园"},
        {"op": "renumber", "codes": {FIRST: f"{WEST}007"}},
    ]
    for operation in operations:
        head = done(client, head, operation)["plan"]
        states.append(rows(engine, plan))
    for known in reversed(states[:-1]):
        head = steps(client, head, "undo").json()["plan"]
        assert rows(engine, plan) == known
    refused(steps(client, head, "undo"), "nothing-to-undo")
    for known in states[1:]:
        head = steps(client, head, "redo").json()["plan"]
        assert rows(engine, plan) == known
    refused(steps(client, head, "redo"), "nothing-to-redo")
    head = steps(client, head, "undo").json()["plan"]
    head = done(client, head, {"op": "unlock", "grid": SECOND})["plan"]
    assert head["redo"] == 0, "what was undone is over once something else is done"


def test_undo_goes_on_in_another_process(client: TestClient, engine: Engine, db_url: str) -> None:
    head = drafted(client)
    before = rows(engine, head["id"])
    head = done(client, head, paint(1, 0, SECOND), paint(1, 1, None))["plan"]
    with TestClient(create_app(Settings(database_url=db_url))) as other:
        head = steps(other, head, "undo").json()["plan"]
        head = steps(other, head, "undo").json()["plan"]
    assert rows(engine, head["id"]) == before
    again = done(client, head, paint(0, 0, SECOND))  # its memory is three versions old
    assert again["moved"]["households"] == HOUSEHOLDS


def test_two_processes_in_turn_hold_the_same_draft(
    client: TestClient, engine: Engine, db_url: str
) -> None:
    """Each catches up with what the other did, and then has what one that opens it anew has."""
    head = drafted(client)
    with TestClient(create_app(Settings(database_url=db_url))) as other:
        asked: list[dict[str, Any]] = [
            paint(1, 1, SECOND),
            {"op": "rename", "grid": SECOND, "name": "东片"},
            {"op": "cut", "grid": FIRST, "line": [middle(0, 0), middle(3, 3)]},
            {"op": "renumber", "codes": {FIRST: SECOND, SECOND: FIRST}},
            {"op": "merge", "grids": [FIRST, SECOND], "into": FIRST},
        ]
        for turn, operation in enumerate(asked):
            head = done((client, other)[turn % 2], head, operation)["plan"]
        for turn in range(len(asked)):
            head = steps((client, other)[turn % 2], head, "undo").json()
            told = [
                one.get(f"/plans/{head['plan']['id']}/layers").json() for one in (client, other)
            ]
            with TestClient(create_app(Settings(database_url=db_url))) as third:
                fresh = third.get(f"/plans/{head['plan']['id']}/layers").json()
            assert told[0] == told[1] == fresh
            head = head["plan"]
    assert rows(engine, head["id"])[0] == rows(engine, head["copied_from"])[0]


def test_all_operations_or_none(client: TestClient, engine: Engine) -> None:
    head = drafted(client)
    before = rows(engine, head["id"])
    said = refused(
        does(client, head, paint(1, 0, SECOND), paint(1, 0, "340881001001099")),
        "draft-grid-unknown",
        422,
    )
    assert said["index"] == 1
    assert rows(engine, head["id"]) == before
    assert client.get(f"/plans/{head['id']}").json()["version"] == 1
    said = refused(does(client, head, {"op": "fly"}), "request-malformed", 422)
    assert said["fields"][0]["where"] == "body.operations.0"


def test_a_stale_version_is_told_what_was_done_since(client: TestClient) -> None:
    head = drafted(client)
    done(client, head, paint(1, 0, SECOND))
    said = refused(does(client, head, paint(1, 1, SECOND)), "draft-stale")
    (change,) = said["plan"]["changes"]
    assert (said["plan"]["version"], change["what"], change["actor"]) == (2, "edited", "张三")
    assert change["detail"]["operations"] == [paint(1, 0, SECOND)]


def test_one_owner_who_can_be_relieved(client: TestClient) -> None:
    head = drafted(client)
    said = refused(does(client, head, paint(1, 0, SECOND), by="李四"), "draft-owned")
    assert said["plan"]["owner"] == "张三"
    refused(steps(client, head, "undo", by="李四"), "draft-owned")
    refused(client.delete(f"/plans/{head['id']}", params={"by": "李四"}), "draft-owned")
    head = done(client, head, paint(1, 0, SECOND), by="李四", take_over=True)["plan"]
    assert head["owner"] == "李四"
    refused(does(client, head, paint(1, 1, SECOND)), "draft-owned")
    changes = client.get(f"/plans/{head['id']}/history").json()["changes"]
    assert [one["what"] for one in changes] == ["created", "owned", "edited"]
    assert changes[1]["detail"] == {"from": "张三"}


def test_two_editors_at_once_lose_nothing(client: TestClient, engine: Engine) -> None:
    head = drafted(client)
    replies: list[int] = []

    def edit(column: int) -> None:
        for row in range(4):
            while True:
                now = client.get(f"/plans/{head['id']}").json()
                reply = does(client, now, paint(column, row, SECOND if column < 2 else FIRST))
                replies.append(reply.status_code)
                if reply.status_code == 200:
                    break

    threads = [Thread(target=edit, args=(column,)) for column in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(replies) <= {200, 409}
    assert replies.count(200) == 8
    held = {row[0]: row[1] for row in rows(engine, head["id"])[0]}
    for row in range(4):
        assert (held[block_id(1, row)], held[block_id(2, row)]) == (SECOND, FIRST)
    now = client.get(f"/plans/{head['id']}").json()
    assert (now["version"], now["undo"]) == (9, 8)


def test_a_draft_is_thrown_away_and_a_plan_in_force_is_not(client: TestClient) -> None:
    head = drafted(client)
    assert client.delete(f"/plans/{head['id']}", params={"by": "张三"}).json()["id"] == head["id"]
    refused(client.get(f"/plans/{head['id']}"), "plan-unknown", 404)
    published = head["copied_from"]
    refused(client.delete(f"/plans/{published}"), "draft-over")
    now = client.get(f"/plans/{published}").json()
    refused(does(client, now, paint(1, 0, SECOND)), "draft-over")
    assert client.get(f"/plans/{published}/layers").json()["plan"]["status"] == "published"


def test_a_building_that_stands_in_another_community_is_not_missing_here(
    client: TestClient, engine: Engine
) -> None:
    """Its record names this one; the grids of the other cover it. One that stands nowhere is missing."""
    with engine.begin() as connection:
        made = (
            "INSERT INTO buildings (building_id, community_code, kind, households, point) VALUES"
            " (:id, :west, 'residence', 3, ST_SetSRID(ST_MakePoint(:lng, 31.045), 4490))"
        )
        for name, lng in (("东边", 116.965), ("城外", 116.99)):
            connection.execute(text(made), {"id": name, "west": WEST, "lng": lng})
    city = client.post("/plans", json={"communities": None}).json()["plans"]
    for head in (city[0], drafted(client)):
        layers = client.get(f"/plans/{head['id']}/layers").json()
        assert [one["codes"] for one in layers["badges"]] == [["城外"]]
    reply = client.post(f"/plans/{head['id']}/publish", json={"version": 1, "by": "张三"})
    blocking = refused(reply, "plan-blocked")["plan"]["blocking"]
    assert [one["codes"] for one in blocking] == [["城外"]]


def test_the_engine_draws_an_alternative(client: TestClient, engine: Engine) -> None:
    head = drafted(client, drawn=True, grids=3, name="方案丙")
    assert (head["version"], head["undo"]) == (2, 1)
    layers = client.get(f"/plans/{head['id']}/layers").json()
    assert len(layers["grids"]["features"]) == 3
    head = steps(client, head, "undo").json()["plan"]
    assert rows(engine, head["id"])[0] == rows(engine, head["copied_from"])[0]
    as_many = drafted(client, drawn=True)
    kept = client.get(f"/plans/{as_many['id']}/layers").json()["grids"]["features"]
    assert [one["id"] for one in kept] == [FIRST, SECOND]
    said = {"communities": [WEST], "drawn": True, "grids": 900}
    refused(client.post("/plans", json=said), "draw-too-many", 422)


def test_a_plan_of_polygons_alone_gets_blocks_when_it_is_first_changed(
    client: TestClient, engine: Engine
) -> None:
    bare = town_plan()
    with engine.begin() as connection:
        made = plans.create_drafts(
            connection,
            CityPlan(bare.grids, bare.blocks.iloc[:0], bare.communities),
            created_by="import",
        )
    plan = {"id": made[WEST], "version": 1}
    layers = client.get(f"/plans/{plan['id']}/layers").json()
    blocks = [one["id"] for one in layers["blocks"]["features"]]
    assert len(blocks) == 2
    assert rows(engine, plan["id"])[0] == []
    head = done(client, plan, {"op": "rename", "grid": FIRST, "name": "桥头网格"})["plan"]
    assert [row[0] for row in rows(engine, plan["id"])[0]] == blocks
    line = [[116.9525, 31.039], [116.9525, 31.051]]
    head = done(client, head, {"op": "cut", "grid": FIRST, "line": line})["plan"]
    again = steps(client, head, "undo").json()["plan"]
    assert [row[0] for row in rows(engine, plan["id"])[0]] == blocks
    assert again["undo"] == 1


def test_two_processes_follow_each_other(
    client: TestClient, engine: Engine, db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = drafted(client)
    with TestClient(create_app(Settings(database_url=db_url))) as other:
        other.get(f"/plans/{head['id']}/layers")
        monkeypatch.setattr(Shelf, "open", None)  # from here on nothing is read anew
        head = done(client, head, paint(1, 0, SECOND), paint(0, 0, None))["plan"]
        head = done(other, head, paint(1, 1, SECOND))["plan"]
        head = steps(client, head, "undo").json()["plan"]
        head = steps(client, head, "undo").json()["plan"]
        head = steps(other, head, "redo").json()["plan"]
        head = done(client, head, {"op": "lock", "grid": FIRST}, by="李四", take_over=True)["plan"]
        shown = [one.get(f"/plans/{head['id']}/layers").json() for one in (client, other)]
        assert shown[0] == shown[1]
        told = {one["id"]: one["properties"]["households"] for one in shown[0]["grids"]["features"]}
        assert told == {FIRST: 300, SECOND: 450, THIRD: 50}
        monkeypatch.undo()
        # What this process saw was undone there and done otherwise: it reads the draft again.
        for _ in range(2):
            head = steps(client, head, "undo", by="李四").json()["plan"]
        head = done(client, head, paint(1, 3, SECOND), by="李四")["plan"]
        again = done(other, head, paint(1, 2, SECOND), by="李四")
        assert again["undo"] == 3
    kept = {row[0]: row[1] for row in rows(engine, head["id"])[0]}
    assert {kept[block_id(1, row)] for row in (0, 2, 3)} == {SECOND}
    assert kept[block_id(1, 1)] == kept[block_id(0, 0)] == FIRST


def test_the_shapes_of_operations_are_those_of_the_engine() -> None:
    """Whatever the engine does can be asked for over HTTP, field by field."""
    shapes = {
        one.model_fields["op"].annotation.__args__[0]: one  # type: ignore[union-attr]
        for one in get_args(get_args(OperationIn)[0])
    }
    assert shapes.keys() == KINDS.keys()
    for name, kind in KINDS.items():
        theirs = {one.name for one in dataclasses.fields(kind)}
        assert {one for one in shapes[name].model_fields if one != "op"} == theirs, name
