"""What every test may ask for."""

from __future__ import annotations

import fcntl
import gc
import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from data import migrate
from data.apart import Apart
from data.apart.nursing import Nursing
from data.cluster import Cluster
from data.database import PLAIN_CONNECTIONS
from geo.model import CityPlan
from tests.in_memory import CLUSTER

pytest_plugins = ["tests.browsing"]

# A busy machine is no fault of the code: nothing in the suite is judged by its time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]
LONGEST = (
    "api/test_ground_page.py",
    "api/test_ground_cities.py",
    "api/test_redrawing_killed.py",
    "api/test_redraw_page.py",
    "api/test_redraw_import_page.py",
    "api/test_under_load.py",
    "data/cluster/test_lifecycle.py",
    "geo/partition/test_draw.py",
    "maps/test_page_browser.py",
    "api/test_job.py",
    "api/test_dispatch_page.py",
    "api/test_hostile.py",
    "api/test_dispatch_under_load.py",
    "api/cli/test_stopping.py",
    "api/test_live.py",
    "api/test_trace_page.py",
    "api/test_redraw_told.py",
    "data/demo/test_people.py",
    "api/test_leaders_way.py",
)
"""Files of tests that take longest: begun first, so that no core waits for the last of them."""
SHARED = ROOT.parent / "shared" / "data"
MAKING_TEMPLATE = 4490_0002
"""Advisory lock: test runs that share the cluster make its template once."""


def pytest_configure() -> None:
    """Nothing is garbage while modules are loaded, and there are thousands: looking for it takes a second a process."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What is loaded stays: the search for garbage passes over it from now on (it took a sixteenth of the suite)."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in the order in which they are handed out."""
    rank = {ROOT / "tests" / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real inputs; a test that needs it skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"real inputs are not on this machine: {SHARED.name}/")
    return SHARED


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursing]:
    """All services of a test run have one nursery: to begin it takes a second. Of a service that is closed the children
    end nevertheless."""
    from api.state import CHILDREN

    kept = Nursing(CHILDREN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.state.Apart", lambda limits, **_own: Apart(limits, nursery=kept))
        yield kept
    kept.close()


@pytest.fixture(scope="session")
def kept_plan(
    tmp_path_factory: pytest.TempPathFactory, testrun_uid: str
) -> Callable[..., CityPlan]:
    """``kept_plan(draw)``: the plan of the demo city, drawn once for all of pytest's processes: the first to come
    draws, the others wait for it. ``anew``: it is drawn whether it is known or not, and is then the one that is
    known."""
    kept = tmp_path_factory.getbasetemp().parent / f"demo-plan-{testrun_uid}.pickle"

    def plan(draw: Callable[[], CityPlan], *, anew: bool = False) -> CityPlan:
        with kept.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if anew or not kept.exists():
                kept.write_bytes(pickle.dumps(draw()))
            known: CityPlan = pickle.loads(kept.read_bytes())
        return known

    return plan


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans are searched for a quarter as long: how even they become is for the benchmark, and bounds that hold by then
    hold after more."""
    for name, less in (("ROUNDS", 30), ("HARD_STARTS", 25), ("HARD_ROUNDS", 50)):
        monkeypatch.setattr(f"geo.partition.choose.{name}", less)


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The tests' own PostGIS: where ./test says (in memory, gone with the run: tests/in_memory.py), else on the disk,
    started when needed and left running for the next run.

    What it holds is gone after each test, so it never waits for the disk: half the time of a test's
    own database. Tests of what a kill leaves make clusters of their own, which do wait.
    """
    memory = os.environ.get("TESTS_IN_MEMORY")
    cluster = Cluster(Path(memory, CLUSTER) if memory else ROOT / ".wangge" / "test")
    cluster.up()
    with _server(cluster) as server:
        for waiting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.execute(text(f"ALTER SYSTEM SET {waiting} = off"))
        server.execute(text("SELECT pg_reload_conf()"))
    return cluster


@pytest.fixture(scope="session")
def template(migrated: str) -> str:
    """The name of the database of which each test has a copy; a file's own fixture of this name may fill it first."""
    return migrated


@pytest.fixture(scope="session")
def migrated(cluster: Cluster) -> str:
    """The name of a migrated, empty database: one for each state of the migrations."""
    steps = sorted((ROOT / "data" / "migrations").rglob("*.[ps][yq]*"))
    state = hashlib.sha256(b"".join(step.read_bytes() for step in steps)).hexdigest()[:12]
    name = f"template_{state}"
    with _server(cluster) as server:
        server.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MAKING_TEMPLATE})
        try:
            _make_template(cluster, server, name)
        finally:
            server.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MAKING_TEMPLATE})
    return name


def _make_template(cluster: Cluster, server: Connection, name: str) -> None:
    known = text("SELECT count(*) FROM pg_database WHERE datname = :name")
    if not server.scalar(known, {"name": name}):
        half_made = f"{name}_new"
        server.execute(text(f"DROP DATABASE IF EXISTS {half_made}"))
        server.execute(text(f"CREATE DATABASE {half_made} TEMPLATE template0"))
        engine = create_engine(cluster.url(half_made), poolclass=NullPool)
        migrate.upgrade(engine)
        server.execute(text(f"ALTER DATABASE {half_made} RENAME TO {name}"))


@pytest.fixture
def empty_db_url(cluster: Cluster) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    with database(cluster, "template0") as url:
        yield url


@pytest.fixture
def db_url(
    cluster: Cluster,
    template: str,
    nursery: Nursing,  # noqa: ARG001  the one of all services on it
) -> Iterator[str]:
    """The URL of a migrated, empty database of this test alone."""
    with database(cluster, template) as url:
        yield url


@pytest.fixture
def engine(db_url: str) -> Iterator[Engine]:
    """An engine on this test's own database."""
    engine = create_engine(db_url, **PLAIN_CONNECTIONS)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on this test's own database."""
    with Session(engine) as session:
        yield session


@contextmanager
def _server(cluster: Cluster) -> Iterator[Connection]:
    with _engine(cluster.url("postgres")).connect() as connection:
        yield connection


@cache
def _engine(url: str) -> Engine:
    """One connection that a process keeps: each test makes and drops a database, and to connect anew takes 7 ms."""
    return create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)


@contextmanager
def filled(cluster: Cluster, template: str, fill: Callable[[Connection], object]) -> Iterator[str]:
    """The name of a copy of ``template`` with something in it: what a file's tests have copies of instead, each its
    own. Filling a town takes ten times as long as copying it."""
    with database(cluster, template) as url:
        engine = create_engine(url, poolclass=NullPool, **PLAIN_CONNECTIONS)
        with engine.begin() as connection:
            fill(connection)
        yield engine.url.database or ""


@contextmanager
def database(cluster: Cluster, template: str) -> Iterator[str]:
    """A fresh copy of ``template``, gone afterwards; its URL."""
    name = f"test_{uuid4().hex}"
    with _server(cluster) as server:
        server.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
    try:
        yield cluster.url(name)
    finally:
        with _server(cluster) as server:
            server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
