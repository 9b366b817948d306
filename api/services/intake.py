"""Reports of many callers, recorded together: one transaction and one wait for the disk for all that came meanwhile."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeAlias

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from api.services.actor import Actor
from api.services.incidents import Recorded, Report, Row, prepared, record
from api.services.locating import LocatorCache
from data.database import is_away
from data.store import recording
from data.store.recording import Line
from geo.errors import EnvironmentMissing

MOST = 256
"""Reports in one transaction at most."""


WRITERS = 2
"""Transactions under way at once: while one waits for the disk, the next is made."""

CALL_S = 0.05

_log = logging.getLogger(__name__)

Said: TypeAlias = Recorded | BaseException


@dataclass(frozen=True, slots=True)
class _Waiting:
    row: Row
    answer: Future[Recorded] | asyncio.Future[Recorded]


class Intake:
    """Takes reports from any thread; each gets an answer of its own, once it is on disk.

    No report waits for company: while some are being written, the next gather. An answer that raises means that nothing
    was promised; with a ``source_id`` the same report may simply be made again.
    """

    def __init__(self, engine: Engine, cache: LocatorCache) -> None:
        self._engine, self._cache = engine, cache
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._threads = [
            Thread(target=self._run, name=f"wangge-intake-{n}", daemon=True) for n in range(WRITERS)
        ]
        for thread in self._threads:
            thread.start()

    def report(self, actor: Actor, said: Report) -> Future[Recorded]:
        """Report one incident, as `incidents.report`; raises at once what can be told without the database.

        The answer raises the rest, and EnvironmentMissing where the database is away.
        """
        answer: Future[Recorded] = Future()
        self._waiting.put(_Waiting(prepared(actor, said), answer))
        return answer

    def report_soon(self, actor: Actor, said: Report) -> asyncio.Future[Recorded]:
        """The same for whoever awaits the answer on the running event loop."""
        row = prepared(actor, said)
        answer: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        self._waiting.put(_Waiting(row, answer))
        return answer

    def close(self) -> None:
        """Record what was reported before, then stop."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        called_s = float("-inf")
        with closing(Line(self._engine)) as line:
            while (first := self._waiting.get()) is not None:
                group, over = self._gathered(first)
                said = self._record([one.row for one in group], line)
                try:
                    _deliver(group, said)
                    called_s = self._call_out(line, called_s)
                except Exception:  # noqa: BLE001  whatever it is, the next reports are recorded
                    _log.exception("an answer was lost on its way")
                if over:
                    return

    def _call_out(self, line: Line, called_s: float) -> float:
        """Wake who follows the live list, for all that goes in quickly one after the other once; when that was.

        After the commit, not in it: a NOTIFY makes commits wait for each other. Where it fails, followers look by
        themselves (live.py).
        """
        now_s = time.monotonic()
        if now_s - called_s < CALL_S and not self._waiting.empty():
            return called_s
        try:
            recording.call_out(line.open())
        except SQLAlchemyError as error:
            line.close()
            if not (isinstance(error, DBAPIError) and is_away(error)):
                _log.warning("nobody was told of new incidents: %s", error)
        return now_s

    def _gathered(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """All that wait, and whether the end does."""
        group = [first]
        while len(group) < MOST:
            try:
                one = self._waiting.get_nowait()
            except Empty:
                break
            if one is None:
                return group, True
            group.append(one)
        return group, False

    def _record(self, rows: list[Row], line: Line) -> Sequence[Said]:
        try:
            return self._twice(rows, line)
        except Exception as error:  # noqa: BLE001  whatever it is, whoever waits must hear of it
            return [error] * len(rows)

    def _twice(self, rows: list[Row], line: Line) -> Sequence[Said]:
        """Over a connection that broke meanwhile the rows go in again: those that are in are found by their ids."""
        try:
            return record(self._engine, self._cache, rows, line=line)
        except DBAPIError as error:
            line.close()
            if not is_away(error):
                raise
        try:
            return record(self._engine, self._cache, rows, line=line)
        except DBAPIError as error:
            line.close()
            if not is_away(error):
                raise
            raise EnvironmentMissing("database-away", reason=str(error.orig).strip()) from error


def _deliver(group: Sequence[_Waiting], said: Sequence[Said]) -> None:
    """Give everybody their answer; an event loop is woken once for all of its own."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Recorded], Said]]] = {}
    for one, found in zip(group, said, strict=True):
        if isinstance(one.answer, Future):
            if one.answer.set_running_or_notify_cancel():
                _settle(one.answer, found)
        else:
            loops.setdefault(one.answer.get_loop(), []).append((one.answer, found))
    for loop, answers in loops.items():
        with suppress(RuntimeError):  # a loop that is closed: nobody waits
            loop.call_soon_threadsafe(_settle_all, answers)


def _settle_all(answers: Sequence[tuple[asyncio.Future[Recorded], Said]]) -> None:
    for answer, found in answers:
        if not answer.cancelled():
            _settle(answer, found)


def _settle(answer: Future[Recorded] | asyncio.Future[Recorded], found: Said) -> None:
    if isinstance(found, BaseException):
        answer.set_exception(found)
    else:
        answer.set_result(found)
