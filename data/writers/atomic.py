"""Files appear whole or not at all: written in a hidden folder beside their place, synced, then renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from geo.errors import OptionError

_LAST = (".shp",)


def check_target(path: Path, endings: Sequence[str]) -> None:
    """Refuse early what can't be written: OptionError for an unknown ending, a missing folder, a folder as target."""
    if path.suffix.lower() not in endings:
        raise OptionError("ending-unknown", file=str(path), known=" ".join(endings))
    if path.is_dir():
        raise OptionError("target-is-folder", file=str(path))
    if not path.parent.is_dir():
        raise OptionError("folder-missing", file=str(path), folder=str(path.parent))


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A hidden folder inside ``folder`` to write in. When the block ends well, each file in it is synced and renamed
    into ``folder`` (a .shp after its companions); when it raises, nothing of it stays.

    OptionError ``folder-not-writable`` where the system refuses, ``write-failed`` where it fails midway.
    """
    try:
        stage = Path(tempfile.mkdtemp(prefix=".wangge-", dir=folder))
    except OSError as error:
        reason = error.strerror or str(error)
        raise OptionError("folder-not-writable", folder=str(folder), reason=reason) from error
    try:
        yield stage
        _publish(stage, folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OptionError("write-failed", folder=str(folder), reason=reason) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _publish(stage: Path, folder: Path) -> None:
    files = sorted(stage.iterdir(), key=lambda file: (file.suffix in _LAST, file.name))
    for file in files:
        _sync(file)
    for file in files:
        file.replace(folder / file.name)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
