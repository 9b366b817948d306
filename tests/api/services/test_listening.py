"""Threads that listen or write in the background go on whatever the database says, and let go when the service does."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import InternalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.services import activating, listening, watching
from api.services import intake as intakes
from api.services.activating import Activator, activate_due
from api.services.actor import Actor
from api.services.incidents import Report
from api.services.intake import Intake
from api.services.listening import Listener
from api.services.live import Live
from api.services.locating import LocatorCache
from api.services.watching import Watch
from api.services.words import WordsCache
from api.state import Opening, State
from data.settings import Settings
from data.store import news, recording, scheduling, words
from data.store.changes import Changes
from geo.errors import EnvironmentMissing
from tests.data.store.test_news import age, came, kept

T = TypeVar("T")
FAILURES = [
    PoolTimeout("QueuePool limit reached"),
    InternalError("SELECT", {}, Exception("told so")),
    EnvironmentMissing("cluster-missing"),
    ValueError("what nobody expected"),
]
PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "RETRY_S", 0.01)
    monkeypatch.setattr(listening, "DEFECT_S", 0.01)


@pytest.fixture
def scarce(engine: Engine) -> Iterator[Engine]:
    """One connection, for which nobody waits."""
    made = create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=0.01)
    yield made
    made.dispose()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it never comes"
        time.sleep(0.01)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
def test_a_listener_begins_anew_after_every_error_and_says_so(
    engine: Engine, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    began, failures = threading.Event(), [failure, failure]

    def work(changes: Changes) -> None:
        if failures:
            raise failures.pop()
        began.set()
        changes.wait(PATIENCE_S)

    with caplog.at_level(logging.WARNING):
        listener = Listener(engine, ["incident_news"], work, name="patient")
        listener.start()
        assert began.wait(PATIENCE_S)
        listener.close()
    assert len([one for one in caplog.records if "patient" in one.getMessage()]) == 2


def test_the_epoch_is_followed_on_when_no_connection_was_to_be_had(
    scarce: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    cache = LocatorCache(scarce)
    cache.refresh()
    with scarce.connect(), caplog.at_level(logging.WARNING):
        watch = Watch(scarce, cache)
        until(lambda: "QueuePool" in caplog.text)
    with scarce.begin() as connection:
        connection.execute(text("UPDATE plan_epoch SET n = n + 1"))
        connection.execute(text("SELECT pg_notify('plan_epoch', '')"))
    until(lambda: cache.current().n == 1)
    watch.close()


def test_news_of_yesterday_is_let_go_although_nobody_follows(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "FORGET_S", 0.0)
    monkeypatch.setattr(watching, "HEARTBEAT_S", 0.05)
    with engine.begin() as connection:
        came(connection)
        age(connection)
    watch = Watch(engine, LocatorCache(engine))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        until(lambda: kept(connection) == 0)
    watch.close()


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
def test_reports_are_recorded_although_nobody_could_be_told_of_the_last_one(
    engine: Engine,
    failure: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    failing = threading.Semaphore(intakes.WRITERS)

    def call_out(_connection: object) -> None:
        if failing.acquire(blocking=False):
            raise failure

    monkeypatch.setattr(recording, "call_out", call_out)
    monkeypatch.setattr(intakes, "CALL_S", 0.0)
    intake = Intake(engine, LocatorCache(engine))
    clerk = Actor("clerk")
    with caplog.at_level(logging.WARNING):
        for number in range(4 * intakes.WRITERS):
            recorded = intake.report(clerk, Report("热线", str(number))).result(PATIENCE_S)
            assert recorded.incident["version"] == 0
    intake.close()
    assert caplog.records


def test_a_report_for_which_no_connection_is_free_is_answered_and_the_next_goes_in(
    engine: Engine,
) -> None:
    few = create_engine(engine.url, pool_size=intakes.WRITERS, max_overflow=0, pool_timeout=0.01)
    cache, clerk = LocatorCache(few), Actor("clerk")
    cache.refresh()
    intake = Intake(few, cache)
    with ExitStack() as others:
        for _ in range(intakes.WRITERS):
            others.enter_context(few.connect())
        for number in range(2 * intakes.WRITERS):
            with pytest.raises(PoolTimeout):
                intake.report(clerk, Report("热线", f"early {number}")).result(PATIENCE_S)
    assert not intake.report(clerk, Report("热线", "late")).result(PATIENCE_S).repeated
    intake.close()
    few.dispose()


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
def test_words_are_searched_on_when_it_is_not_known_whether_they_changed(
    engine: Engine,
    failure: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    cache = WordsCache(engine)
    known = cache.current()
    failures = [failure]

    def version(_connection: object) -> Any:
        if failures:
            raise failures.pop()
        return 1, 1

    monkeypatch.setattr(words, "version", version)
    with caplog.at_level(logging.WARNING):
        cache._renew()
        assert cache.current() is known
        cache._renew()
        assert cache.current() is not known
    assert "addresses" in caplog.text


def alone(job: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run on a thread of its own: a browser that other tests have open in this process has a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(job())).result()


def test_who_begins_to_follow_while_the_service_stops_is_let_go(engine: Engine) -> None:
    async def follows() -> bool:
        live = Live(engine)
        live.end()
        follower, told = await asyncio.to_thread(live.follow, asyncio.get_running_loop())
        nothing = await follower.news(PATIENCE_S)
        await asyncio.to_thread(live.close)
        return follower.over and not told.many and nothing is None

    assert alone(follows)


def test_a_service_that_is_told_to_stop_before_it_is_open_keeps_no_follower(
    db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_open, opened = threading.Event(), State.open

    def slowly(settings: Settings) -> State:
        assert may_open.wait(PATIENCE_S)
        return opened(settings)

    async def follows() -> bool:
        monkeypatch.setattr(State, "open", slowly)
        opening = Opening(Settings(database_url=db_url))
        opening.begin()
        opening.end_streams()
        may_open.set()
        state = await opening.get()
        follower, _ = await asyncio.to_thread(state.live.follow, asyncio.get_running_loop())
        await opening.close()
        return follower.over

    assert alone(follows)


def test_who_cannot_follow_is_not_kept(scarce: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(_connection: object, _position: str) -> Any:
        raise PoolTimeout("none to be had")

    async def follows() -> None:
        live = Live(scarce)
        monkeypatch.setattr(news, "look", look)
        monkeypatch.setattr(news, "here", lambda _connection: "1:1:")
        with pytest.raises(PoolTimeout):
            await asyncio.to_thread(live.follow, asyncio.get_running_loop(), "1:1:")
        assert not live._followers
        live.close()

    alone(follows)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
def test_scheduled_plans_are_looked_for_again_after_every_error(
    failure: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failures, looked = [failure], threading.Event()

    def activate_due(_publishing: object) -> None:
        if failures:
            raise failures.pop()
        looked.set()

    monkeypatch.setattr(activating, "activate_due", activate_due)
    monkeypatch.setattr(activating, "LOOK_S", 0.01)
    monkeypatch.setattr(Activator, "_wait_s", lambda _self: 0.01)
    with caplog.at_level(logging.WARNING):
        thread = Activator(None)  # type: ignore[arg-type]
        assert looked.wait(PATIENCE_S)
        thread.close()
    assert len(caplog.records) == 1


class Plans:
    """Publications of which the first fails."""

    def __init__(self, engine: Engine, failure: Exception) -> None:
        self.engine, self.failure = engine, failure

    def activate(self, plan_id: int) -> int:
        if plan_id == 1:
            raise self.failure
        return plan_id

    def refuse(self, plan_id: int, _why: str) -> None:
        assert plan_id == 1


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: type(one).__name__)
def test_a_plan_that_fails_at_its_time_keeps_no_other(
    engine: Engine, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "due", lambda _connection: [{"id": 1}, {"id": 2}])
    plans: Any = Plans(engine, failure)
    if isinstance(failure, PoolTimeout):  # no fault of the plan's: all of it is tried again
        with pytest.raises(PoolTimeout):
            activate_due(plans)
    else:
        assert activate_due(plans) == [2]
