"""A function in a child process: what it returns and raises, and what becomes of one that takes too much, crashes, is
given up, or loses its service; nothing of it stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.apart import Apart, Cancel, Limits, nursing
from geo.errors import DatumError, EnvironmentMissing, FileUnreadable, WanggeError
from tests.conftest import ROOT
from tests.data.apart import reads

PATIENCE_S = 60.0
SMALL = Limits(memory_bytes=256 << 20, processor_s=1, clock_s=60, answer_bytes=1 << 20)


@pytest.fixture(scope="module")
def kept() -> Iterator[Apart]:
    before, apart = folders(), Apart(SMALL)
    yield apart
    apart.close()
    assert folders() == before


@pytest.fixture
def apart(kept: Apart) -> Iterator[Apart]:
    """Children of a nursery that nothing stays behind in."""
    yield kept
    soon(lambda: children(kept) == [])
    assert kept.nursery.root is not None
    soon(lambda: kept.nursery.root is not None and list(kept.nursery.root.iterdir()) == [])


def folders() -> list[Path]:
    return sorted(Path(tempfile.gettempdir()).glob(f"{nursing.PREFIX}{os.getpid()}-*"))


def children(apart: Apart) -> list[int]:
    assert apart.nursery.process is not None
    return children_of(apart.nursery.process.pid)


def children_of(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in told.split()]


def lives(pid: int) -> bool:
    """Whether a process is there, and no mere name of one."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return told.rpartition(")")[2].split()[0] not in "ZX"


def soon(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def refused(apart: Apart, function: Callable[..., object], *args: object) -> WanggeError:
    with pytest.raises(WanggeError) as caught:
        apart.run(function, *args, about="图.dxf")
    return caught.value


def test_a_value_and_an_error_come_back(apart: Apart) -> None:
    assert apart.run(reads.returns_what, {"a": (1, "二", b"3")}, about="f") == {
        "a": (1, "二", b"3")
    }
    error = refused(apart, reads.refuses)
    assert type(error) is DatumError
    assert (error.code, error.params) == (
        "datum-missing",
        {"file": "图.dxf", "row": 3, "where": "somewhere"},
    )


def test_a_child_has_nothing_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """No secret of its environment, no socket of its nursery; a folder of its own that goes with it."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:secret@b/c")
    told = Apart(SMALL)
    try:
        found = told.run(reads.tells, about="f")
    finally:
        told.close()
    assert "secret" not in str(found["environment"])
    sockets = [one for one in found["open"] if one.startswith(("socket:", "pipe:", "anon_inode:"))]  # type: ignore[attr-defined]
    assert len(sockets) == 1
    assert not Path(str(found["folder"])).exists()


@pytest.mark.parametrize(
    ("function", "args", "code"),
    [
        (reads.never_ends, (), "reading-time"),
        (reads.swallows_memory, (), "reading-memory"),
        (reads.ends_by, (signal.SIGSEGV,), "reading-crashed"),
        (reads.ends_by, (signal.SIGABRT,), "reading-crashed"),
        (reads.leaves, (), "reading-crashed"),
        (reads.fails, (), "reading-crashed"),
        (reads.says_much, (), "reading-too-much"),
    ],
)
def test_what_takes_too_much_or_crashes_is_told(
    apart: Apart, function: Callable[..., object], args: tuple[object, ...], code: str
) -> None:
    error = refused(apart, function, *args)
    assert isinstance(error, FileUnreadable)
    assert (error.code, error.params["file"]) == (code, "图.dxf")
    apart.run(reads.nothing, about="the next one")


def test_a_child_that_waits_is_ended_by_the_clock(apart: Apart, tmp_path: Path) -> None:
    limits = Limits(clock_s=1)
    with pytest.raises(FileUnreadable) as caught:
        apart.run(reads.waits, str(tmp_path / "there"), about="f", limits=limits)
    assert caught.value.code == "reading-time"
    gone((tmp_path / "there").read_text())


def gone(told: str) -> None:
    """A child, what it started, and its folder."""
    pid, beside, folder = told.split()
    soon(lambda: not lives(int(pid)) and not lives(int(beside)) and not Path(folder).exists())


def test_what_is_given_up_ends_with_all_of_its_group(apart: Apart, tmp_path: Path) -> None:
    there, cancel, raised = tmp_path / "there", Cancel(), list[Exception]()

    def read() -> None:
        try:
            apart.run(reads.waits, str(there), about="f", cancel=cancel)
        except EnvironmentMissing as error:
            raised.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    soon(there.exists)
    cancel.give_up()
    thread.join(PATIENCE_S)
    assert [str(one) for one in raised] == ["reading-stopped (file='f')"]
    gone(there.read_text())
    with pytest.raises(EnvironmentMissing):
        apart.run(reads.nothing, about="f", cancel=cancel)


def test_too_many_are_refused_and_none_waits_for_ever(
    apart: Apart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_queue", threading.BoundedSemaphore(1))
    there, cancel = tmp_path / "there", Cancel()

    def read() -> None:
        with pytest.raises(EnvironmentMissing):
            apart.run(reads.waits, str(there), about="f", cancel=cancel)

    thread = threading.Thread(target=read)
    thread.start()
    soon(there.exists)
    assert refused(apart, reads.nothing).code == "reading-busy"
    cancel.give_up()
    thread.join(PATIENCE_S)
    apart.run(reads.nothing, about="f")


def test_a_nursery_that_is_gone_is_made_again(apart: Apart) -> None:
    apart.run(reads.nothing, about="f")
    assert apart.nursery.process is not None
    first = apart.nursery.process
    first.kill()
    first.wait()
    apart.run(reads.nothing, about="f")
    assert apart.nursery.process.pid != first.pid


def waiting(apart: Apart, there: Path) -> tuple[threading.Thread, list[str]]:
    """A reading that does not end by itself, begun, and what it is refused with afterwards."""
    raised: list[str] = []

    def read() -> None:
        try:
            apart.run(reads.waits, str(there), about="f")
        except EnvironmentMissing as error:
            raised.append(error.code)

    thread = threading.Thread(target=read)
    thread.start()
    soon(there.exists)
    return thread, raised


def test_closing_ends_what_is_being_read_and_leaves_nothing(tmp_path: Path) -> None:
    apart, there = Apart(), tmp_path / "there"
    thread, raised = waiting(apart, there)
    nursery = apart.nursery.process
    assert nursery is not None
    apart.close()
    thread.join(PATIENCE_S)
    assert raised == ["reading-stopped"]
    gone(there.read_text())
    assert nursery.returncode == 0
    with pytest.raises(EnvironmentMissing):
        apart.run(reads.nothing, about="f")


SERVICE = """
import sys
sys.path.insert(0, {root!r})
from data.apart import Apart
from tests.data.apart import reads
Apart().run(reads.waits, {there!r}, about="f")
"""


def test_a_killed_service_takes_its_children_and_their_files_along(tmp_path: Path) -> None:
    there = tmp_path / "there"
    code = SERVICE.format(root=str(ROOT), there=str(there))
    service = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path)
    soon(there.exists)
    (nursery,) = children_of(service.pid)
    service.send_signal(signal.SIGKILL)
    service.wait()
    gone(there.read_text())
    soon(lambda: not lives(nursery))
    root = Path(there.read_text().split()[2]).parent
    soon(lambda: not root.exists())


def test_a_killed_nursery_takes_its_children_along(apart: Apart, tmp_path: Path) -> None:
    there = tmp_path / "there"
    thread, raised = waiting(apart, there)
    assert apart.nursery.process is not None
    apart.nursery.process.kill()
    thread.join(PATIENCE_S)
    assert raised == ["reading-stopped"]
    pid, beside, _ = there.read_text().split()
    soon(lambda: not lives(int(pid)))
    os.kill(int(beside), signal.SIGKILL)  # of a child's own children nobody knows then
    apart.run(reads.nothing, about="f")
