"""What children are made to do in tests."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from geo.errors import DatumError


def nothing(_folder: Path) -> None:
    """Be there."""


def returns_what(_folder: Path, value: object) -> object:
    return value


def refuses(_folder: Path) -> None:
    raise DatumError("datum-missing", file="图.dxf", row=3, where=Path("somewhere"))


def fails(_folder: Path) -> None:
    raise ValueError("no such thing")


def never_ends(_folder: Path) -> None:
    while True:
        pass


def waits(folder: Path, there: str) -> None:
    """Tell that it is there, with a process of its own beside it, and wait."""
    beside = subprocess.Popen(["sleep", "600"])
    (folder / "half.tmp").write_text("half")
    Path(there).with_suffix(".new").write_text(f"{os.getpid()} {beside.pid} {folder}")
    Path(there).with_suffix(".new").rename(there)
    time.sleep(600)


def swallows_memory(_folder: Path) -> int:
    kept = []
    while True:
        kept.append(bytearray(10 << 20))


def ends_by(_folder: Path, number: int) -> None:
    os.kill(os.getpid(), number)
    signal.pause()


def leaves(_folder: Path) -> None:
    os._exit(3)


def tells(folder: Path) -> dict[str, object]:
    """What a child has of the service."""
    (folder / "mine").write_text("x")
    return {"environment": dict(os.environ), "folder": str(folder), "open": _open_files()}


def says_much(_folder: Path) -> bytes:
    return bytes(2 << 20)


def _open_files() -> list[str]:
    found = []
    for one in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(one.readlink()))
        except OSError:
            continue
    return found


def hangs_on_upload(folder: Path, content: bytes, _name: str, **_wishes: object) -> None:
    """`waits`, for what is handed over: the path to tell it at."""
    waits(folder, content.decode())


def crashes_on_photo(_folder: Path, _content: bytes) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)
