"""The first plan of a town over HTTP: what there is told, drawn, side by side, published, and found."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.app import create_app
from api.routes import plans as plans_route
from api.services import drawing_anew
from data.settings import Settings
from tests.api.new_town import ALL, HOUSEHOLDS, SIDE, import_town
from tests.data.store.conftest import EAST, WEST


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    """The service on a database of this test alone."""
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def told(client: TestClient, reply: Any) -> dict[str, Any]:
    """What came of a drawing, however long it took."""
    assert reply.status_code in (200, 202), reply.json()
    answer: dict[str, Any] = reply.json()
    if reply.status_code == 200:
        return answer
    number = answer["drawing"]["id"]
    for _ in range(600):
        one = client.get(f"/plans/drawings/{number}").json()
        if one["state"] != "running":
            assert one["state"] == "done", one
            heads = [client.get(f"/plans/{plan}").json() for plan in one["plans"]]
            return {"plans": heads, "drawing": one}
        time.sleep(0.2)
    raise AssertionError("it goes on and on")


def drawn(client: TestClient, **said: Any) -> list[dict[str, Any]]:
    answer = told(client, client.post("/plans", json={"drawn": True, "by": "张三", **said}))
    plans: list[dict[str, Any]] = answer["plans"]
    return plans


def outlines(engine: Engine, plans: list[int]) -> list[Any]:
    """The grids of plans in a row, as they are kept."""
    query = text("SELECT ST_AsBinary(geom) FROM plan_grids WHERE plan_id = ANY(:ids) ORDER BY code")
    with engine.connect() as connection:
        return [shapely.from_wkb(bytes(one)) for one in connection.scalars(query, {"ids": plans})]


def test_a_town_is_drawn_published_and_found(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    import_town(engine, tmp_path)
    ground = client.get("/plans/ground").json()
    assert (ground["buildings"], ground["roads"], ground["lacking"]) == (2 * SIDE**2, 4, [])
    assert [one["in_force"] for one in ground["communities"]] == [False, False]
    assert client.post("/plans", json={}).status_code == 404  # nothing to copy

    heads = drawn(client)
    assert [one["community_code"] for one in heads] == [WEST, EAST]
    assert {one["drawn"] for one in heads} == {"balanced"}
    layers = [client.get(f"/plans/{one['id']}/layers").json() for one in heads]
    for layer in layers:
        grids = [one["properties"] for one in layer["grids"]["features"]]
        assert sum(one["households"] for one in grids) == SIDE**2 * HOUSEHOLDS
        assert all(300 <= one["households"] <= 500 for one in grids)
        assert not [one for one in layer["badges"] if one["severity"] == "blocking"]
    assert shapely.coverage_is_valid(outlines(engine, [one["id"] for one in heads]))

    wanted = [{"id": one["id"], "version": one["version"]} for one in heads]
    done = client.post("/plans/publish", json={"plans": wanted, "by": "张三"})
    assert done.status_code == 200, done.json()
    for _ in range(100):  # what is in memory follows in a moment
        found = client.get("/locate", params={"lng": 116.955, "lat": 31.045}).json()
        if found["grid_code"] is not None:
            break
        time.sleep(0.1)
    assert str(found["grid_code"]).startswith(WEST)
    with engine.connect() as connection:
        stand = connection.scalars(
            text("SELECT ST_AsBinary(geom) FROM regions WHERE level = 'community'")
        )
        assert shapely.coverage_is_valid([shapely.from_wkb(bytes(one)) for one in stand])


def test_one_community_after_the_other_fits_to_the_last_bit(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    import_town(engine, tmp_path)
    (west,) = drawn(client, communities=[WEST])
    done = client.post(f"/plans/{west['id']}/publish", json={"version": 1})
    assert done.status_code == 200, done.json()
    (east,) = drawn(client, communities=[EAST], grids=4)
    assert len(outlines(engine, [east["id"]])) == 4
    both = outlines(engine, [west["id"], east["id"]])
    assert shapely.coverage_is_valid(both)
    whole = shapely.coverage_union_all(np.array(both, dtype=object))
    assert len(whole.interiors) == 0
    assert drawn(client, communities=[EAST, WEST])[0]["copied_from"] == west["id"]  # that one anew


def test_alternatives_stand_side_by_side(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    import_town(engine, tmp_path)
    heads = drawn(client, communities=[WEST], alternatives=3, name="首划")
    assert [one["drawn"] for one in heads] == ["balanced", "even", "compact", "lines"]
    assert {one["name"] for one in heads} == {"首划"}
    diff = client.get(f"/plans/{heads[0]['id']}/diff", params={"against": heads[1]["id"]})
    assert diff.status_code == 200
    again = client.post("/plans", json={"drawn": True, "communities": [WEST], "seed": 1})
    assert told(client, again)["plans"][0]["id"] > heads[-1]["id"]


def test_options_of_a_first_plan(client: TestClient, engine: Engine, tmp_path: Path) -> None:
    import_town(engine, tmp_path)
    wide = {"households": [600, 700], "residents": [1000, 1600]}
    (head,) = drawn(client, communities=[WEST], **wide, load={"residents": 1})
    assert len(outlines(engine, [head["id"]])) == 2
    bad = {"drawn": True, "communities": [WEST], "households": [500, 300]}
    assert client.post("/plans", json=bad).json()["title"] == "bounds-impossible"
    lost = {"drawn": True, "communities": [WEST], "load": {"windows": 1}}
    assert client.post("/plans", json=lost).json()["title"] == "load-column-missing"
    layer = client.get(
        f"/plans/{head['id']}/layers"
    ).json()  # what was asked for is the community's own from now on
    assert not [one for one in layer["badges"] if one["code"].startswith("size")]
    done = client.post(f"/plans/{head['id']}/publish", json={"version": 1})
    assert done.status_code == 200, done.json()
    (east,) = drawn(client, communities=[EAST])
    assert len(outlines(engine, [east["id"]])) > 2
    late = client.post("/plans", json={"drawn": True, "communities": [WEST], **wide})
    assert (late.status_code, late.json()["title"]) == (422, "draw-option-first")


def test_what_is_lacking_is_said(client: TestClient, engine: Engine, tmp_path: Path) -> None:
    assert client.get("/plans/ground").json()["lacking"] == ["communities"]
    assert client.post("/plans", json={"drawn": True}).json()["title"] == "draw-no-communities"
    import_town(engine, tmp_path, nouns=("regions",))
    assert client.get("/plans/ground").json()["lacking"] == ["buildings", "roads"]
    reply = client.post("/plans", json={"drawn": True})
    assert (reply.status_code, reply.json()["title"]) == (422, "draw-no-buildings")
    import_town(engine, tmp_path, nouns=("buildings",))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM buildings WHERE community_code = :c"), {"c": EAST})
    assert client.get("/plans/ground").json()["lacking"] == ["roads"]
    assert [one["community_code"] for one in drawn(client)] == [WEST]
    named = client.post("/plans", json={"drawn": True, "communities": [WEST, EAST]})
    assert named.json()["title"] == "draw-no-buildings"
    assert "东社区" in named.json()["detail"]
    unknown = client.post("/plans", json={"drawn": True, "communities": ["340881001999"]})
    assert unknown.status_code == 404


def test_a_long_drawing_tells_how_far_it_is_and_is_cancelled(
    client: TestClient, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_town(engine, tmp_path, nouns=ALL)
    monkeypatch.setattr(plans_route, "QUICK_S", 0.05)
    begun, on = Event(), Event()
    usual = drawing_anew.prepare

    def slow(*args: Any, **named: Any) -> Any:
        begun.set()
        on.wait(60)
        return usual(*args, **named)

    monkeypatch.setattr(drawing_anew, "prepare", slow)
    reply = client.post("/plans", json={"drawn": True, "by": "张三"})
    assert reply.status_code == 202, reply.json()
    number = reply.json()["drawing"]["id"]
    assert begun.wait(60)
    (one,) = client.get("/plans/drawings").json()["drawings"]
    assert (one["id"], one["state"], one["by"]) == (number, "running", "张三")
    client.delete(f"/plans/drawings/{number}")
    on.set()
    for _ in range(300):
        one = client.get(f"/plans/drawings/{number}").json()
        if one["state"] != "running":
            break
        time.sleep(0.1)
    assert one["state"] == "cancelled"
    assert "取消" in one["error"]
    assert client.get("/plans/drawings").json()["drawings"] == []
    assert client.get("/plans", params={"status": "draft"}).json()["features"] == []
    assert client.get("/plans/drawings/99").status_code == 404


def test_a_drawing_whose_process_is_no_more_is_told_as_lost(
    client: TestClient, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO plan_drawings (id, created_by, beat_at)"
                " VALUES (7, 'x', clock_timestamp() - interval '1 minute')"
            )
        )
    one = client.get("/plans/drawings/7").json()
    assert (one["state"], one["lost"]) == ("running", True)
    assert "重新" in one["error"]
    assert client.get("/plans/drawings").json()["drawings"] == []


def test_ground_that_changes_meanwhile_is_refused(
    client: TestClient, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_town(engine, tmp_path)
    usual = drawing_anew.prepare

    def meanwhile(*args: Any, **named: Any) -> Any:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE regions SET geom = ST_MakeEnvelope(116.95, 31.04, 116.9599, 31.05, 4490)"
                    " WHERE code = :c"
                ),
                {"c": WEST},
            )
        return usual(*args, **named)

    monkeypatch.setattr(drawing_anew, "prepare", meanwhile)
    reply = client.post("/plans", json={"drawn": True})
    if reply.status_code == 202:
        number, row = reply.json()["drawing"]["id"], {"state": "running", "error": ""}
        while row["state"] == "running":
            row = client.get(f"/plans/drawings/{number}").json()
            time.sleep(0.1)
        assert "变了" in row["error"]
    else:
        assert (reply.status_code, reply.json()["title"]) == (409, "ground-changed")
    assert client.get("/plans", params={"status": "draft"}).json()["features"] == []
