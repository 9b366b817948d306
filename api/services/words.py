"""The gazetteer of a process: what people say for places, kept in memory and made anew when the store changes."""

from __future__ import annotations

import logging
import time
from threading import Lock, Thread

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from data.store import words
from geo.gazetteer import Gazetteer

LOOK_S = 2.0
"""How often it is looked whether the store has changed."""

_log = logging.getLogger(__name__)
_Version = tuple[tuple[str, int], ...]


class WordsCache:
    """The present gazetteer. One for each process; safe between threads.

    The first who asks waits until it is made. Later, what is newer is made aside and swapped in; until then, and while
    the database is away, the former is searched.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._kept: tuple[_Version, Gazetteer] | None = None
        self._looked_s = float("-inf")
        self._making: Thread | None = None

    def current(self) -> Gazetteer:
        """The gazetteer to search now."""
        with self._lock:
            if self._kept is None:
                self._kept = self._make()
            elif time.monotonic() - self._looked_s > LOOK_S and self._making is None:
                self._making = Thread(target=self._renew, name="wangge-words", daemon=True)
                self._making.start()
            return self._kept[1]

    def _renew(self) -> None:
        try:
            kept = self._kept
            with self._engine.connect() as connection:
                same = kept is not None and words.version(connection) == kept[0]
            if not same:
                self._kept = self._make()
        except DBAPIError as error:
            _log.warning("it is not known whether addresses have changed: %s", error)
        finally:
            self._looked_s = time.monotonic()
            self._making = None

    def _make(self) -> tuple[_Version, Gazetteer]:
        with self._engine.connect() as connection:
            version = words.version(connection)
            entries = words.entries(connection)
        self._looked_s = time.monotonic()
        return version, Gazetteer(entries)
