"""A place in memory for the tests' PostGIS, for as long as ``./test`` runs.

    python -m tests.in_memory PID

prints a folder, or nothing where memory is short: the tests then use their cluster on the disk, which stays for the
next run. A process stays behind that waits for the end of PID, however that ends, and removes folder and server;
should it be killed as well, the next run removes them. Why: each test makes and drops a database of 430 files, which
takes the kernel two to three times as long on a disk.
"""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import sys
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
PREFIX = "wangge-test-"
CLUSTER = "pg"
LIMIT = Path("/sys/fs/cgroup/memory.max")
"""What a container may use of the machine's memory: a number, or ``max``."""
NEEDED_BYTES = 3 << 30
"""Meant to be ample: what a whole run takes at most was not measured."""


def room_bytes() -> int:
    """What may lie in memory without anything else having to leave: containers have 64 MB for it, or a limit."""
    facts = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    available = int(facts["MemAvailable"].split()[0]) << 10
    limit = LIMIT.read_text().strip() if LIMIT.exists() else "max"
    if limit != "max":
        available = min(available, int(limit))
    return min(shutil.disk_usage(MEMORY).free, available // 2)


def make_folder() -> Path | None:
    """A new folder in memory, locked by this process and its children; None where there is no room for it."""
    try:
        if room_bytes() < NEEDED_BYTES:
            return None
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY))
    except OSError:
        return None
    folder.chmod(0o755)  # the server's account passes through it; the cluster in it is private
    _lock(folder)
    return folder


def remove(folder: Path) -> None:
    """Stop what runs in the folder and remove it."""
    from data.cluster import Cluster

    if (folder / CLUSTER).exists():
        Cluster(folder / CLUSTER).destroy()
    shutil.rmtree(folder)


def remove_forgotten() -> None:
    """What runs left behind whose waiting process was killed: their folders are locked by nobody."""
    for folder in MEMORY.glob(f"{PREFIX}*"):
        mine = folder.stat().st_uid == os.geteuid()
        # In one that is about to be locked there is no cluster yet.
        if mine and (folder / CLUSTER).exists() and _lock(folder):
            remove(folder)


def _lock(folder: Path) -> bool:
    """Lock it until this process and its children are gone; False where others hold it."""
    try:
        fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for_the_end(pid: int) -> None:
    try:
        select.select([os.pidfd_open(pid)], [], [])
    except ProcessLookupError:
        return


def main() -> None:
    """Print the folder, and let a child wait."""
    remove_forgotten()
    folder = make_folder()
    if folder is None:
        return
    sys.stdout.write(f"{folder}\n")
    sys.stdout.flush()
    if os.fork():
        return
    os.setsid()  # no order to stop that is meant for the run reaches it
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    _wait_for_the_end(int(sys.argv[1]))
    remove(folder)


if __name__ == "__main__":
    main()
