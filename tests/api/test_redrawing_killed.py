"""A server killed between two edits, in one, and in the middle of a publication: what was acknowledged stands, what was
not never was."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, text

from api.app import create_app
from data.settings import Settings
from data.store import frames
from tests.api.blocks_town import SECOND, middle, report
from tests.api.test_redrawing import paint, rows
from tests.benchmarks.town import family, served
from tests.data.store.conftest import WEST

SERVE = ["-c", "from api.cli import main; main()", "serve", "--port", "{port}"]
PATIENCE_S = 60.0
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND datname = current_database()"
)


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


def ask(where: tuple[str, int], method: str, path: str, said: Any) -> dict[str, Any]:
    line = http.client.HTTPConnection(*where, timeout=PATIENCE_S)
    line.request(method, path, json.dumps(said).encode(), {"content-type": "application/json"})
    reply = line.getresponse()
    answer: dict[str, Any] = json.loads(reply.read())
    assert reply.status == 200, answer
    return answer


def kill(pid: int) -> None:
    """The server and whatever it started, with no chance to tidy up."""
    for one in family(pid):
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def edit(where: tuple[str, int], head: dict[str, Any], *operations: Any) -> dict[str, Any]:
    said = {"version": head["version"], "by": "张三", "operations": operations}
    plan: dict[str, Any] = ask(where, "POST", f"/plans/{head['id']}/operations", said)["plan"]
    return plan


def drafted(where: tuple[str, int]) -> dict[str, Any]:
    said = {"communities": [WEST], "by": "张三"}
    plan: dict[str, Any] = ask(where, "POST", "/plans", said)["plans"][0]
    return plan


@contextmanager
def held_up(engine: Engine, lock: str) -> Iterator[Connection]:
    """Whoever wants the rows that ``lock`` locks waits for us."""
    with engine.connect() as connection:
        connection.execute(text(lock))
        yield connection


def killed_in(where: tuple[str, int], pid: int, engine: Engine, path: str, said: Any) -> None:
    """Ask for something that waits for a lock of ours, and kill the server once it does."""

    def asked() -> None:
        with suppress(OSError, http.client.HTTPException):
            ask(where, "POST", path, said)

    thread = threading.Thread(target=asked)
    thread.start()
    end = time.monotonic() + PATIENCE_S
    with engine.connect() as connection:
        while not connection.scalar(WAITING):
            assert time.monotonic() < end, "it did not come to the lock"
            connection.rollback()
            time.sleep(0.05)
    kill(pid)
    thread.join()


def settled(engine: Engine) -> None:
    """Until the connections of a killed server are over."""
    end = time.monotonic() + PATIENCE_S
    with engine.connect() as connection:
        while connection.scalar(WAITING):
            assert time.monotonic() < end
            connection.rollback()
            time.sleep(0.05)


def test_killed_between_edits_and_in_one(engine: Engine, db_url: str) -> None:
    with served(SERVE, db_url) as (where, pid):
        head = drafted(where)
        untouched = rows(engine, head["id"])
        head = edit(where, head, paint(1, 0, SECOND), paint(1, 1, None))
        acknowledged = rows(engine, head["id"])
        lock = (
            f"SELECT FROM plan_grids WHERE plan_id = {head['id']} AND code = '{SECOND}' FOR SHARE"
        )
        with held_up(engine, lock):
            said = {"version": head["version"], "by": "张三", "operations": [paint(1, 2, SECOND)]}
            killed_in(where, pid, engine, f"/plans/{head['id']}/operations", said)
    settled(engine)
    assert rows(engine, head["id"]) == acknowledged
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        now = client.get(f"/plans/{head['id']}").json()
        assert now == head
        for _ in range(2):
            said = {"version": now["version"], "by": "张三"}
            now = client.post(f"/plans/{now['id']}/undo", json=said).json()["plan"]
    assert rows(engine, head["id"]) == untouched


def test_killed_in_the_middle_of_a_publication(engine: Engine, db_url: str) -> None:
    with engine.begin() as connection:
        report(connection, "moves", *middle(1, 0))
        before = frames.grids(connection)
    with served(SERVE, db_url) as (where, pid):
        head = edit(where, drafted(where), paint(1, 0, SECOND))
        acknowledged = rows(engine, head["id"])
        said = {"version": head["version"], "by": "张三"}
        with held_up(
            engine, "SELECT FROM incidents FOR UPDATE"
        ):  # the last that a publication needs
            killed_in(where, pid, engine, f"/plans/{head['id']}/publish", said)
    settled(engine)
    assert rows(engine, head["id"]) == acknowledged
    with engine.connect() as connection:
        after = frames.grids(connection)
        assert after.equals(before)
        assert connection.scalar(text("SELECT n FROM plan_epoch")) == 1
        assert connection.scalar(text("SELECT plan_id FROM incidents")) == head["copied_from"]
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        assert client.get(f"/plans/{head['id']}").json() == head
        done = client.post(f"/plans/{head['id']}/publish", json=said).json()
    assert (done["moved_incidents"] >= 1, done["status"]) == (True, "published")
