"""Reports of many callers, recorded together: one transaction and one wait for the disk for all that came meanwhile."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from api.services.actor import Actor
from api.services.incidents import Recorded, Report, Row, prepared, record
from api.services.locating import LocatorCache
from data.database import is_away
from geo.errors import EnvironmentMissing, WanggeError

MOST = 256
"""Reports in one transaction at most."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    row: Row
    answer: Future[Recorded]


class Intake:
    """Takes reports from any thread; each gets an answer of its own, once it is on disk.

    No report waits for company: while some are being written, the next gather. An answer that raises means that nothing
    was promised; with a ``source_id`` the same report may simply be made again.
    """

    def __init__(self, engine: Engine, cache: LocatorCache) -> None:
        self._engine, self._cache = engine, cache
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="wangge-intake", daemon=True)
        self._thread.start()

    def report(self, actor: Actor, said: Report) -> Future[Recorded]:
        """Report one incident, as `incidents.report`; raises at once what can be told without the database.

        The answer raises the rest, and EnvironmentMissing where the database is away.
        """
        waiting = _Waiting(prepared(actor, said), Future())
        self._waiting.put(waiting)
        return waiting.answer

    def close(self) -> None:
        """Record what was reported before, then stop."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_door = True
        while open_door:
            group = [self._waiting.get()]
            while len(group) < MOST and not self._waiting.empty():
                group.append(self._waiting.get())
            open_door = None not in group
            given = [one for one in group if one and one.answer.set_running_or_notify_cancel()]
            if given:
                self._record(given)

    def _record(self, given: list[_Waiting]) -> None:
        try:
            done = self._twice([one.row for one in given])
        except Exception as error:  # noqa: BLE001  whatever it is, whoever waits must hear of it
            for one in given:
                one.answer.set_exception(error)
            return
        for one, found in zip(given, done, strict=True):
            if isinstance(found, WanggeError):
                one.answer.set_exception(found)
            else:
                one.answer.set_result(found)

    def _twice(self, rows: list[Row]) -> list[Recorded | WanggeError]:
        """Over a connection that broke meanwhile the rows go in again: those that are in are found by their ids."""
        try:
            return record(self._engine, self._cache, rows)
        except DBAPIError as error:
            if not is_away(error):
                raise
        try:
            return record(self._engine, self._cache, rows)
        except DBAPIError as error:
            if not is_away(error):
                raise
            raise EnvironmentMissing("database-away", reason=str(error.orig).strip()) from error
