"""Files appear whole or not at all: written in a hidden folder beside their place, synced, then renamed."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from geo.errors import OptionError

_LAST = (".shp",)
_ORDERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PREFIX = ".wangge-writing-"
_STAGE = re.compile(re.escape(_PREFIX) + r"[a-z0-9_]{8}")


def check_target(path: Path, endings: Sequence[str]) -> None:
    """Refuse early what can't be written: OptionError for an unknown ending, a missing folder, a folder as target."""
    if path.suffix.lower() not in endings:
        raise OptionError("ending-unknown", file=str(path), known=" ".join(endings))
    try:
        if path.is_dir():
            raise OptionError("target-is-folder", file=str(path))
        if not path.parent.is_dir():
            raise OptionError("folder-missing", file=str(path), folder=str(path.parent))
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise _refused(path.parent, error) from error


def made_folder(folder: Path) -> Path:
    """``folder``, made with all above it where it was not there. OptionError "folder-not-writable"."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(folder, error) from error
    return folder


def _refused(folder: Path, error: OSError) -> OptionError:
    return OptionError(
        "folder-not-writable", folder=str(folder), reason=error.strerror or str(error)
    )


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A hidden folder inside ``folder`` to write in. When the block ends well, each file in it is synced and renamed
    into ``folder`` (a .shp after its companions); when it raises, nothing of it stays. Only what ends a process at once
    (kill -9, no power) leaves the hidden folder behind: the next to write into ``folder`` removes it.

    OptionError ``folder-not-writable`` where the system refuses, ``write-failed`` where it fails midway.
    """
    try:
        _remove_abandoned(folder)
        stage, lock = _new_stage(folder)
    except OSError as error:
        raise _refused(folder, error) from error
    try:
        yield stage
        _publish(stage, folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OptionError("write-failed", folder=str(folder), reason=reason) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        os.close(lock)


def _new_stage(folder: Path) -> tuple[Path, int]:
    """A new hidden folder, and the lock that says that its process lives."""
    while True:
        stage = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
        lock = os.open(stage, os.O_RDONLY)
        with suppress(
            OSError
        ):  # where nothing can be locked, nothing is taken for abandoned either
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if stage.exists():  # else somebody took it for abandoned, just before it was locked
            return stage, lock
        os.close(lock)


def _remove_abandoned(folder: Path) -> None:
    """Remove the hidden folders of processes that are no more."""
    for stage in folder.iterdir():
        if not _STAGE.fullmatch(stage.name) or stage.is_symlink():
            continue
        with suppress(OSError):  # somebody else's, or alive
            lock = os.open(stage, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(stage, ignore_errors=True)
            finally:
                os.close(lock)


def _publish(stage: Path, folder: Path) -> None:
    files = sorted(stage.iterdir(), key=lambda file: (file.suffix in _LAST, file.name))
    for file in files:
        _sync(file)
    with _undisturbed():
        for file in files:
            file.replace(folder / file.name)
    _sync(folder)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """An order to stop waits meanwhile: files that belong together appear together."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ORDERS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
