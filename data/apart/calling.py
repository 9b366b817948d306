"""The service's side: ask for a child, hand it what it is to do, wait no longer than agreed for what comes back."""

from __future__ import annotations

import json
import pickle
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Lock, Thread
from typing import TypeVar

from data.apart.answers import ending, understood
from data.apart.limits import Limits
from data.apart.nursing import GRACE_S, LOADED, Nursing
from data.apart.wire import TooMuchError, receive, send
from geo.errors import EnvironmentMissing, FileUnreadable

T = TypeVar("T")

MOST_AT_ONCE, MOST_WAITING = 2, 6
"""Children at once, and readings that wait for one: each waiting one holds a thread of the service."""


class Cancel:
    """Lets a reading be given up from elsewhere."""

    def __init__(self) -> None:
        self.given_up = False
        self._lock = Lock()
        self._life: socket.socket | None = None

    def give_up(self) -> None:
        """Its child is killed; the reading raises EnvironmentMissing "reading-stopped"."""
        with self._lock:
            self.given_up = True
            _shut(self._life)

    def holds(self, life: socket.socket | None) -> None:
        """Whose end means the end of the child."""
        with self._lock:
            self._life = life
            if self.given_up:
                _shut(life)


class Apart:
    """Children for one process of the service; any thread may ask. ``loaded``: the modules that they find loaded.
    ``nursery``: another's, which goes on after this."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        loaded: Sequence[str] = LOADED,
        nursery: Nursing | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.nursery = nursery or Nursing(loaded)
        self._owns = nursery is None
        self._lock = Lock()
        self._slots = BoundedSemaphore(MOST_AT_ONCE)
        self._queue = BoundedSemaphore(MOST_AT_ONCE + MOST_WAITING)
        self._running: set[Cancel] = set()
        self._closed = False

    def run(
        self,
        function: Callable[..., T],
        /,
        *args: object,
        about: str,
        returns: Sequence[type] = (),
        limits: Limits | None = None,
        cancel: Cancel | None = None,
        **kwargs: object,
    ) -> T:
        """What ``function(folder, *args, **kwargs)`` returns, called in a child; ``function`` is one of a module.

        about: the file that complaints name. returns: dataclasses and enums that the answer may hold. Raises what the
        function raises of geo.errors; FileUnreadable "reading-time", "reading-memory", "reading-crashed" or
        "reading-too-much" for what became of the child; EnvironmentMissing "reading-busy" where too many are asked for,
        "reading-stopped" where it was given up.
        """
        task = (list(sys.path), function.__module__, function.__name__, args, kwargs)
        request = pickle.dumps(task, protocol=5)
        cancel, limits = cancel or Cancel(), limits or self.limits
        with self._slot(about, cancel):
            content, ended = self._exchange(request, about, limits, cancel)
        if cancel.given_up or (content is None and not ended):  # or the nursery itself is gone
            raise EnvironmentMissing("reading-stopped", file=about)
        if content is None:
            raise ending(ended, about, limits)
        return understood(content, about, limits, returns)  # type: ignore[no-any-return]

    def leave(self) -> None:
        """Close soon, from a thread of its own: whoever calls, a signal's handler too, waits for nobody."""
        Thread(target=self.close, name="apart-leaving").start()

    def close(self) -> None:
        """Give up what is being read, and end the nursery."""
        with self._lock:
            self._closed = True
            for one in self._running:
                one.give_up()
        if self._owns:
            self.nursery.close()

    @contextmanager
    def _slot(self, about: str, cancel: Cancel) -> Iterator[None]:
        """Room for one child more."""
        if not self._queue.acquire(blocking=False):
            raise EnvironmentMissing("reading-busy", file=about)
        try:
            with self._slots:
                with self._lock:
                    self._running.add(cancel)
                    if self._closed:
                        cancel.give_up()
                try:
                    yield
                finally:
                    with self._lock:
                        self._running.discard(cancel)
        finally:
            self._queue.release()

    def _exchange(
        self, request: bytes, about: str, limits: Limits, cancel: Cancel
    ) -> tuple[bytes | None, dict[str, int]]:
        """What a child sent, and how it ended."""
        deadline = time.monotonic() + limits.clock_s + GRACE_S
        talk, life = self.nursery.child(limits, about=about)
        with talk, life:
            cancel.holds(life)
            try:
                talk.settimeout(max(deadline - time.monotonic(), 0.1))
                content = None
                with suppress(BrokenPipeError, ConnectionResetError):
                    send(talk, request)
                    content = receive(talk, most_bytes=limits.answer_bytes, deadline=deadline)
                if content is not None:
                    return content, {}
                life.settimeout(max(deadline - time.monotonic(), 1.0))
                return None, json.loads(life.recv(4096) or b"{}")
            except TimeoutError:
                return None, {"ended": -signal.SIGALRM}
            except TooMuchError:
                most = limits.answer_bytes >> 20
                raise FileUnreadable("reading-too-much", file=about, most_mb=most) from None
            finally:
                cancel.holds(None)


def _shut(life: socket.socket | None) -> None:
    if life is not None:
        with suppress(OSError):
            life.shutdown(socket.SHUT_RDWR)
