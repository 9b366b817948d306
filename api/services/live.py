"""The live list of a process: what came in or changed is told to everybody who follows it, over one connection to the
database however many they are."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Lock
from uuid import UUID

from sqlalchemy import Engine

from api.services.listening import Listener
from data.store import news
from data.store.changes import Changes
from data.store.news import CHANNEL, MOST, News

LOOK_S = 5.0
"""How often it is looked although nobody called: what a process that was killed told nobody of."""
PAUSE_S = 0.1
"""What comes within this is told together."""


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
        # Taken on the event loop too: nobody who has it waits for anything.
        self._lock = Lock()
        self._followers: set[Follower] = set()
        self._over = False
        self._position = ""
        self._listener = Listener(engine, [CHANNEL], self._listen, name="wangge-live")

    def follow(
        self, loop: asyncio.AbstractEventLoop, position: str | None = None
    ) -> tuple[Follower, News]:
        """Follow from now on, for whoever awaits on ``loop``; and what came since ``position`` (of a former `News`;
        None: nothing, it starts here). What comes meanwhile may be told twice, never not at all. While the service
        stops, who follows is let go at once.

        Asks the database; SQLAlchemyError where it is away, or has no connection to spare.
        """
        follower = Follower(loop)
        try:
            with self._engine.connect() as connection:
                self._add(follower, news.here(connection))
                if position is not None:
                    return follower, news.look(connection, position)
                return follower, News(news.here(connection), {})
        except BaseException:
            self.leave(follower)
            raise

    def leave(self, follower: Follower) -> None:
        """Follow no longer."""
        with self._lock:
            self._followers.discard(follower)

    def end(self) -> None:
        """Let every follower go, those still to come too; safe in a signal's handler."""
        self._over = True
        for follower in list(self._followers):
            follower.end()

    def close(self) -> None:
        """Stop, and wait until the thread is gone."""
        self.end()
        self._listener.close()

    def _add(self, follower: Follower, here: str) -> None:
        """From now on it is told. ``here``: a position of just before."""
        with self._lock:
            self._followers.add(follower)
            if len(self._followers) == 1:  # nobody has been told of anything for a while
                self._position = here
        if self._over:  # looked up after it was added: `end` finds it, or it finds the end
            follower.end()
        self._listener.start()

    def _listen(self, changes: Changes) -> None:
        while not self._listener.stopping:
            if self._followers:
                self._look(changes)
                self._listener.pause(PAUSE_S)
            changes.wait(LOOK_S)

    def _look(self, changes: Changes) -> None:
        with self._lock:
            position = self._position
        told = news.look(changes.connection, position)
        with self._lock:
            self._position = told.position
            followers = list(self._followers)
        if told.changed or told.many:
            for follower in followers:
                follower.hear(told)
