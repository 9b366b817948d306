"""The process that children are forked from: it has the libraries loaded, one thread, and never touches a foreign byte.

The service starts it (`main`) with one end of a socket. Each message there asks for a child and carries two sockets:
``talk``, which the child keeps, and ``life``, which stays here: when the service closes it the child is killed with all
of its group, and when the child ends the service is told there how. When the service itself is gone, so is everything.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from data.apart import child
from data.apart.limits import Limits

IDLE_S = 600.0
"""Without a child for so long it ends: it holds 150 MB."""
_MESSAGE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class _Child:
    pid: int
    life: socket.socket
    folder: Path


def main() -> None:
    """``python -m data.apart.nursery FD FOLDER MODULE…``: serve until the other end closes."""
    service = socket.socket(fileno=int(sys.argv[1]))
    root = Path(sys.argv[2])
    for name in sys.argv[3:]:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what all children share is not written to
    _Nursery(service, root).serve()


class _Nursery:
    def __init__(self, service: socket.socket, root: Path) -> None:
        self._service, self._root = service, root
        self._children: dict[int, _Child] = {}
        self._selector = selectors.DefaultSelector()
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)

    def serve(self) -> None:
        """Until the service leaves, or nobody needs a child."""
        root = self._root
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # it ends with the service, not beside it
        signal.signal(signal.SIGCHLD, lambda *_given: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        self._selector.register(self._service, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        try:
            while self._turn():
                pass
        finally:
            for one in self._children.values():
                _kill(one.pid)
            shutil.rmtree(root, ignore_errors=True)

    def _turn(self) -> bool:
        """Whatever happens next; False where it is the end."""
        happened = self._selector.select(None if self._children else IDLE_S)
        if not happened and not self._children:
            return False
        for key, _ in happened:
            if key.fileobj is self._service:
                if not self._ask():
                    return False
            elif key.fileobj == self._woken:
                with suppress(BlockingIOError):
                    os.read(self._woken, _MESSAGE_BYTES)
                self._reap()
            elif key.data in self._children:  # the service lets a child go
                _kill(key.data)
                self._selector.unregister(key.fileobj)
        return True

    def _ask(self) -> bool:
        """Make a child, if that is what was asked; False where the service is gone."""
        try:
            told, ends, _, _ = socket.recv_fds(self._service, _MESSAGE_BYTES, 2)
        except ConnectionError:
            return False
        if not told:
            return False
        talk, life = ends
        folder = Path(tempfile.mkdtemp(dir=self._root))
        limits = Limits(**json.loads(told))
        own = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._part()
            os.close(life)
            child.live(talk, folder, limits, own)
        os.close(talk)
        with suppress(OSError):
            os.setpgid(pid, pid)  # whichever of the two is first
        made = _Child(pid, socket.socket(fileno=life), folder)
        self._children[pid] = made
        self._selector.register(made.life, selectors.EVENT_READ, pid)
        return True

    def _part(self) -> None:
        """What is a child's no more: it must hold nobody else's life."""
        signal.set_wakeup_fd(-1)
        self._selector.close()
        self._service.close()
        for one in self._children.values():
            one.life.close()
        for end in (self._woken, self._wake):
            os.close(end)

    def _reap(self) -> None:
        """Tell of those that ended, and clear up behind them."""
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        while self._children and (over := os.waitid(os.P_ALL, 0, options)):
            one = self._children.pop(over.si_pid)
            _kill(
                one.pid
            )  # whoever is left of its group, while no other process can have its number
            _, status, usage = os.wait4(one.pid, 0)
            with suppress(KeyError):
                self._selector.unregister(one.life)
            shutil.rmtree(one.folder, ignore_errors=True)
            told = {"ended": os.waitstatus_to_exitcode(status), "resident_kb": usage.ru_maxrss}
            with suppress(OSError):
                one.life.send(json.dumps(told).encode())
            one.life.close()


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
