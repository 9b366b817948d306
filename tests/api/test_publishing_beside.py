"""A publication beside others and beside reports: in one order everywhere, so that nobody waits in a circle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from api.services import plans as commands
from api.services.actor import Actor
from api.services.drafting import Shelf
from api.services.handling import Desk, Spot
from api.services.incidents import Report, report
from api.services.joining import join
from api.services.locating import LocatorCache
from api.services.publishing import Publishing, Wish
from data.settings import Settings
from data.store import drafts, grids, plans, regions, scheduling
from geo.errors import Conflict
from tests.data.store.conftest import EAST, WEST, town, town_plan

PLANNER = Actor("planner")
PATIENCE_S = 60.0
IN_WEST = {"lng": 116.954, "lat": 31.045}
"""In the first grid of the west, until the border between it and the second moves further west."""


@pytest.fixture
def city(engine: Engine) -> Engine:
    """The town, its first plans in force."""
    with engine.begin() as connection:
        regions.merge(connection, town())
    publish(engine, drawn(engine, cut=0.005))
    return engine


def drawn(engine: Engine, *, cut: float) -> dict[str, int]:
    with engine.begin() as connection:
        return commands.store_city_plan(connection, town_plan(cut=cut), actor=PLANNER)


def publish(engine: Engine, made: dict[str, int]) -> plans.Published:
    return commands.publish(engine, made.values(), actor=PLANNER)


class Beside:
    """Something done in a thread of its own."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.answer: object = None
        self._act = act
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.answer = self._act()
        except Exception as error:  # noqa: BLE001  the test looks at it
            self.answer = error

    def over(self) -> object:
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "it waits for ever"
        return self.answer


def blocked(engine: Engine) -> None:
    """Return once somebody waits for another's lock in this database."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND cardinality(pg_blocking_pids(pid)) > 0"
    )
    end = datetime.now(UTC) + timedelta(seconds=PATIENCE_S)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(query):
            assert datetime.now(UTC) < end, "nobody waits"


def open_place(connection: Connection, number: object) -> tuple[str, int]:
    query = text("SELECT grid_code, plan_id FROM incidents WHERE id = :id")
    row = connection.execute(query, {"id": number}).one()
    return row.grid_code, row.plan_id


def test_reports_go_on_while_open_incidents_are_put_elsewhere(city: Engine) -> None:
    """What comes before plan_epoch is held is recorded at once, and comes into the new grids with the others."""
    cache = LocatorCache(city)
    before = report(city, cache, PLANNER, Report("热线", **IN_WEST)).incident
    new = drawn(city, cut=0.003)
    with city.begin() as publication:
        ahead = plans.look_ahead(publication, new.values())
        meanwhile = report(city, cache, PLANNER, Report("热线", **IN_WEST)).incident
        assert meanwhile["grid_code"] == before["grid_code"] == f"{WEST}001"
        done = plans.publish(publication, new.values(), by="test", ahead=ahead)
    assert done.moved_incidents == 2
    with city.connect() as connection:
        for one in (before, meanwhile):
            assert open_place(connection, one["id"]) == (f"{WEST}002", new[WEST])


def test_a_place_that_is_corrected_meanwhile_is_located_by_the_new_grids(city: Engine) -> None:
    cache = LocatorCache(city)
    desk = Desk(city, cache)
    calls = [report(city, cache, PLANNER, Report("热线", **IN_WEST)).incident for _ in range(3)]
    new = drawn(city, cut=0.003)
    with city.begin() as publication:
        ahead = plans.look_ahead(publication, new.values())
        spot = Spot(lng=116.966, lat=31.045)
        placing = Beside(lambda: desk.place(PLANNER, calls[0]["id"], spot, version=0))
        joining = Beside(lambda: join(desk, PLANNER, calls[1]["id"], to=calls[2]["id"], version=1))
        blocked(city)
        plans.publish(publication, new.values(), by="test", ahead=ahead)
    stale = placing.over()
    assert isinstance(stale, Conflict)
    assert stale.code == "incident-stale"
    assert not isinstance(joining.over(), Exception)
    told = desk.place(PLANNER, calls[0]["id"], spot, version=1).incident
    assert (told["grid_code"], told["plan_id"]) == (f"{EAST}002", new[EAST])


def test_the_command_and_the_service_publish_the_same_plan_and_neither_is_killed(
    city: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service has locked the plan; the command comes; only then the service asks for plan_epoch."""
    new = drawn(city, cut=0.003)
    with city.connect() as connection:
        versions = {head["id"]: head["version"] for head in drafts.heads(connection, new.values())}
    service = Publishing(city, Shelf(Settings()))
    commands_: list[Beside] = []
    hold = scheduling.hold

    def hold_late(connection: Connection) -> None:
        commands_.append(Beside(lambda: publish(city, new)))
        blocked(city)
        hold(connection)

    monkeypatch.setattr(scheduling, "hold", hold_late)
    monkeypatch.setattr(
        service, "_blocking", lambda *_given, **_options: ()
    )  # hardly anybody lives there
    outcome = service.publish(PLANNER, Wish(versions))
    told = commands_[0].over()
    assert isinstance(told, Conflict), told
    assert told.code == "plan-not-draft"
    with city.connect() as connection:
        assert outcome.epoch == grids.epoch(connection) == 2
        assert plans.in_force(connection) == new


def test_drafts_of_one_community_published_at_once_come_one_after_the_other(
    city: Engine,
) -> None:
    cache = LocatorCache(city)
    call = report(city, cache, PLANNER, Report("热线", **IN_WEST)).incident
    first, second = drawn(city, cut=0.003), drawn(city, cut=0.005)
    with city.begin() as publication:
        ahead = plans.look_ahead(publication, first.values())
        other = Beside(lambda: publish(city, second))
        blocked(city)
        plans.publish(publication, first.values(), by="test", ahead=ahead)
    done = other.over()
    assert isinstance(done, plans.Published), done
    assert set(done.retired) == set(first.values())
    with city.connect() as connection:
        assert open_place(connection, call["id"]) == (f"{WEST}001", second[WEST])
