"""Workbooks as their cells stand, once it is certain that they do not swell beyond memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.readers.broken import ZIP, reason, refused
from data.readers.formats import open_zip
from geo.errors import FileUnreadable

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MAX_UNPACKED_BYTES = 512 << 20
MAX_SHEET_CELLS = 30_000_000
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""What a sheet can have."""
MAX_XLS_BYTES = 256 << 20
_CHUNK = 1 << 20
_TAIL = 100
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]{0,400}?\br\s*=\s*[\"'](\d+)")
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]{0,80}?\br\s*=\s*[\"']([A-Z]{2,8})\d")
_FAR = re.compile(rb"<(?:\w+:)?c\s[^>]{0,80}?\br\s*=\s*[\"'][A-Z]+(\d{7,})")
"""Columns beyond the first 26, and rows beyond the first million, that a cell says by itself."""


@contextmanager
def open_book(path: Path) -> Iterator[CalamineWorkbook]:
    """A workbook (.xlsx, .xls). FileUnreadable for one that is broken or would be too large."""
    from python_calamine import CalamineError, load_workbook

    _check_weight(path)
    try:
        with load_workbook(path) as book:
            yield book
    except (CalamineError, OSError, ValueError, OverflowError) as error:  # OverflowError: of a time
        raise FileUnreadable("file-broken", file=str(path), reason=reason(error)) from error


def _check_weight(path: Path) -> None:
    """Refuse a workbook that would swell beyond memory, by unpacking it in pieces and counting only."""
    if path.suffix.lower() == ".xls":
        if path.stat().st_size > MAX_XLS_BYTES:
            raise _too_large(path)
        return
    total = 0
    with open_zip(path) as container:
        for part in container.infolist():
            if not part.filename.startswith("xl/") or not part.filename.endswith(".xml"):
                continue
            with refused(path, ZIP), container.open(part) as stream:
                total = _weigh(path, stream, total, part.filename.startswith("xl/worksheets/"))


def _weigh(path: Path, stream: Any, total: int, is_sheet: bool) -> int:
    """Bytes unpacked so far; a sheet's far corner counts too, since a reader lays out every cell before it."""
    height = width = 1
    tail = b""
    while chunk := stream.read(_CHUNK):
        total += len(chunk)
        if is_sheet:
            seen = tail + chunk
            told = (*_ROW.findall(seen), *_FAR.findall(seen))
            height = max([height, *(_number(digits) for digits in told)])
            width = max([width, *(_column(letters) for letters in set(_CELL.findall(seen)))])
            tail = chunk[-_TAIL:]
        if total > MAX_UNPACKED_BYTES or _beyond(height, width):
            raise _too_large(path)
    return total


def _beyond(height: int, width: int) -> bool:
    """Whether a sheet is larger than what is worth laying out, or than any spreadsheet makes."""
    return height * width > MAX_SHEET_CELLS or height > MOST_ROWS or width > MOST_COLUMNS


def _number(digits: bytes) -> int:
    """A row's number, as far as it is worth telling: Python reads no number of five thousand digits."""
    return int(digits[:20])


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_large(path: Path) -> FileUnreadable:
    return FileUnreadable("sheet-too-large", file=str(path), limit=MAX_UNPACKED_BYTES >> 20)
