"""The nursery as the service knows it: begun when a child is first asked for, made again when it is gone, ended with
all of its children and files."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from data.apart.limits import Limits
from geo.errors import EnvironmentMissing

GRACE_S = 10.0
"""How much later than a process should have ended it is given up on."""
PREFIX = "wangge-apart-"
PROGRAM = "data.apart.nursery"
LOADED = ("data.readers.handed", "data.readers.photos")
_ENVIRONMENT = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "PROJ_DATA", "GDAL_DATA")
_ENVIRONMENTS = ("LC_", "PYTHON", "NUMBA_")
_ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


class Nursing:
    """One nursery, for any thread. process, root: it and the folder of its children, once there was need of it."""

    def __init__(self, loaded: Sequence[str] = LOADED) -> None:
        """``loaded``: the modules that its children find loaded."""
        self._loaded = loaded
        self.process: subprocess.Popen[bytes] | None = None
        self.root: Path | None = None
        self._control: socket.socket | None = None
        self._lock = Lock()
        self._closed = False

    def child(self, limits: Limits, *, about: str) -> tuple[socket.socket, socket.socket]:
        """A new child, by the sockets to it and to its life. EnvironmentMissing "reading-stopped" once it is closed."""
        with self._lock:
            for _ in range(2):  # one that is gone is made again
                made = None if self._closed else self._ask(limits)
                if made is not None:
                    return made
        raise EnvironmentMissing("reading-stopped", file=about)

    def close(self) -> None:
        """End it, with whatever its children do."""
        with self._lock:
            self._closed = True
            self._forget()

    def _ask(self, limits: Limits) -> tuple[socket.socket, socket.socket] | None:
        """None where the nursery is gone."""
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
                return None
        return talk, life

    def _begin(self) -> socket.socket:
        """Start it."""
        _sweep()
        self.root = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self._control, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with end:
            number = end.fileno()
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", PROGRAM, str(number), str(self.root), *self._loaded],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[number],
                env=_environment(),
                start_new_session=True,  # a Ctrl-C is for the service
            )
        return self._control

    def _forget(self) -> None:
        """No nursery from here on, nor anything of it."""
        if self._control is not None:
            self._control.close()
        if self.process is not None:
            try:
                self.process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.root is not None:
            shutil.rmtree(self.root, ignore_errors=True)
        self.process = self._control = self.root = None


def _environment() -> dict[str, str]:
    """Of the service's environment what a reader needs: no password and no address of a database is among it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _ENVIRONMENT or name.startswith(_ENVIRONMENTS)
    }
    return kept | _ONE_THREAD


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
