"""The live list of a process: what came in or changed is told to everybody who follows it, over one connection to the
database however many they are."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from threading import Event, Lock, Thread
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from data.store import news
from data.store.changes import Changes
from data.store.news import CHANNEL, MOST, News

LOOK_S = 5.0
"""How often it is looked although nobody called: what a process that was killed told nobody of."""
PAUSE_S = 0.1
"""What comes within this is told together."""
RETRY_S = 0.5
FORGET_S = 3600.0

_log = logging.getLogger(__name__)


class Follower:
    """One who follows. What comes while it is busy is put together; more than MOST is "many"."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = Lock()
        self._woken = asyncio.Event()
        self._changed: dict[UUID, int] = {}
        self._many = False
        self._position = ""
        self._over = False

    @property
    def over(self) -> bool:
        """Whether the service stops."""
        return self._over

    def hear(self, told: News) -> None:
        """From any thread: this is new."""
        with self._lock:
            self._position = told.position
            self._changed.update(told.changed)
            self._many = self._many or told.many or len(self._changed) > MOST
            if self._many:
                self._changed.clear()
        self._wake()

    def end(self) -> None:
        """From any thread, a signal's handler too: there will be no more."""
        self._over = True
        self._wake()

    async def news(self, timeout_s: float) -> News | None:
        """What is new; None when nothing was for that long, or there will be no more."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), timeout_s)
        self._woken.clear()
        with self._lock:
            if not (self._changed or self._many):
                return None
            told = News(self._position, dict(self._changed), self._many)
            self._changed.clear()
            self._many = False
        return told

    def _wake(self) -> None:
        with suppress(RuntimeError):  # a loop that is closed: nobody waits
            self._loop.call_soon_threadsafe(self._woken.set)


class Live:
    """Looks what is new and tells the followers. Nothing runs before the first one comes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._followers: set[Follower] = set()
        self._stop = Event()
        self._changes: Changes | None = None
        self._thread: Thread | None = None
        self._position = ""
        self._forgot_s = float("-inf")

    def follow(
        self, loop: asyncio.AbstractEventLoop, position: str | None = None
    ) -> tuple[Follower, News]:
        """Follow from now on, for whoever awaits on ``loop``; and what came since ``position`` (of a former `News`;
        None: nothing, it starts here). What comes meanwhile may be told twice, never not at all.

        Asks the database; DBAPIError where it is away.
        """
        follower = Follower(loop)
        try:
            with self._engine.connect() as connection:
                self._add(follower, connection)
                if position is not None:
                    return follower, news.look(connection, position)
                return follower, News(news.here(connection), {})
        except DBAPIError:
            self.leave(follower)
            raise

    def leave(self, follower: Follower) -> None:
        """Follow no longer."""
        with self._lock:
            self._followers.discard(follower)

    def end(self) -> None:
        """Let every follower go; safe in a signal's handler."""
        for follower in list(self._followers):
            follower.end()

    def close(self) -> None:
        """Stop, and wait until the thread is gone."""
        self.end()
        self._stop.set()
        if self._changes is not None:
            self._changes.wake()
        if self._thread is not None:
            self._thread.join()

    def _add(self, follower: Follower, connection: Connection) -> None:
        with self._lock:
            self._followers.add(follower)
            if len(self._followers) == 1:  # nobody has been told of anything for a while
                self._position = news.here(connection)
            if self._thread is None and not self._stop.is_set():
                self._thread = Thread(target=self._run, name="wangge-live", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with Changes(self._engine, [CHANNEL]) as changes:
                    self._changes = changes
                    self._listen(changes)
            except DBAPIError as error:
                _log.warning("incidents are not heard of: %s", error)
                self._stop.wait(RETRY_S)
            finally:
                self._changes = None

    def _listen(self, changes: Changes) -> None:
        while not self._stop.is_set():
            if self._followers:
                self._look()
                self._stop.wait(PAUSE_S)
            changes.wait(LOOK_S)
            self._forget()

    def _look(self) -> None:
        with self._engine.connect() as connection:
            told = news.look(connection, self._position)
        self._position = told.position
        if told.changed or told.many:
            for follower in list(self._followers):
                follower.hear(told)

    def _forget(self) -> None:
        if time.monotonic() - self._forgot_s > FORGET_S:
            with self._engine.begin() as connection:
                news.forget(connection)
            self._forgot_s = time.monotonic()
