"""Ledger rows without a place are put on the map over HTTP: in their grid and in every draft's counts at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine, text

from api.app import create_app
from api.services import counting
from api.services.actor import Actor
from api.services.imports import building_ledger
from api.services.imports.result import Options
from data.settings import Settings
from data.store import drafts, pending
from geo.crs import parse_datum
from tests.api.blocks_town import FIRST, HOUSEHOLDS, SECOND, block_id, middle
from tests.api.test_redrawing import ROWS, does, drafted
from tests.data.store.conftest import EAST, WEST

ROWS_WAITING = [
    ("a1", ["no-coordinates"], {"楼栋名称": "一号楼", "社区": "西社区", "户数": 30, "常住人口": 70, "小区": "新村"}),
    ("a2", ["no-coordinates", "no-count"], {"楼栋名称": "二号楼", "社区": EAST, "户数": None}),
    ("a3", ["outside"], {"楼栋名称": "三号楼", "户数": "20", "经度": 1.0, "纬度": 2.0}),
    ("a4", ["repeated", "no-coordinates"], {"楼栋名称": "四号楼", "社区": "西社区"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(engine: Engine, db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks, with four rows that wait."""
    with engine.begin() as connection:
        wait(connection)
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def wait(connection: Any) -> None:
    rows = [
        {"noun": "buildings", "key": key, "reasons": reasons, "row": row, "source": "台账.xlsx"}
        for key, reasons, row in ROWS_WAITING
    ]
    pending.keep(connection, pd.DataFrame(rows, dtype=object))


def put(client: TestClient, key: str, at: tuple[float, float], **said: Any) -> Response:
    body = {"key": key, "lng": at[0], "lat": at[1], "by": "李四", **said}
    return client.post("/buildings/placed", json=body)


def keys(client: TestClient, **asked: Any) -> list[str]:
    return [row["key"] for row in client.get("/buildings/waiting", params=asked).json()["rows"]]


def stored(engine: Engine, plan: int) -> list[list[Any]]:
    with engine.connect() as connection:
        return [list(connection.execute(text(query), {"id": plan})) for query in ROWS]


def test_the_list_says_what_waits_for_a_place_and_nothing_else(client: TestClient) -> None:
    assert keys(client) == ["a1", "a2", "a3"]
    assert keys(client, community=WEST) == ["a1", "a3"]
    assert keys(client, community=[WEST, EAST], named="二号") == ["a2"]
    assert keys(client, named="新村 一号") == ["a1"]
    first = client.get("/buildings/waiting", params={"limit": 2}).json()
    assert (first["total"], first["next"]) == (3, "a2")
    assert keys(client, limit=2, after="a2") == ["a3"]
    row = first["rows"][0]
    told = ("name", "estate", "told", "community_code", "households", "residents", "reasons")
    assert [row[name] for name in told] == [
        "一号楼", "新村", "西社区", WEST, 30, 70, ["no-coordinates"],
    ]  # fmt: skip


def test_placed_in_its_grid_and_in_every_draft(client: TestClient, engine: Engine) -> None:
    mine, other = drafted(client), drafted(client)
    at = middle(0, 0)
    place = (at[0] + 0.0003, at[1] + 0.0003)
    done = put(client, "a1", place)
    assert done.status_code == 200, done.text
    told = done.json()
    assert told["place"]["grid_code"] == FIRST
    assert [(one["plan"], one["version"], one["grid_code"]) for one in told["drafts"]] == [
        (mine["id"], 2, FIRST), (other["id"], 2, FIRST),
    ]  # fmt: skip
    for head in (mine, other):
        layers = client.get(f"/plans/{head['id']}/layers").json()
        grids = {one["id"]: one["properties"] for one in layers["grids"]["features"]}
        assert (grids[FIRST]["households"], grids[FIRST]["buildings"]) == (8 * HOUSEHOLDS + 30, 9)
        kept = {row.block_id: row.households for row in stored(engine, head["id"])[0]}
        assert kept[block_id(0, 0)] == HOUSEHOLDS + 30
        assert {row.code: row.households for row in stored(engine, head["id"])[1]}[FIRST] == 430
        assert layers["plan"]["owner"] == "张三"
        event = client.get(f"/plans/{head['id']}/history").json()["changes"][-1]
        assert (event["what"], event["actor"], event["detail"]) == (
            "counted", "李四", {"placed": "a1"},
        )  # fmt: skip
    assert keys(client) == ["a2", "a3"]
    with engine.connect() as connection:
        query = (
            "SELECT source, raw_x, community_code, estate FROM buildings WHERE building_id = 'a1'"
        )
        assert tuple(connection.execute(text(query)).one()) == (
            "placed by 李四",
            None,
            WEST,
            "新村",
        )
        row = connection.execute(text("SELECT row FROM placements")).scalar_one()
    assert row == ROWS_WAITING[0][2]
    listed = client.get("/buildings/placed", params={"community": WEST}).json()["placements"]
    assert [(one["key"], one["name"]) for one in listed] == [("a1", "一号楼")]
    assert client.get("/buildings/placed", params={"community": EAST}).json()["placements"] == []


def test_whoever_edits_meanwhile_goes_on_and_undo_brings_back_shapes_with_todays_counts(
    client: TestClient, engine: Engine
) -> None:
    head = drafted(client)
    before = stored(engine, head["id"])
    painted = does(client, head, {"op": "paint", "blocks": [block_id(0, 0)], "grid": SECOND})
    assert painted.status_code == 200
    number = put(client, "a1", middle(0, 0)).json()["placement"]["id"]
    said = {"version": painted.json()["version"], "by": "张三"}  # nothing said that it was counted
    undone = client.post(f"/plans/{head['id']}/undo", json=said)
    assert undone.status_code == 200, undone.text
    assert undone.json()["version"] == painted.json()["version"] + 2
    now = stored(engine, head["id"])
    assert [(row[0], row[1], row[-1]) for row in now[0]] == [
        (row[0], row[1], row[-1]) for row in before[0]
    ]
    counts = {row.block_id: row.households for row in now[0]}
    assert counts.pop(block_id(0, 0)) == HOUSEHOLDS + 30
    assert set(counts.values()) == {HOUSEHOLDS}
    off = client.post(f"/buildings/placed/{number}/undo", json={"by": "王五"})
    assert off.status_code == 200, off.text
    assert stored(engine, head["id"]) == before
    assert keys(client) == ["a1", "a2", "a3"]
    with engine.connect() as connection:
        rows = pending.read(connection, "buildings")
    assert [(one["key"], one["reasons"], one["row"]) for one in rows] == ROWS_WAITING
    again = client.post(f"/buildings/placed/{number}/undo", json={"by": "王五"})
    assert (again.status_code, again.json()["title"]) == (409, "placement-undone")
    assert put(client, "a1", middle(0, 0)).status_code == 200


def test_however_often_it_was_counted_whoever_edits_goes_on(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "LONGEST", 1)
    head = drafted(client)
    for key, column in (("a1", 0), ("a2", 1)):
        assert put(client, key, middle(column, 0), anyway=True).status_code == 200
    assert does(client, head, {"op": "lock", "grid": FIRST}).status_code == 200
    assert put(client, "a3", middle(2, 0), anyway=True).status_code == 200
    stale = does(
        client, head, {"op": "lock", "grid": SECOND}
    )  # of what it saw nothing is in the last change told
    assert (stale.status_code, stale.json()["title"]) == (409, "draft-stale")


def test_real_changes_since_are_still_told(client: TestClient) -> None:
    head = drafted(client)
    assert does(client, head, {"op": "lock", "grid": FIRST}).status_code == 200
    assert put(client, "a1", middle(0, 0)).status_code == 200
    stale = does(client, head, {"op": "lock", "grid": SECOND})
    assert (stale.status_code, stale.json()["title"]) == (409, "draft-stale")
    changes = stale.json()["plan"]["changes"]
    assert [one["what"] for one in changes] == ["edited", "counted"]


def test_a_place_that_the_row_does_not_name_is_asked_about(client: TestClient) -> None:
    there = middle(1, 1, EAST)
    asked = put(client, "a1", there)
    assert (asked.status_code, asked.json()["title"]) == (409, "placed-elsewhere")
    assert "西社区" in asked.json()["detail"]
    assert "东社区" in asked.json()["detail"]
    assert keys(client) == ["a1", "a2", "a3"]
    sure = put(client, "a1", there, anyway=True)
    assert sure.json()["placement"]["community_code"] == EAST
    nowhere = put(client, "a2", (116.0, 30.0))
    assert (nowhere.status_code, nowhere.json()["title"]) == (409, "placed-outside")
    assert put(client, "a2", (116.0, 30.0), anyway=True).json()["place"]["how"] == "outside"
    gone = put(client, "a2", there)
    assert (gone.status_code, gone.json()["title"]) == (404, "row-not-waiting")
    unknown = client.post("/buildings/placed/99/undo", json={})
    assert (unknown.status_code, unknown.json()["title"]) == (404, "placement-unknown")
    bad = put(client, "a3", (200.0, 31.0))
    assert bad.status_code == 422


def test_a_datum_is_heeded(client: TestClient, engine: Engine) -> None:
    put(client, "a3", (116.9555, 31.0455), datum="gcj02", anyway=True)
    with engine.connect() as connection:
        query = "SELECT ST_X(point), ST_Y(point), raw_x, raw_datum FROM buildings WHERE building_id = 'a3'"
        x, y, raw, datum = connection.execute(text(query)).one()
    assert (raw, datum) == (116.9555, "gcj02")
    assert 0.003 < 116.9555 - x < 0.008
    assert 0.001 < y - 31.0455 < 0.005


@pytest.mark.parametrize(
    "since",
    [
        "UPDATE buildings SET updated_at = clock_timestamp() WHERE building_id = 'a1'",
        "INSERT INTO addresses (kind, said, normalised, building_id) VALUES ('alias', '老粮站', '老粮站', 'a1')",
    ],
)
def test_what_was_changed_since_stays_on_the_map(
    client: TestClient, engine: Engine, since: str
) -> None:
    number = put(client, "a1", middle(0, 0)).json()["placement"]["id"]
    with engine.begin() as connection:
        connection.execute(text(since))
    kept = client.post(f"/buildings/placed/{number}/undo", json={})
    assert (kept.status_code, kept.json()["title"]) == (409, "placement-used")
    assert keys(client) == ["a2", "a3"]


def test_a_later_ledgers_row_stands_when_what_was_placed_is_taken_off(
    client: TestClient, engine: Engine
) -> None:
    number = put(client, "a1", middle(0, 0)).json()["placement"]["id"]
    later = {"noun": "buildings", "key": "a1", "reasons": ["no-coordinates"], "row": {"户数": 31}}
    with engine.begin() as connection:
        pending.keep(connection, pd.DataFrame([later | {"source": "新台账.xlsx"}], dtype=object))
    off = client.post(f"/buildings/placed/{number}/undo", json={})
    assert off.status_code == 200, off.text
    (row,) = [one for one in client.get("/buildings/waiting").json()["rows"] if one["key"] == "a1"]
    assert (row["households"], row["source"]) == (31, "新台账.xlsx")


def test_of_two_who_place_the_same_row_one_is_told(client: TestClient, engine: Engine) -> None:
    drafted(client)
    answers: list[Response] = []
    both = [
        Thread(target=lambda column=column: answers.append(put(client, "a1", middle(column, 0))))
        for column in (0, 1)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(one.status_code for one in answers) == [200, 404]
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM placements")) == 1


def test_what_was_told_by_map_is_known_when_it_is_placed(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    ledger = tmp_path / "台账.csv"
    ledger.write_text("栋,几家,哪里,经度,纬度\n五号楼,44,西社区,,\n", "utf-8")
    mapping = {"name": "栋", "households": "几家", "community_code": "哪里"}
    options = Options(actor=Actor(who="test"), zone=ZoneInfo("Asia/Shanghai"), mapping=mapping)
    with engine.begin() as connection:
        assert building_ledger.take(connection, str(ledger), options).kept == 1
    (row,) = client.get("/buildings/waiting", params={"named": "五号楼"}).json()["rows"]
    assert (row["households"], row["community_code"]) == (44, WEST)
    head = drafted(client)
    assert put(client, row["key"], middle(3, 3)).status_code == 200
    kept = {one.block_id: one.households for one in stored(engine, head["id"])[0]}
    assert kept[block_id(3, 3)] == HOUSEHOLDS + 44


def test_the_rows_of_a_real_ledger_wait_and_are_placed(
    client: TestClient, engine: Engine, shared: Path
) -> None:
    ledger = shared / "tongcheng" / "小区台账_百度坐标.xlsx"
    options = Options(
        actor=Actor(who="test"), zone=ZoneInfo("Asia/Shanghai"), datum=parse_datum("bd09")
    )
    with engine.begin() as connection:
        kept = building_ledger.take(connection, str(ledger), options).kept
    rows = client.get("/buildings/waiting", params={"limit": 500}).json()["rows"]
    without = [row for row in rows if "no-coordinates" in row["reasons"]]
    assert len(rows) == 3 + kept
    assert len(without) == 2 + 16
    assert all(row["name"] and row["address"] for row in rows if row["source"] == ledger.name)
    placed = put(
        client, next(row["key"] for row in without if row["name"] == "居巢路"), middle(2, 2)
    )
    assert placed.json()["place"]["grid_code"] == SECOND


def test_a_step_done_again_is_under_todays_counts(client: TestClient, engine: Engine) -> None:
    head = drafted(client)
    painted = does(client, head, {"op": "paint", "blocks": [block_id(0, 0)], "grid": SECOND}).json()
    said = {"version": painted["version"], "by": "张三"}
    undone = client.post(f"/plans/{head['id']}/undo", json=said).json()
    assert put(client, "a1", middle(0, 0)).status_code == 200
    said = {"version": undone["version"], "by": "张三"}
    again = client.post(f"/plans/{head['id']}/redo", json=said)
    assert again.status_code == 200, again.text
    households = {row.code: row.households for row in stored(engine, head["id"])[1]}
    assert households == {FIRST: 7 * HOUSEHOLDS, SECOND: 9 * HOUSEHOLDS + 30}


def test_nothing_is_half_written(
    client: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = drafted(client)
    before = stored(engine, head["id"])
    real = counting.write_counts

    def broken(*told: Any) -> None:
        real(*told)
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(counting, "write_counts", broken)
    with pytest.raises(RuntimeError):
        put(client, "a1", middle(0, 0))
    monkeypatch.undo()
    assert stored(engine, head["id"]) == before
    assert keys(client) == ["a1", "a2", "a3"]
    assert client.get("/buildings/placed").json()["placements"] == []
    layers = client.get(f"/plans/{head['id']}/layers").json()
    assert (layers["version"], len(layers["buildings"]["features"])) == (1, 16)
    assert put(client, "a1", middle(0, 0)).status_code == 200
