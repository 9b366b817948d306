"""A file that somebody handed over as bytes: put into a folder under a name of ours, read, and called by its own name
in complaints. What a child process does with it (data.apart); ``folder`` is its own, and gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data.readers.drawing import ENDINGS, Drawing, read_drawing
from data.readers.drawn_layers import DrawnLayer
from data.readers.opened import LAYERS, TABLES, Opened, open_file
from data.readers.rows import Rows, read_rows
from data.readers.table import Table
from data.readers.vector import RawLayer
from geo.errors import FileUnreadable, InputError
from geo.model import CityPlan

LONGEST_NAME = 200
DRAWING = (Drawing, DrawnLayer, CityPlan)
ROWS = (Rows,)
GROUND = (Opened, Table, RawLayer)
"""What comes back of each."""


def drawing(folder: Path, content: bytes, name: str, **wishes: Any) -> Drawing:
    """A drawing, by the wishes of `read_drawing`. What that raises; FileUnreadable for another ending."""
    with placed(folder, content, name, ENDINGS) as path:
        return read_drawing(path, name=plain(name), into=folder, **wishes)


def rows(folder: Path, content: bytes, name: str, *, encoding: str | None = None) -> Rows:
    """The cells of a table. What `read_rows` raises."""
    with placed(folder, content, name, (Path(name).suffix.lower(),)) as path:
        return read_rows(path, file=plain(name), encoding=encoding)


def ground(
    folder: Path, content: bytes, name: str, *, tables: bool = True, **wishes: Any
) -> Opened:
    """A file of buildings, roads, outlines as it stands, by the wishes of `open_file`. What that raises; FileUnreadable
    for another ending (``tables``: whether a table will do)."""
    endings = (*TABLES, *LAYERS) if tables else LAYERS
    with placed(folder, content, name, endings) as path:
        return open_file(path, name=plain(name), into=folder, tables=tables, **wishes)


def plain(name: str) -> str:
    """A file's name, whatever it said of folders."""
    return Path(name.replace("\\", "/")).name[-LONGEST_NAME:] or "-"


@contextmanager
def placed(folder: Path, content: bytes, name: str, endings: tuple[str, ...]) -> Iterator[Path]:
    """Where the bytes lie; complaints meanwhile call the file by its name. FileUnreadable for an unknown ending."""
    called = plain(name)
    ending = Path(called).suffix.lower()
    if ending not in endings:
        raise FileUnreadable("file-ending-unknown", file=called, known=" ".join(endings))
    path = folder / f"upload{ending}"
    path.write_bytes(content)
    with called_by_name(path, folder, called):
        yield path


@contextmanager
def called_by_name(path: Path, folder: Path, called: str) -> Iterator[None]:
    """Our folder's name helps nobody."""
    try:
        yield
    except InputError as error:
        for key, value in error.params.items():
            if isinstance(value, str):
                told = value.replace(str(path), called).replace(f"{folder}{os.sep}", "")
                error.params[key] = told
        raise
