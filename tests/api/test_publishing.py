"""Drafts into force over HTTP: now, at their time, an old one again; blocked, excused, called off; never half."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, text

from api.app import create_app
from api.services.activating import activate_due
from api.services.actor import Actor
from api.services.drafting import Shelf
from api.services.publishing import Publishing, Wish
from api.services.redrawing import Redrawing, Source
from data.settings import Settings
from data.store import frames
from tests.api.blocks_town import FIRST, SECOND, THIRD, block_id, middle, report
from tests.api.test_redrawing import does, done, drafted, paint, refused, rows
from tests.data.store.conftest import EAST, WEST

PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks."""
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def publishes(client: TestClient, head: dict[str, Any], **said: Any) -> Any:
    body = {"version": head["version"], "by": "张三", **said}
    return client.post(f"/plans/{head['id']}/publish", json=body)


def published(client: TestClient, head: dict[str, Any], **said: Any) -> dict[str, Any]:
    reply = publishes(client, head, **said)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def grid_at(client: TestClient, column: int, row: int) -> str:
    lng, lat = middle(column, row)
    code: str = client.get("/locate", params={"lng": lng, "lat": lat}).json()["grid_code"]
    return code


def soon(client: TestClient, column: int, row: int, code: str) -> None:
    """Wait until the service answers so."""
    end = time.monotonic() + PATIENCE_S
    while grid_at(client, column, row) != code:
        assert time.monotonic() < end, f"still {grid_at(client, column, row)}"
        time.sleep(0.05)


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def stray(connection: Connection) -> None:
    """A building of the community by its record, which stands outside."""
    connection.execute(
        text(
            "INSERT INTO buildings (building_id, community_code, kind, households, residents, point)"
            " VALUES ('stray', :code, 'residence', 9, 20, ST_SetSRID(ST_Point(116.945, 31.045), 4490))"
        ),
        {"code": WEST},
    )


def statuses(engine: Engine, community: str = WEST) -> list[tuple[int, str, bool | None]]:
    """Plan, status, and whether it goes on without end."""
    query = text(
        "SELECT id, status, upper_inf(valid) FROM plans WHERE community_code = :code ORDER BY id"
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query, {"code": community})]


def test_a_redrawn_plan_comes_into_force_whole(client: TestClient, engine: Engine) -> None:
    with engine.begin() as connection:
        report(connection, "moves", *middle(1, 0))
        report(connection, "stays", *middle(0, 0))
    head = drafted(client)
    head = done(client, head, paint(1, 0, SECOND))["plan"]
    said = published(client, head)
    assert (said["status"], said["retired"], said["epoch"]) == (
        "published",
        [head["copied_from"]],
        2,
    )
    assert said["posts_left"] == said["grids_without_officer"] == []
    with engine.connect() as connection:
        query = text("SELECT source_id, grid_code, plan_id FROM incidents ORDER BY source_id")
        assert list(map(tuple, connection.execute(query))) == [
            ("moves", SECOND, head["id"]),
            ("stays", FIRST, head["id"]),
        ]
    soon(client, 1, 0, SECOND)
    refused(publishes(client, head), "plan-not-draft")
    refused(does(client, head, paint(1, 1, SECOND)), "draft-over")
    changes = client.get(f"/plans/{head['id']}/history").json()["changes"]
    assert [one["what"] for one in changes] == ["created", "edited", "published"]


def test_posts_of_grids_that_are_gone_are_listed(client: TestClient) -> None:
    head = drafted(client)
    blocks = [block_id(2, row) for row in range(4)]
    head = done(
        client,
        head,
        {"op": "paint", "blocks": blocks, "grid": FIRST},
        {"op": "renumber", "codes": {SECOND: THIRD}},
    )["plan"]
    wide = {"code": "size-households", "reason": "整改期内"}
    said = published(client, head, exceptions=[wide, wide | {"code": "size-residents"}])
    (post,) = said["posts_left"]
    assert (post["grid_code"], post["person"], post["successors"]) == (SECOND, "网格员1", [THIRD])
    assert said["grids_without_officer"] == [THIRD]
    assert "1 个岗位需重新安排" in said["said"]


def test_a_stale_version_is_not_published(client: TestClient, engine: Engine) -> None:
    head = drafted(client)
    done(client, head, paint(1, 0, SECOND))
    said = refused(publishes(client, head), "draft-stale")
    assert said["plan"]["changes"][0]["what"] == "edited"
    assert [one[1] for one in statuses(engine)] == ["published", "draft"]


def test_what_blocks_is_told_and_an_exception_unblocks(client: TestClient, engine: Engine) -> None:
    head = drafted(client)
    with engine.begin() as connection:
        stray(connection)
    said = refused(publishes(client, head), "plan-blocked")
    assert [one["code"] for one in said["plan"]["blocking"]] == ["building-uncovered"]
    assert [one[1] for one in statuses(engine)] == ["published", "draft"]
    excused = {"code": "building-uncovered", "reason": "在建，验收后划入"}
    refused(publishes(client, head, exceptions=[excused | {"code": "gap"}]), "plan-blocked")
    refused(
        publishes(client, head, exceptions=[excused | {"reason": ""}]), "request-malformed", 422
    )
    done_ = published(client, head, exceptions=[excused])
    assert [one["code"] for one in done_["approved"]] == ["building-uncovered"]
    (kept,) = done_["plans"][0]["exceptions"]
    assert (kept["reason"], kept["by"]) == ("在建，验收后划入", "张三")


def test_counts_are_those_of_the_day(client: TestClient, engine: Engine) -> None:
    head = drafted(client)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE buildings SET households = 40 WHERE community_code = :c"), {"c": WEST}
        )
    published(client, head)
    with engine.connect() as connection:
        now = frames.grids(connection)
    assert list(now[now["community_code"] == WEST]["households"]) == [320, 320]


def test_communities_together_all_or_none(client: TestClient, engine: Engine) -> None:
    made = client.post("/plans", json={"by": "张三"}).json()["plans"]
    wanted = [{"id": one["id"], "version": one["version"]} for one in made]
    wrong = [wanted[0], wanted[1] | {"version": 5}]
    refused(client.post("/plans/publish", json={"plans": wrong}), "draft-stale")
    assert [one[1] for one in statuses(engine)] == ["published", "draft"]
    said = client.post("/plans/publish", json={"plans": wanted, "by": "张三"}).json()
    assert [one["community_code"] for one in said["plans"]] == [WEST, EAST]
    assert len(said["retired"]) == 2


def test_a_plan_waits_for_its_time_and_can_be_called_off(
    client: TestClient, engine: Engine
) -> None:
    head = drafted(client)
    head = done(client, head, paint(1, 0, SECOND))["plan"]
    refused(publishes(client, head, since=in_days(-0.001)), "publish-backdated", 422)
    said = published(client, head, since=in_days(30))
    assert (said["status"], said["epoch"], said["retired"]) == ("scheduled", None, [])
    old = head["copied_from"]
    assert statuses(engine) == [(old, "published", False), (head["id"], "scheduled", True)]
    assert grid_at(client, 1, 0) == FIRST
    then = client.get("/grids", params={"at": in_days(31), "under": WEST}).json()["features"]
    assert {one["properties"]["plan_id"] for one in then} == {head["id"]}
    other = drafted(client)
    refused(publishes(client, other), "plan-waiting")
    refused(publishes(client, other, since=in_days(40)), "plan-waiting")
    refused(does(client, head, paint(1, 1, SECOND)), "draft-over")
    off = client.post(f"/plans/{head['id']}/withdraw", json={"by": "张三"}).json()
    assert (off["status"], off["since"]) == ("draft", None)
    assert statuses(engine)[0] == (old, "published", True)
    refused(client.post(f"/plans/{head['id']}/withdraw", json={}), "plan-not-scheduled")
    head = done(client, head, paint(1, 1, SECOND))["plan"]
    many = {"code": "size-residents", "reason": "整改期内"}
    published(client, head, since=in_days(30), exceptions=[many])
    assert published(client, head)["status"] == "published", "before its time after all"


def test_a_plan_comes_into_force_at_its_time(client: TestClient, engine: Engine) -> None:
    with engine.begin() as connection:
        report(connection, "moves", *middle(1, 0))
    head = drafted(client)
    head = done(client, head, paint(1, 0, SECOND))["plan"]
    said = published(client, head, since=in_days(1.5 / 86400))
    soon(client, 1, 0, SECOND)
    old = head["copied_from"]
    assert statuses(engine) == [(old, "retired", False), (head["id"], "published", True)]
    now = client.get(f"/plans/{head['id']}").json()
    assert (now["since"], now["published_by"]) == (said["since"], "张三")
    assert now["published_at"] >= now["since"]
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT grid_code FROM incidents")) == SECOND


PLANNER = Actor("张三")


def overdue(engine: Engine) -> int:
    """A plan whose time came while nobody served."""
    shelf = Shelf(Settings())
    redrawing, publishing = Redrawing(engine, shelf), Publishing(engine, shelf)
    (head,) = redrawing.create(PLANNER, Source(communities=(WEST,)))
    redrawing.edit(PLANNER, head["id"], [paint(1, 0, SECOND)], version=1)
    month = datetime.now(UTC) + timedelta(days=30)
    publishing.publish(PLANNER, Wish({head["id"]: 2}, since=month))
    with engine.begin() as connection:
        for status, valid in (
            ("published", "tstzrange(lower(valid), now() - interval '1 hour')"),
            ("scheduled", "tstzrange(now() - interval '1 hour', NULL)"),
        ):
            change = (
                f"UPDATE plans SET valid = {valid} WHERE status = :status AND community_code = :c"
            )
            connection.execute(text(change), {"status": status, "c": WEST})
    return int(head["id"])


def test_what_is_overdue_comes_into_force_before_anything_is_answered(
    engine: Engine, db_url: str
) -> None:
    with engine.begin() as connection:
        report(connection, "moves", *middle(1, 0))
    plan = overdue(engine)
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        assert grid_at(client, 1, 0) == SECOND
    assert statuses(engine)[1] == (plan, "published", True)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT grid_code FROM incidents")) == SECOND


def test_what_something_blocks_at_its_time_is_a_draft_again(engine: Engine, db_url: str) -> None:
    plan = overdue(engine)
    with engine.begin() as connection:
        stray(connection)
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        assert grid_at(client, 1, 0) == FIRST
        changes = client.get(f"/plans/{plan}/history").json()["changes"]
    assert [one["what"] for one in changes][-1] == "refused"
    assert "building-uncovered" in changes[-1]["detail"]["reason"]
    assert [one[1:] for one in statuses(engine)] == [("published", True), ("draft", None)]


def test_several_processes_activate_a_plan_once(engine: Engine) -> None:
    plan = overdue(engine)
    done_: list[list[int]] = []
    publishing = [Publishing(engine, Shelf(Settings())) for _ in range(4)]
    threads = [Thread(target=lambda one=one: done_.append(activate_due(one))) for one in publishing]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done_) == [[], [], [], [plan]]


def test_an_old_plan_again(client: TestClient, engine: Engine) -> None:
    head = drafted(client)
    old = head["copied_from"]
    head = done(client, head, paint(1, 0, SECOND))["plan"]
    published(client, head)
    said = client.post(f"/plans/{old}/restore", json={"by": "李四"}).json()
    (plan,) = said["plans"]
    assert (plan["copied_from"], plan["published_by"], said["retired"]) == (
        old,
        "李四",
        [head["id"]],
    )
    soon(client, 1, 0, FIRST)
    assert rows(engine, plan["id"])[0] == rows(engine, old)[0]
    refused(client.post(f"/plans/{plan['id']}/restore", json={}), "plan-not-over")
    refused(client.post("/plans/1000000/restore", json={}), "plan-unknown", 404)
