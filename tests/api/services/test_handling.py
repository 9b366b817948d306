"""Dispatchers at the same moment: nobody waits in a circle, for rows or for connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, create_engine

from api.services import plans
from api.services.actor import Actor
from api.services.handling import Desk, Spot
from api.services.incidents import Report, report
from api.services.locating import LocatorCache
from data.store import grids, regions
from geo.errors import Conflict
from tests.data.store.conftest import WEST, town, town_plan

CLERK = Actor("王芳")
PATIENCE_S = 20.0
LNG, LAT = 116.954, 31.045


def put_in_force(engine: Engine, *, cut: float = 0.005) -> None:
    with engine.begin() as connection:
        drafts = plans.store_city_plan(connection, town_plan(cut=cut), actor=CLERK)
        plans.publish_within(connection, drafts.values(), actor=CLERK)


@pytest.fixture
def town_engine(engine: Engine) -> Engine:
    """A database with the town's grids in force."""
    with engine.begin() as connection:
        regions.merge(connection, town())
    put_in_force(engine)
    return engine


def reported(engine: Engine) -> UUID:
    number: UUID = report(
        engine, LocatorCache(engine), CLERK, Report("热线", lng=LNG, lat=LAT)
    ).incident["id"]
    return number


def test_places_told_after_a_publication_need_no_connection_more_than_their_own(
    town_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many at once as there are connections, each with the grids of before in memory."""
    numbers = [reported(town_engine) for _ in range(2)]
    small = create_engine(town_engine.url, pool_size=2, max_overflow=0, pool_timeout=2)
    desk = Desk(small, LocatorCache(small))
    desk.locators.current()
    put_in_force(town_engine, cut=0.003)
    both = Barrier(2, timeout=PATIENCE_S)
    hold = grids.hold

    def hold_together(connection: Connection) -> None:
        hold(connection)
        both.wait()

    monkeypatch.setattr(grids, "hold", hold_together)
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(desk.place, CLERK, one, Spot(LNG, LAT), version=1) for one in numbers]
        told = [job.result() for job in jobs]
    small.dispose()
    assert {one.incident["grid_code"] for one in told} == {f"{WEST}002"}


def test_a_publication_that_gives_an_incident_away_is_noticed_by_who_saw_it_before(
    town_engine: Engine,
) -> None:
    number = reported(town_engine)
    desk = Desk(town_engine, LocatorCache(town_engine))
    seen = desk.get(number).incident
    put_in_force(town_engine, cut=0.003)
    with pytest.raises(Conflict) as stale:
        desk.take(CLERK, number, version=seen["version"])
    assert stale.value.code == "incident-stale"
    now = stale.value.now
    assert now is not None
    assert (seen["grid_code"], now["grid_code"]) == (f"{WEST}001", f"{WEST}002")
    assert desk.take(CLERK, number, version=now["version"])["taken_by"] == CLERK.who


def test_what_is_told_of_an_incident_is_of_one_moment_and_of_its_own_grid(
    town_engine: Engine,
) -> None:
    """The grids in memory are those of before until the process has heard of the publication."""
    number = reported(town_engine)
    desk = Desk(town_engine, LocatorCache(town_engine))
    assert desk.locators.current().n == 1
    put_in_force(town_engine, cut=0.003)
    told = desk.get(number)
    assert told.answer is not None and told.answer.grid is not None
    assert told.answer.grid.code == told.incident["grid_code"] == f"{WEST}002"
    assert desk.locators.current().n == 2


def test_memory_never_goes_back_to_grids_of_before(town_engine: Engine) -> None:
    cache = LocatorCache(town_engine)
    with town_engine.connect().execution_options(isolation_level="REPEATABLE READ") as before:
        assert grids.epoch(before) == 1
        put_in_force(town_engine, cut=0.003)
        assert cache.refresh().n == 2
        assert cache.refresh(before).n == 2
