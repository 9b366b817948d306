"""Real server processes under intake: plans are published, a worker and PostgreSQL are killed; nothing is lost."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from api.services import plans
from api.services.actor import Actor
from data import migrate
from data.cluster import Cluster
from data.cluster.processes import postmaster_pid, server_pids
from data.store import regions
from tests.benchmarks.epochs import AUDIT, SERVE, faults, under_intake
from tests.benchmarks.load import press
from tests.benchmarks.town import family, served, wait_ready
from tests.data.store.conftest import town, town_plan

BOUNDS = (116.949, 31.04, 116.971, 31.05)
PLANNER = Actor("planner")
PUBLICATIONS = 4


def publish(engine: Engine, cut: float) -> None:
    with engine.begin() as connection:
        drafts = plans.store_city_plan(connection, town_plan(cut=cut), actor=PLANNER)
    plans.publish(engine, drafts.values(), actor=PLANNER)


def in_force(engine: Engine) -> Engine:
    with engine.begin() as connection:
        regions.merge(connection, town())
        for statement in AUDIT:
            connection.execute(text(statement))
    publish(engine, 0.005)
    return engine


def workers(pid: int) -> list[int]:
    """The processes of a server that hold a locator: its children, less multiprocessing's tracker."""
    lines = {one: Path(f"/proc/{one}/cmdline").read_bytes() for one in family(pid)[1:]}
    return [one for one, line in lines.items() if b"spawn_main" in line]


def test_the_client_survives_a_server_that_hangs_up_between_requests() -> None:
    answers = [b"503 Away", b"201 Created"]
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            for said in answers:
                line, _ = door.accept()
                line.recv(1 << 16)
                line.sendall(b"HTTP/1.1 " + said + b"\r\nContent-Length: 0\r\n\r\n")
                line.close()

        thread = threading.Thread(target=serve)
        thread.start()
        request = b"GET / HTTP/1.1\r\n\r\n"
        tally = press(door.getsockname(), iter([request]), clients=1, seconds=1)
        thread.join()
    assert tally.statuses == {503: 1, 201: 1}


def test_publishing_and_a_killed_worker_lose_nothing(engine: Engine, db_url: str) -> None:
    in_force(engine)
    with served(SERVE, db_url) as (address, pid):

        def disturb() -> None:
            for turn in range(PUBLICATIONS):
                publish(engine, 0.003 + 0.0002 * turn)
                if turn == PUBLICATIONS // 2:
                    os.kill(workers(pid)[0], signal.SIGKILL)

        tally, heard = under_intake(address, BOUNDS, disturb, clients=8)
    found = faults(engine, heard)
    assert len(heard.grids) > PUBLICATIONS
    assert set(found.values()) == {0}, (found, tally)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT n FROM plan_epoch")) == PUBLICATIONS + 1


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path / "pg")
    cluster.up()
    yield cluster
    cluster.destroy()


def test_a_killed_postgresql_loses_nothing_that_was_answered(own_cluster: Cluster) -> None:
    url = own_cluster.url()
    engine = create_engine(url, pool_pre_ping=True)
    migrate.upgrade(engine)
    in_force(engine)
    with served(SERVE, url) as (address, _):

        def disturb() -> None:
            publish(engine, 0.004)
            data = own_cluster.root.resolve() / "data"
            postmaster = postmaster_pid(data)
            assert postmaster is not None
            for one in (postmaster, *server_pids(data)):
                with suppress(ProcessLookupError):  # followed its postmaster by itself
                    os.kill(one, signal.SIGKILL)
            own_cluster.up()
            wait_ready(address[1])
            publish(engine, 0.006)

        tally, heard = under_intake(address, BOUNDS, disturb, clients=8)
    found = faults(engine, heard)
    engine.dispose()
    assert tally.statuses.get(503, 0) + tally.broken > 0, "nobody noticed"
    assert set(found.values()) == {0}, (found, tally)
