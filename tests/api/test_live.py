"""The live stream over a real server: told at once, taken up again where it broke off, let go when the server stops."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from data.settings import Settings
from data.store import regions
from tests.api.test_dispatching import INSIDE, publish
from tests.benchmarks import town as processes
from tests.benchmarks.epochs import SERVE
from tests.data.store.conftest import town
from tests.serving import served

PATIENCE_S = 30.0


@dataclass
class Stream:
    """One that is followed: what comes, event by event."""

    lines: Iterator[str]
    last_id: str = ""

    def next(self) -> dict[str, Any]:
        """The next event's data; heartbeats alone are none."""
        said: dict[str, Any] = {}
        end = time.monotonic() + PATIENCE_S
        for line in self.lines:
            assert time.monotonic() < end, "nothing is told"
            name, _, value = line.partition(": ")
            if name == "id":
                self.last_id = value
            elif name == "data":
                said = json.loads(value)
            elif not line and said:
                return said
        raise AssertionError("the stream ended")

    def until(self, number: str, version: int) -> None:
        """Read on until this is told."""
        while {"id": number, "version": version} not in self.next()["changed"]:
            pass


@contextmanager
def following(url: str, last_id: str | None = None) -> Iterator[Stream]:
    headers = {"accept-encoding": "gzip"} | ({"last-event-id": last_id} if last_id else {})
    with httpx.stream("GET", f"{url}/incidents/stream", headers=headers, timeout=PATIENCE_S) as got:
        assert got.headers["content-type"].startswith("text/event-stream")
        stream = Stream(got.iter_lines())
        yield stream


@pytest.fixture
def url(engine: Engine, db_url: str) -> Iterator[str]:
    with engine.begin() as connection:
        regions.merge(connection, town())
    publish(engine)
    with served(Settings(database_url=db_url)) as url:
        yield url


def report(url: str) -> str:
    reply = httpx.post(f"{url}/incidents", json={"source": "热线", **INSIDE}, timeout=PATIENCE_S)
    assert reply.status_code == 201
    number: str = reply.json()["incident"]["id"]
    return number


def take(url: str, number: str) -> None:
    body = {"by": "王芳"}
    assert httpx.post(f"{url}/incidents/{number}/take", json=body, timeout=PATIENCE_S).is_success


def test_everybody_who_follows_is_told_what_comes_and_what_is_done(url: str) -> None:
    with following(url) as one, following(url) as other:
        for stream in (one, other):
            assert stream.next() == {"changed": [], "many": False}
        number = report(url)
        for stream in (one, other):
            stream.until(number, 0)
        take(url, number)
        for stream in (one, other):
            stream.until(number, 1)


def test_a_stream_that_broke_goes_on_where_it_was(url: str) -> None:
    with following(url) as stream:
        stream.next()
        seen = report(url)
        stream.until(seen, 0)
    missed = {report(url), report(url)}
    take(url, seen)
    with following(url, stream.last_id) as again:
        told = {one["id"]: one["version"] for one in again.next()["changed"]}
    assert told == dict.fromkeys(missed, 0) | {seen: 1}
    with following(url, "nonsense") as lost:
        assert lost.next() == {"changed": [], "many": True}


def test_a_publication_that_moves_incidents_is_told_as_many(url: str, engine: Engine) -> None:
    report(url)
    with following(url) as stream:
        stream.next()
        publish(engine, cut=0.002)
        while not stream.next()["many"]:
            pass


def test_a_service_that_is_stopped_lets_its_followers_go(engine: Engine, db_url: str) -> None:
    assert engine
    one = [*SERVE[:-1], "1"]
    with (
        processes.served(one, db_url) as ((host, port), pid),
        following(f"http://{host}:{port}") as stream,
    ):
        stream.next()
        os.kill(pid, signal.SIGTERM)
        with pytest.raises(AssertionError, match="the stream ended"):
            stream.next()


def test_a_follower_that_comes_while_the_service_stops_does_not_keep_it(
    engine: Engine, db_url: str
) -> None:
    one = [*SERVE[:-1], "1"]
    with processes.served(one, db_url) as ((host, port), pid), ThreadPoolExecutor(1) as browser:
        with engine.connect() as holding:
            holding.execute(text("LOCK TABLE incident_news IN ACCESS EXCLUSIVE MODE"))
            get = partial(httpx.get, f"http://{host}:{port}/incidents/stream", timeout=PATIENCE_S)
            coming = browser.submit(get)
            await_one_that_waits(engine)
            os.kill(pid, signal.SIGTERM)
            time.sleep(0.5)  # the signal reaches the service before the list does
        assert coming.result().text.startswith("retry:")


def await_one_that_waits(engine: Engine) -> None:
    """Until somebody who would follow waits for the table."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock' AND query LIKE 'WITH heard%'"
    )
    end = time.monotonic() + PATIENCE_S
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
        while not looking.scalar(waiting):
            assert time.monotonic() < end, "nobody asks"
            time.sleep(0.05)
