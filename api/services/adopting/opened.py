"""A file on its way in: read in a folder of its own that is gone afterwards, and called by its name in complaints."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from api.services.adopting.wishes import Wishes
from data.readers.drawing import ENDINGS, Drawing, read_drawing
from data.readers.vector import split_spec
from geo.codes import Profile
from geo.errors import FileUnreadable, InputError

_PREFIX = "wangge-import-"
LONGEST_NAME = 200


@contextmanager
def opened(
    source: bytes | Path | str, wishes: Wishes, *, profile: Profile, name: str | None = None
) -> Iterator[Drawing]:
    """The drawing in a file (``F[:layer]``), or in bytes that came under a ``name``."""
    _sweep()
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as folder:
        into = Path(folder)
        path, layer, called = _placed(source, into, name)
        layers = wishes.layers or (None if layer is None else (layer,))
        try:
            yield read_drawing(
                path,
                name=called,
                into=into,
                layers=layers,
                columns=wishes.columns,
                encoding=wishes.encoding,
                profile=profile,
            )
        except InputError as error:
            _rename(error, path, into, called)
            raise


def _placed(
    source: bytes | Path | str, into: Path, name: str | None
) -> tuple[Path, str | None, str]:
    """Where the file lies, its layer, and what it is called."""
    if not isinstance(source, bytes):
        path, layer = split_spec(source)
        return path, layer, path.name
    called = Path(name or "").name[-LONGEST_NAME:] or "-"
    ending = Path(called).suffix.lower()
    if ending not in ENDINGS:
        raise FileUnreadable("file-ending-unknown", file=called, known=" ".join(ENDINGS))
    path = into / f"upload{ending}"
    path.write_bytes(source)
    return path, None, called


def _rename(error: InputError, path: Path, into: Path, called: str) -> None:
    """Our folder's name helps nobody."""
    for key, value in error.params.items():
        if isinstance(value, str):
            plain = value.replace(str(path), called).replace(f"{into}{os.sep}", "")
            error.params[key] = plain


def _sweep() -> None:
    """Remove the folders of processes that were killed while they read."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        pid = folder.name.removeprefix(_PREFIX).split("-")[0]
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
