"""A thread that hears what is committed, as long as the service runs and whatever happens to the database meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from threading import Event, Lock, Thread

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from data.store.changes import Changes
from geo.errors import WanggeError

RETRY_S, DEFECT_S = 0.5, 5.0
"""How long after the database was away, or after what nobody expected, another try is made."""

_log = logging.getLogger(__name__)


class Listener:
    """Does ``work`` with a connection that hears ``channels``; when that fails, however it fails, it is said in the log
    and the work begins anew over another connection. ``work`` goes on until `stopping`."""

    def __init__(
        self,
        engine: Engine,
        channels: Collection[str],
        work: Callable[[Changes], None],
        *,
        name: str,
    ) -> None:
        self._engine, self._channels, self._work, self._name = engine, channels, work, name
        self._stop, self._lock = Event(), Lock()
        self._changes: Changes | None = None
        self._thread: Thread | None = None

    @property
    def stopping(self) -> bool:
        """Whether the work is to end."""
        return self._stop.is_set()

    def start(self) -> None:
        """Begin, unless that was done or the end has come."""
        with self._lock:
            if self._thread is None and not self.stopping:
                self._thread = Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def pause(self, seconds: float) -> None:
        """Let time pass, unless the end comes."""
        self._stop.wait(seconds)

    def close(self) -> None:
        """Stop, and wait until the thread is gone."""
        with self._lock:
            self._stop.set()
            thread = self._thread
        changes = self._changes
        if changes is not None:
            changes.wake()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while not self.stopping:
            try:
                with Changes(self._engine, self._channels) as changes:
                    self._changes = changes
                    self._work(changes)
            except (SQLAlchemyError, WanggeError) as error:
                _log.warning("%s hears nothing: %s", self._name, error)
                self.pause(RETRY_S)
            except Exception:  # noqa: BLE001  a thread that dies is missed by nobody
                _log.exception("%s hears nothing", self._name)
                self.pause(DEFECT_S)
            finally:
                self._changes = None
