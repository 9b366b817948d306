"""What libraries raise of a file that they can't read, told as one complaint of ours: FileUnreadable "file-broken"."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import shapely

from geo.errors import FileUnreadable

T = TypeVar("T")

ZIP = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError)
"""RuntimeError: what is encrypted, or packed in a way that is not known here."""
GDAL = (
    RuntimeError,
    ValueError,
    OSError,
    UnboundLocalError,
    shapely.errors.GEOSException,
    pa.ArrowException,
)
"""RuntimeError: all of pyogrio's and pyproj's; ValueError: texts in another encoding; UnboundLocalError: pyogrio's own,
of a CRS whose text is not UTF-8."""
PARQUET = (
    pa.ArrowException,
    OSError,
    ValueError,
    RuntimeError,
    LookupError,
    TypeError,
    AttributeError,
)
"""LookupError, TypeError, AttributeError: of what a file says of itself in JSON that is of another shape."""

_LETTERS = 200


@contextmanager
def refused(file: str | Path, kinds: tuple[type[Exception], ...] = GDAL) -> Iterator[None]:
    """Around what a library does with a file, and nothing of ours: whose defects stay defects."""
    try:
        yield
    except kinds as error:
        raise FileUnreadable("file-broken", file=str(file), reason=reason(error)) from error


def each(
    found: Iterable[T], file: str | Path, kinds: tuple[type[Exception], ...] = GDAL
) -> Iterator[T]:
    """What a library reads piece by piece."""
    pieces = iter(found)
    while True:
        with refused(file, kinds):
            try:
                piece = next(pieces)
            except StopIteration:
                return
        yield piece


def reason(error: Exception) -> str:
    """The first line of what a library says."""
    return str(error).split("\n", maxsplit=1)[0][:_LETTERS]
