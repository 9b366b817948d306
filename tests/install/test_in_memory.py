"""The place in memory of ./test's databases: gone after the run, however it ends; the disk where there is no room."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.cluster import Cluster
from tests import in_memory

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands for /dev/shm: others' places are none of a test's business."""
    monkeypatch.setattr(in_memory, "MEMORY", tmp_path)
    return tmp_path


@pytest.fixture
def run() -> Iterator[subprocess.Popen[bytes]]:
    """A run of tests, as far as its place in memory knows one."""
    run = subprocess.Popen(["sleep", "600"])
    yield run
    run.kill()
    run.wait()


def placed(memory: Path, run: subprocess.Popen[bytes], needed_bytes: int = 0) -> str:
    """What ./test is told."""
    program = (
        "from pathlib import Path; from tests import in_memory; "
        f"in_memory.MEMORY = Path({str(memory)!r}); in_memory.NEEDED_BYTES = {needed_bytes}; "
        "in_memory.main()"
    )
    command = [sys.executable, "-c", program, str(run.pid)]
    return subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


def gone(folder: Path) -> bool:
    end = time.monotonic() + 60
    while folder.exists() and time.monotonic() < end:
        time.sleep(0.05)
    return not folder.exists()


def test_a_killed_run_leaves_neither_server_nor_files(
    memory: Path, run: subprocess.Popen[bytes]
) -> None:
    folder = Path(placed(memory, run))
    cluster = Cluster(folder / in_memory.CLUSTER)
    cluster.up()
    in_memory.remove_forgotten()
    assert cluster.status().state == "running", "another run took it for forgotten"
    run.kill()
    run.wait()
    assert gone(folder)
    assert cluster.status().state == "absent"


def test_what_was_forgotten_goes_with_the_next_run(
    memory: Path, run: subprocess.Popen[bytes]
) -> None:
    """All of a run was killed, the process that waits for its end as well."""
    forgotten = memory / f"{in_memory.PREFIX}1"
    cluster = Cluster(forgotten / in_memory.CLUSTER)
    cluster.up()
    folder = Path(placed(memory, run))
    assert folder.exists()
    assert not forgotten.exists()
    assert cluster.status().state == "absent"


def test_without_room_it_is_the_disk(
    memory: Path, run: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert placed(memory, run, needed_bytes=1 << 60) == ""
    assert placed(memory / "missing", run) == ""
    assert list(memory.iterdir()) == []
    limit = memory / "limit"
    limit.write_text("1000\n")
    monkeypatch.setattr(in_memory, "LIMIT", limit)
    assert in_memory.room_bytes() == 500


@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user")
def test_what_others_left_is_theirs(memory: Path) -> None:
    theirs = memory / f"{in_memory.PREFIX}1"
    (theirs / in_memory.CLUSTER).mkdir(parents=True)
    os.chown(theirs, 65534, 65534)
    in_memory.remove_forgotten()
    assert theirs.exists()
