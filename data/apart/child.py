"""What a child process does: take less than its limits, call one function, send what it returns, end."""

from __future__ import annotations

import ctypes
import importlib
import os
import pickle
import re
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from data.apart.crossing import packed
from data.apart.limits import Limits
from data.apart.wire import receive, send
from geo.errors import WanggeError

_DIES_WITH_PARENT, _NO_NEW_PRIVILEGES = 1, 38
_REQUEST_BYTES = 1 << 30
_MEMORY = re.compile(r"out of memory|bad.?alloc|(cannot|unable to|failed to) alloc", re.IGNORECASE)
_NICE = 5


def live(talk: int, folder: Path, limits: Limits, parent: int) -> None:
    """All of a child's life; never returns. ``talk``: the socket to the service; what else the nursery has open, but
    for what libraries hold, is closed already."""
    status = 1
    try:
        os.setpgid(0, 0)
        _die_with(parent)
        for number in {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGPIPE}:
            signal.signal(number, signal.SIG_DFL)
        _quiet()
        with socket.socket(fileno=talk) as service:
            request = receive(service, most_bytes=_REQUEST_BYTES)
            if request is not None:
                _bound(limits)
                send(service, _answer(request, folder))
        status = 0
    finally:
        os._exit(status)


def _die_with(parent: int) -> None:
    """The kernel kills this process when its parent ends, whatever it is doing then."""
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.prctl(_DIES_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _quiet() -> None:
    """What libraries say of a stranger's file is nothing for the log of the service."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    os.close(nowhere)


def _bound(limits: Limits) -> None:
    """From here on the kernel ends what takes too much: also of code that never comes back to Python."""
    with Path("/proc/self/statm").open() as stream:
        own = int(stream.read().split()[0]) * resource.getpagesize()
    _limit(resource.RLIMIT_AS, own + limits.memory_bytes)
    _limit(resource.RLIMIT_CPU, limits.processor_s, limits.processor_s + 1)
    _limit(resource.RLIMIT_FSIZE, limits.file_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    os.nice(_NICE)  # whoever works is served first
    with suppress(OSError):  # some containers have none
        Path("/proc/self/oom_score_adj").write_text("1000")  # where memory is short this goes first
    signal.setitimer(signal.ITIMER_REAL, limits.clock_s)


def _limit(what: int, soft: int, hard: int | None = None) -> None:
    """A limit, where the one that is inherited is not lower."""
    _, most = resource.getrlimit(what)
    told = [soft, soft if hard is None else hard]
    if most != resource.RLIM_INFINITY:
        told = [min(one, most) for one in told]
    resource.setrlimit(what, (told[0], told[1]))


def _answer(request: bytes, folder: Path) -> bytes:
    """What a function returns or raises, ready to be sent."""
    try:
        path, module, name, args, kwargs = pickle.loads(request)  # the service's own words
        sys.path[:] = path
        function: Callable[..., Any] = getattr(importlib.import_module(module), name)
        return packed({"made": function(folder, *args, **kwargs)})
    except WanggeError as error:
        if _MEMORY.search(str(error.params.get("reason"))):
            return packed({"failed": "memory", "reason": str(error)})
        params = {name: _told(value) for name, value in error.params.items()}
        return packed({"refused": type(error).__name__, "code": error.code, "params": params})
    except MemoryError:
        return packed({"failed": "memory", "reason": ""})
    except Exception as error:  # noqa: BLE001  whatever it is, it is the service that must know
        failed = "memory" if _MEMORY.search(str(error)) else "crash"
        return packed({"failed": failed, "reason": traceback.format_exc(limit=-8)[-4000:]})


def _told(value: object) -> object:
    return value if isinstance(value, str | int | float | None) else str(value)
