"""The gazetteer of a process: what people say for places, kept in memory and made anew when the store changes."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime
from threading import Lock, RLock, Thread

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from data.store import choices, words
from geo.gazetteer import Gazetteer, normal

LOOK_S = 2.0
"""How often it is looked whether the store has changed."""

_log = logging.getLogger(__name__)
_Version = tuple[tuple[str, int], ...]


class WordsCache:
    """The present gazetteer. One for each process; safe between threads.

    The first who asks waits until it is made. Later, what is newer is made aside and swapped in; until then, and while
    the database is away, the former is searched. Choices made through another process come in with the next look, those
    made through this one at once.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = RLock()
        self._learning = Lock()
        self._learned: Mapping[str, Mapping[str, int]] = {}
        self._heard: datetime | None = None
        self._kept: tuple[_Version, Gazetteer] | None = None
        self._looked_s = float("-inf")
        self._making: Thread | None = None

    def current(self) -> Gazetteer:
        """The gazetteer to search now."""
        with self._lock:
            if self._kept is None:
                return self._keep(*self._make())
            if time.monotonic() - self._looked_s > LOOK_S and self._making is None:
                self._making = Thread(target=self._renew, name="wangge-words", daemon=True)
                self._making.start()
            return self._kept[1]

    def choose(self, said: str, *, kind: str, key: str) -> bool:
        """Remember that an entry was meant by some words; False for what is not in the gazetteer or can't recur."""
        form = normal(said)
        if key not in self.current() or not form or len(said) > choices.LONGEST:
            return False
        with self._engine.begin() as connection:
            choices.record(connection, words=form, kind=kind, key=key)
        with self._engine.connect() as connection:
            self._hear(connection)
        return True

    def _renew(self) -> None:
        try:
            kept = self._kept
            with self._engine.connect() as connection:
                self._hear(connection)
                same = kept is not None and words.version(connection) == kept[0]
            if not same:
                self._keep(*self._make())
        except SQLAlchemyError as error:
            _log.warning("it is not known whether addresses have changed: %s", error)
        except Exception:  # noqa: BLE001  what is known is searched on
            _log.exception("what changed of addresses could not be taken in")
        finally:
            self._looked_s = time.monotonic()
            self._making = None

    def _make(self) -> tuple[_Version, Gazetteer]:
        with self._engine.connect() as connection:
            version = words.version(connection)
            entries = words.entries(connection)
            self._hear(connection)
        self._looked_s = time.monotonic()
        return version, Gazetteer(entries)

    def _keep(self, version: _Version, gazetteer: Gazetteer) -> Gazetteer:
        with self._lock:
            self._kept = version, gazetteer.with_learned(self._learned)
            return self._kept[1]

    def _hear(self, connection: Connection) -> None:
        """Take in what was chosen since it was last asked; what is known already changes nothing."""
        with self._learning:
            rows = choices.since(connection, self._heard)
            news = [row for row in rows if self._count(row["words"], row["key"]) != row["count"]]
            if rows:
                self._heard = rows[-1]["last_at"]
            if not news:
                return
            learned = dict(self._learned)
            for row in news:
                learned[row["words"]] = {**learned.get(row["words"], {}), row["key"]: row["count"]}
            self._learned = learned
        with self._lock:
            if self._kept is not None:
                self._keep(*self._kept)

    def _count(self, form: str, key: str) -> int:
        return self._learned.get(form, {}).get(key, 0)
