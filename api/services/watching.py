"""Keeps the epoch in memory the present one, in a thread of its own."""

from __future__ import annotations

import logging
from threading import Event, Thread

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from api.services.locating import LocatorCache
from data.store.changes import DIRECTORY, PLANS, Changes
from geo.errors import WanggeError

HEARTBEAT_S = 5.0
"""How often the epoch is looked up although nothing was heard, and the clocks are compared."""
RETRY_S = 0.5

_log = logging.getLogger(__name__)


class Watch:
    """Refreshes a cache when plans are published or people change, as soon as it is committed.

    What was missed while the connection was away is read again when it is back.
    """

    def __init__(self, engine: Engine, cache: LocatorCache) -> None:
        self._engine, self._cache = engine, cache
        self._stop = Event()
        self._changes: Changes | None = None
        self._thread = Thread(target=self._run, name="wangge-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and wait until the thread is gone."""
        self._stop.set()
        if self._changes is not None:
            self._changes.wake()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with Changes(self._engine) as changes:
                    self._changes = changes
                    self._follow(changes)
            except (DBAPIError, WanggeError) as error:
                _log.warning("plans and posts are not heard of: %s", error)
                self._stop.wait(RETRY_S)
            finally:
                self._changes = None

    def _follow(self, changes: Changes) -> None:
        self._cache.refresh()
        self._cache.reread()
        while not self._stop.is_set():
            heard = changes.wait(HEARTBEAT_S)
            n, seconds = changes.look()
            self._cache.set_clock(seconds)
            if PLANS in heard or n != self._cache.current().n:
                self._cache.refresh()
            if DIRECTORY in heard:
                self._cache.reread()
