"""Keeps the epoch in memory the present one, and the news of incidents those of a day, in a thread of its own."""

from __future__ import annotations

import time

from sqlalchemy import Engine

from api.services.listening import Listener
from api.services.locating import LocatorCache
from data.store import city_changes, news
from data.store.changes import DIRECTORY, PLANS, Changes

HEARTBEAT_S = 5.0
"""How often the epoch is looked up although nothing was heard, and the clocks are compared."""
FORGET_S = 3600.0
"""How often old news are let go of."""


class Watch:
    """Refreshes a cache when plans are published or people change, as soon as it is committed.

    What was missed while the connection was away is read again when it is back.
    """

    def __init__(self, engine: Engine, cache: LocatorCache) -> None:
        self._cache = cache
        self._forgot_s = float("-inf")
        self._listener = Listener(engine, (PLANS, DIRECTORY), self._follow, name="wangge-watch")
        self._listener.start()

    def close(self) -> None:
        """Stop, and wait until the thread is gone."""
        self._listener.close()

    def _follow(self, changes: Changes) -> None:
        self._cache.refresh()
        self._cache.reread()
        while not self._listener.stopping:
            self._forget(changes)
            heard = changes.wait(HEARTBEAT_S)
            n, seconds = changes.look()
            self._cache.set_clock(seconds)
            if PLANS in heard or n != self._cache.current().n:
                self._cache.refresh()
            if DIRECTORY in heard:
                self._cache.reread()

    def _forget(self, changes: Changes) -> None:
        """Here, because this thread runs in every service, whether somebody follows the live list or not."""
        if time.monotonic() - self._forgot_s > FORGET_S:
            news.forget(changes.connection)
            city_changes.forget(changes.connection)
            self._forgot_s = time.monotonic()
