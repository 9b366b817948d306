"""The service's side: ask for a child, hand it what it is to do, wait no longer than agreed for what comes back."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread
from typing import TypeVar

from data.apart.answers import ending, understood
from data.apart.limits import Limits
from data.apart.wire import TooMuchError, receive, send
from geo.errors import EnvironmentMissing, FileUnreadable

T = TypeVar("T")

MOST_AT_ONCE, MOST_WAITING = 2, 6
"""Children at once, and readings that wait for one: each waiting one holds a thread of the service."""
GRACE_S = 10.0
"""How much later than a child's own clock the service gives up on it."""
PREFIX = "wangge-apart-"
_ENVIRONMENT = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "PROJ_DATA", "GDAL_DATA")
_ENVIRONMENTS = ("LC_", "PYTHON")
_ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


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
    """Children for one process of the service; any thread may ask."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._nursery: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._root: Path | None = None
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
            self._forget()

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
        talk, life = self._child(about, limits)
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

    def _child(self, about: str, limits: Limits) -> tuple[socket.socket, socket.socket]:
        """A new child, by the sockets to it and to its life. A nursery that is gone is made again, once."""
        with self._lock:
            for _ in range(2):
                if self._closed:
                    break
                control = self._control or self._begin()
                talk, talk_end = socket.socketpair()
                life, life_end = socket.socketpair()
                with talk_end, life_end:
                    ends = [talk_end.fileno(), life_end.fileno()]
                    try:
                        socket.send_fds(control, [json.dumps(asdict(limits)).encode()], ends)
                    except OSError:
                        self._forget()
                        talk.close()
                        life.close()
                        continue
                return talk, life
        raise EnvironmentMissing("reading-stopped", file=about)

    def _begin(self) -> socket.socket:
        """Start a nursery."""
        _sweep()
        self._root = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        control, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with end:
            number = end.fileno()
            self._nursery = subprocess.Popen(
                [sys.executable, "-P", "-m", "data.apart.nursery", str(number), str(self._root)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[number],
                env=_environment(),
                start_new_session=True,  # a Ctrl-C is for the service
            )
        self._control = control
        return control

    def _forget(self) -> None:
        """No nursery from here on, nor anything of it."""
        if self._control is not None:
            self._control.close()
        if self._nursery is not None:
            try:
                self._nursery.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                self._nursery.kill()
                self._nursery.wait()
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
        self._nursery = self._control = self._root = None


def _environment() -> dict[str, str]:
    """Of the service's environment what a reader needs: no password and no address of a database is among it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _ENVIRONMENT or name.startswith(_ENVIRONMENTS)
    }
    return kept | _ONE_THREAD


def _shut(life: socket.socket | None) -> None:
    if life is not None:
        with suppress(OSError):
            life.shutdown(socket.SHUT_RDWR)


def _sweep() -> None:
    """Remove the folders of services that were killed together with their nurseries."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        with suppress(OSError):
            if pid.isdigit() and folder.stat().st_uid == os.getuid() and not _lives(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
