"""The gazetteer of a process: what people say for places, kept in memory and made anew when the store changes."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock, RLock, Thread

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from data.store import choices, words
from data.store.city_changes import Stand
from geo.gazetteer import Candidate, Gazetteer, merged, normal

LOOK_S = 2.0
"""How often it is looked what was chosen through other processes."""
BESIDE_MOST = 3000
"""How many rows that were written meanwhile are searched beside the former gazetteer."""

_log = logging.getLogger(__name__)
_SNAPSHOT = {"isolation_level": "REPEATABLE READ"}


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; ``behind``: so much was written just now that not all of it can be found yet."""

    candidates: Sequence[Candidate]
    behind: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    """The gazetteer of a state of the store. beside: of what was written until another state, None for too much."""

    version: Stand
    seen: words.Snapshot
    gazetteer: Gazetteer
    beside: tuple[Stand, Gazetteer | None] | None = None


class WordsCache:
    """The present gazetteer. One for each process; safe between threads.

    The first who asks waits until it is made. Whoever asks later first looks whether anything was written that words
    come from. If so, a new one is made aside and swapped in; until then the former is searched, together with a small
    one of what was written meanwhile, and what is gone is left out: nobody waits, and what was committed is found.
    Choices made through another process come in every two seconds, those made through this one at once.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock, self._beside = RLock(), Lock()
        self._learning = Lock()
        self._learned: Mapping[str, Mapping[str, int]] = {}
        self._heard: datetime | None = None
        self._kept: _Kept | None = None
        self._looked_s = float("-inf")
        self._making: Thread | None = None

    def current(self) -> Gazetteer:
        """The gazetteer in memory; made now if there is none yet."""
        with self._lock:
            if self._kept is None:
                self._keep(self._make())
            assert self._kept is not None
            return self._kept.gazetteer

    def search(self, said: str, *, limit: int) -> Found:
        """What words may mean by what is committed (while the database is away: by what is known), likeliest first."""
        self.current()
        try:
            kept, changed = self._look()
        except SQLAlchemyError as error:
            _log.warning("it is not known whether addresses have changed: %s", error)
            return Found(self.current().search(said, limit=limit))
        found = kept.gazetteer.search(said, limit=limit)
        if not changed or kept.beside is None:
            return Found(found)
        beside = kept.beside[1]
        if beside is None:
            return Found(self._standing(found), behind=True)
        return Found(merged(self._standing(found), beside.search(said, limit=limit), limit=limit))

    def __contains__(self, key: str) -> bool:
        """Whether there is an entry of this key."""
        kept = self._kept
        beside = kept.beside[1] if kept is not None and kept.beside is not None else None
        return key in self.current() or (beside is not None and key in beside)

    def choose(self, said: str, *, kind: str, key: str) -> bool:
        """Remember that an entry was meant by some words; False for what is not in the gazetteer or can't recur."""
        form = normal(said)
        if key not in self or not form or len(said) > choices.LONGEST:
            return False
        with self._engine.begin() as connection:
            choices.record(connection, words=form, kind=kind, key=key)
        with self._engine.connect() as connection:
            self._hear(connection)
        return True

    def _look(self) -> tuple[_Kept, bool]:
        """What is kept, and whether the store has changed since; then what changed is beside it, and a new one is on
        its way."""
        with self._engine.connect() as connection:
            version = words.version(connection)
        kept = self._present()
        if kept.version == version:
            if time.monotonic() - self._looked_s > LOOK_S:
                self._renew_aside()
            return kept, False
        self._renew_aside()
        with self._beside:  # who comes meanwhile needs the same
            kept = self._present()
            if kept.version != version and (kept.beside is None or kept.beside[0] != version):
                kept = self._with_beside(kept)
        return kept, kept.version != version

    def _present(self) -> _Kept:
        assert self._kept is not None, "made by current()"
        return self._kept

    def _with_beside(self, kept: _Kept) -> _Kept:
        with self._engine.connect().execution_options(**_SNAPSHOT) as connection:
            version = words.version(connection)
            few = words.changed(connection, kept.seen) <= BESIDE_MOST
            entries = words.entries(connection, since=kept.seen) if few else ()
        beside = Gazetteer(entries, learned=self._learned) if few else None
        with self._lock:
            if self._kept is not None and self._kept.version == kept.version:
                self._kept = replace(self._kept, beside=(version, beside))
                return self._kept
        return replace(kept, beside=(version, beside))

    def _standing(self, found: Sequence[Candidate]) -> list[Candidate]:
        """Those whose thing is still there."""
        with self._engine.connect() as connection:
            gone = words.gone(connection, [one.entry.key for one in found])
        return [one for one in found if one.entry.key not in gone]

    def _renew_aside(self) -> None:
        with self._lock:
            if self._making is None:
                self._making = Thread(target=self._renew, name="wangge-words", daemon=True)
                self._making.start()

    def _renew(self) -> None:
        try:
            kept = self._kept
            with self._engine.connect() as connection:
                self._hear(connection)
                same = kept is not None and words.version(connection) == kept.version
            if not same:
                self._keep(self._make())
        except SQLAlchemyError as error:
            _log.warning("it is not known whether addresses have changed: %s", error)
        except Exception:  # noqa: BLE001  what is known is searched on
            _log.exception("what changed of addresses could not be taken in")
        finally:
            self._looked_s = time.monotonic()
            self._making = None

    def _make(self) -> _Kept:
        with self._engine.connect().execution_options(**_SNAPSHOT) as connection:
            version, seen = words.version(connection), words.snapshot(connection)
            entries = words.entries(connection)
        with self._engine.connect() as connection:
            self._hear(connection)
        self._looked_s = time.monotonic()
        return _Kept(version, seen, Gazetteer(entries))

    def _keep(self, kept: _Kept) -> None:
        with self._lock:
            gazetteer, beside = kept.gazetteer.with_learned(self._learned), kept.beside
            if beside is not None and beside[1] is not None:
                beside = beside[0], beside[1].with_learned(self._learned)
            self._kept = replace(kept, gazetteer=gazetteer, beside=beside)

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
                self._keep(self._kept)

    def _count(self, form: str, key: str) -> int:
        return self._learned.get(form, {}).get(key, 0)
