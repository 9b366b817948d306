"""Incidents under the epoch contract."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from shapely.geometry import Point
from sqlalchemy import Connection, Engine, text

from data.ids import uuid7
from data.store import grids, incidents, plans
from tests.data.store.conftest import EAST, WEST, town_plan

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def row(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "source": "test",
        "source_id": name,
        "reported_at": DAY,
    } | more


def test_an_insert_under_a_passed_epoch_puts_nothing_in(
    connection: Connection, published: dict[str, int]
) -> None:
    assert published
    now = grids.epoch(connection)
    assert not incidents.insert(connection, row("1"), epoch=now - 1)
    assert incidents.insert(connection, row("1"), epoch=now)
    assert not incidents.insert(connection, row("1"), epoch=now), "the same source and id"


def test_for_share_makes_a_publication_wait_for_the_report_and_the_next_report_for_it(
    engine: Engine, connection: Connection, published: dict[str, int]
) -> None:
    """The race: located under epoch 1; a publication commits; the row must not go in with the retired grid.

    Interleaved: A has inserted under the epoch (not committed), B publishes (must wait for A), A commits, B goes on
    and re-locates A's row; C, who located under the old epoch while B was publishing, gets nothing in.
    """
    new = plans.create_drafts(connection, town_plan(cut=0.003), created_by="test")
    connection.commit()
    old = grids.epoch(connection)
    connection.commit()
    place = {
        "lng": 116.954, "lat": 31.045, "grid_code": f"{WEST}001", "plan_id": published[WEST],
        "how": "inside",
    }  # fmt: skip
    b_pid: list[int] = []
    b_started, b_done, c_result = threading.Event(), threading.Event(), []
    b_may_commit = threading.Event()
    c_pid: list[int] = []
    c_started = threading.Event()

    def publish() -> None:
        with engine.begin() as b:
            b_pid.append(b.scalar(text("SELECT pg_backend_pid()")))
            b_started.set()
            plans.publish(b, list(new.values()), by="b")
            b_done.set()
            assert b_may_commit.wait(20)

    def report_late() -> None:
        with engine.begin() as c:
            c_pid.append(c.scalar(text("SELECT pg_backend_pid()")))
            c_started.set()
            c_result.append(incidents.insert(c, row("c", **place), epoch=old))

    with engine.connect() as a:
        assert incidents.insert(a, row("a", **place), epoch=old)
        publishing = threading.Thread(target=publish)
        publishing.start()
        assert b_started.wait(20)
        wait_until_blocked(connection, b_pid[0])
        assert not b_done.is_set(), "the publication waits for the report"
        a.commit()
    assert b_done.wait(20)
    late = threading.Thread(target=report_late)
    late.start()
    assert c_started.wait(20)
    wait_until_blocked(connection, c_pid[0])
    b_may_commit.set()
    publishing.join(20)
    late.join(20)
    assert c_result == [False]
    found = incidents.find(connection, "test", "a")
    assert found is not None
    assert (found["grid_code"], found["plan_id"]) == (f"{WEST}002", new[WEST])


def wait_until_blocked(connection: Connection, pid: int) -> None:
    """Return once a server process waits for another's lock."""
    blocked = text("SELECT cardinality(pg_blocking_pids(:pid))")
    deadline = datetime.now(UTC) + timedelta(seconds=20)
    while not connection.scalar(blocked, {"pid": pid}):
        connection.commit()
        assert datetime.now(UTC) < deadline, "it never waited"
    connection.commit()


def test_many_at_once_and_a_place_learnt_later(
    connection: Connection, published: dict[str, int]
) -> None:
    epoch = grids.epoch(connection)
    unknown = [row(str(n), point=None, how=None, grid_code=None, plan_id=None) for n in range(3)]
    first = incidents.insert_many(connection, pd.DataFrame(unknown), epoch=epoch)
    assert first is not None
    assert (first.added, first.updated) == (3, 0)
    place = {"how": "inside", "grid_code": f"{EAST}001", "plan_id": published[EAST]}
    known = [row(str(n), point=Point(116.961, 31.045), **place) for n in range(2, 5)]
    second = incidents.insert_many(connection, pd.DataFrame(known), epoch=epoch)
    assert second is not None
    assert (second.added, second.updated) == (2, 1)
    third = incidents.insert_many(connection, pd.DataFrame(known), epoch=epoch)
    assert third is not None
    assert (third.added, third.updated) == (0, 0)
    assert incidents.insert_many(connection, pd.DataFrame(known), epoch=epoch + 1) is None


def test_pages_by_key_miss_and_repeat_nothing(
    connection: Connection, published: dict[str, int]
) -> None:
    assert published
    epoch = grids.epoch(connection)
    for n in range(25):
        moment = DAY + timedelta(hours=n // 5)  # five share each hour
        incidents.insert(connection, row(str(n), reported_at=moment), epoch=epoch)
    seen: list[str] = []
    before = None
    while found := incidents.page(connection, before=before, limit=7):
        seen += [item["source_id"] for item in found]
        before = (found[-1]["reported_at"], found[-1]["id"])
        incidents.insert(
            connection, row(f"new{len(seen)}", reported_at=DAY + timedelta(days=9)), epoch=epoch
        )
    assert sorted(seen, key=int) == [str(n) for n in range(25)]


def test_filters(connection: Connection, published: dict[str, int]) -> None:
    epoch = grids.epoch(connection)
    place = {"how": "inside", "grid_code": f"{EAST}001", "plan_id": published[EAST]}
    incidents.insert(connection, row("a", lng=116.961, lat=31.045, **place), epoch=epoch)
    incidents.insert(
        connection, row("b", category="0203", reported_at=DAY + timedelta(days=1)), epoch=epoch
    )

    def names(**filters: object) -> set[str]:
        return {item["source_id"] for item in incidents.page(connection, filters=filters)}

    assert names() == {"a", "b"}
    assert names(under=EAST) == {"a"}
    assert names(under="34088100100%") == set()
    assert names(grid_code=f"{EAST}001") == {"a"}
    assert names(category="0203") == {"b"}
    assert names(placed=False) == {"b"}
    assert names(since=DAY, until=DAY + timedelta(days=1)) == {"a"}
    assert names(status="closed") == set()
