"""Which server processes are alive, read from /proc.

The pid file cannot be believed: after kill -9 it may name a zombie (which still answers signal 0) or, later, a
stranger. What can be believed: every process of a server works in its data folder.
"""

from __future__ import annotations

import time
from pathlib import Path

PROC = Path("/proc")


def server_pids(data: Path) -> list[int]:
    """The pids of living (not zombie) postgres processes that work in ``data``."""
    try:
        place = data.stat()
    except FileNotFoundError:
        return []
    return [
        int(folder.name)
        for folder in PROC.iterdir()
        if folder.name.isdigit() and _works_in(folder, (place.st_dev, place.st_ino))
    ]


def _works_in(process: Path, place: tuple[int, int]) -> bool:
    try:
        if (process / "comm").read_text().strip() != "postgres":
            return False
        cwd = (process / "cwd").stat()
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:  # gone meanwhile, or another user's: not ours
        return False
    return (cwd.st_dev, cwd.st_ino) == place and state != "Z"


def postmaster_pid(data: Path) -> int | None:
    """The pid of the running postmaster, None where there is none."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None
    return pid if pid in server_pids(data) else None


def wait_until_gone(data: Path, *, timeout_s: float) -> list[int]:
    """Wait for the children of a killed postmaster to notice and leave; the pids that stayed."""
    end = time.monotonic() + timeout_s
    while (pids := server_pids(data)) and time.monotonic() < end:
        time.sleep(0.05)
    return pids
