"""32 dispatchers at once on real server processes that are killed with their PostgreSQL: nothing acknowledged is lost,
nothing is taken twice, no change overwrites another."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from data import migrate
from data.cluster import Cluster
from data.cluster.processes import postmaster_pid, server_pids
from tests.api.test_under_load import in_force, own_cluster
from tests.benchmarks.epochs import SERVE
from tests.benchmarks.town import family, served

__all__ = ["own_cluster"]

CLIENTS = 32
ENOUGH = 40
"""Acknowledged changes before the servers are killed, and after."""
PATIENCE_S = 240.0

OVERWRITTEN = """SELECT count(*) FROM incidents i WHERE version <>
    (SELECT count(*) FROM incident_events e WHERE i.id IN (e.incident_id, e.other_id))"""
TAKEN_TWICE = """SELECT count(*) FROM (SELECT FROM incident_events WHERE what = 'taken'
    GROUP BY incident_id HAVING count(*) > 1) twice"""
HELD_BY_ANOTHER = """SELECT count(*) FROM incident_events e JOIN incidents i ON i.id = e.incident_id
    WHERE e.what = 'taken' AND i.taken_by IS DISTINCT FROM e.actor"""
JOINED_TWICE = """SELECT count(*) FROM (SELECT FROM incident_events WHERE what = 'joined'
    GROUP BY incident_id HAVING count(*) > 1) twice"""
IN_CIRCLES = """SELECT count(*) FROM (WITH RECURSIVE up (first, id) AS (
    SELECT id, joined_to FROM incidents WHERE joined_to IS NOT NULL
    UNION SELECT up.first, i.joined_to FROM up JOIN incidents i ON i.id = up.id WHERE i.joined_to IS NOT NULL)
    SELECT FROM up WHERE first = id) round"""
MUST_BE_NONE = (OVERWRITTEN, TAKEN_TWICE, HELD_BY_ANOTHER, JOINED_TWICE, IN_CIRCLES)


@dataclass
class Heard:
    """What was answered to all of them together."""

    reported: dict[str, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    twice: int = 0

    @property
    def done(self) -> int:
        """How many changes were acknowledged."""
        return len(self.reported) + len(self.taken) + len(self.joined)


class Dispatcher(threading.Thread):
    """Reports, takes and joins what it sees, as all the others do, until it is told to stop."""

    def __init__(self, name: str, heard: Heard, where: list[int], over: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.heard, self.where, self.over = heard, where, over
        self.dice = random.Random(name)
        self.line: http.client.HTTPConnection | None = None
        self.count = 0

    def run(self) -> None:
        """One thing after the other; where a connection breaks, the next one is tried."""
        while not self.over.is_set():
            try:
                self.act()
            except (OSError, http.client.HTTPException):
                self.heard.broken += 1
                self.line = None
                time.sleep(0.05)

    def act(self) -> None:
        """Something that somebody else may be doing at this moment too."""
        known = list(self.heard.reported)[-40:]
        turn = self.dice.random()
        if turn < 0.4 or len(known) < 4:
            self.report()
        elif turn < 0.75:
            self.take(self.dice.choice(known))
        else:
            self.join_call(*self.dice.sample(known, 2))

    def report(self) -> None:
        """A call; its answer is what must not get lost."""
        self.count += 1
        spot = {
            "lng": self.dice.uniform(116.951, 116.969),
            "lat": self.dice.uniform(31.041, 31.049),
        }
        said = {"source": self.name, "source_id": str(self.count), **spot}
        status, answer = self.ask("POST", "/incidents", said)
        if status == 201:
            self.heard.reported[answer["incident"]["id"]] = said["source_id"]

    def take(self, number: str) -> None:
        """Without looking first: of those who want it, one gets it."""
        status, _ = self.ask("POST", f"/incidents/{number}/take", {"by": self.name})
        if status == 200:
            self.heard.twice += number in self.heard.taken
            self.heard.taken[number] = self.name

    def join_call(self, number: str, to: str) -> None:
        """By the version that was seen a moment before."""
        status, seen = self.ask("GET", f"/incidents/{number}", None)
        if status != 200:
            return
        said = {"by": self.name, "version": seen["incident"]["version"], "to": to}
        status, _ = self.ask("POST", f"/incidents/{number}/join", said)
        if status == 200:
            self.heard.twice += number in self.heard.joined
            self.heard.joined[number] = to

    def ask(self, method: str, path: str, said: Any) -> tuple[int, Any]:
        """Status and answer."""
        if self.line is None:
            self.line = http.client.HTTPConnection("127.0.0.1", self.where[0], timeout=60)
        body = None if said is None else json.dumps(said).encode()
        self.line.request(method, path, body, {"content-type": "application/json"})
        reply = self.line.getresponse()
        answer = json.loads(reply.read())
        self.heard.statuses[reply.status] += 1
        return reply.status, answer


def wait_for(heard: Heard, more: int) -> None:
    """Until so many further changes were acknowledged."""
    target, end = heard.done + more, time.monotonic() + PATIENCE_S
    while heard.done < target:
        assert time.monotonic() < end, f"the dispatchers are stuck: {heard.statuses}"
        time.sleep(0.05)


def kill(*pids: int) -> None:
    """At once, with no chance to tidy up."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_postgresql(cluster: Cluster) -> None:
    data = cluster.root.resolve() / "data"
    postmaster = postmaster_pid(data)
    assert postmaster is not None
    kill(postmaster, *server_pids(data))


def faults(engine: Engine, heard: Heard) -> dict[str, int]:
    """What must be nought."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, taken_by, joined_to FROM incidents")).all()
        kept = {str(row.id): row for row in rows}
        found = {query: connection.scalar(text(query)) or 0 for query in MUST_BE_NONE}
    found["reports lost"] = len(heard.reported.keys() - kept.keys())
    found["takes lost"] = sum(kept[one].taken_by != by for one, by in heard.taken.items())
    found["joins lost"] = sum(str(kept[one].joined_to) != to for one, to in heard.joined.items())
    found["acknowledged twice"] = heard.twice
    return found


@pytest.mark.usefixtures("own_cluster")
def test_nothing_acknowledged_is_lost_and_nothing_is_taken_twice(own_cluster: Cluster) -> None:
    engine = create_engine(own_cluster.url(), pool_pre_ping=True)
    migrate.upgrade(engine)
    in_force(engine)
    heard, where, over = Heard(), [0], threading.Event()
    dispatchers = [Dispatcher(f"d{n}", heard, where, over) for n in range(CLIENTS)]
    with served(SERVE, own_cluster.url()) as ((_, where[0]), pid):
        for one in dispatchers:
            one.start()
        wait_for(heard, ENOUGH)
        kill(*family(pid))
        kill_postgresql(own_cluster)
    own_cluster.up()
    with served([*SERVE[:-1], "1"], own_cluster.url()) as ((_, where[0]), pid):
        wait_for(heard, ENOUGH)
        kill_postgresql(own_cluster)  # this time under servers that live on
        own_cluster.up()
        wait_for(heard, ENOUGH // 3)
        over.set()
        for one in dispatchers:
            one.join(PATIENCE_S)
    found = faults(engine, heard)
    engine.dispose()
    assert heard.broken > 0, "nobody noticed"
    assert set(heard.statuses) <= {200, 201, 409, 503}, heard.statuses
    assert heard.statuses[409] > 0, "nobody wanted what another had"
    assert min(len(heard.taken), len(heard.joined)) > 3
    assert set(found.values()) == {0}, (found, heard.statuses)
