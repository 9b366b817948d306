"""Blocks of a DXF drawing that hold one another: ten that hold ten times the next are ten thousand million shapes."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from geo.errors import FileUnreadable

MOST_INSERTED = 500_000
"""Shapes that all blocks together may become where they are put."""
_RECORD = re.compile(rb"^[ \t]*0[ \t]*\r?\n[ \t]*([A-Z][A-Z0-9_]*)[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_TAGS = (b"2", b"70", b"71")
_PUT = (b"INSERT", b"DIMENSION", b"ACAD_TABLE")
_NO_SHAPE = (b"SECTION", b"ENDSEC", b"ENDBLK", b"SEQEND", b"VERTEX", b"TABLE", b"ENDTAB", b"EOF")


def refuse_nested(path: Path, name: str) -> None:
    """FileUnreadable "dxf-blocks" for a drawing whose blocks become more than MOST_INSERTED shapes; they are counted,
    not made. Blocks that hold themselves are left out by whoever reads them."""
    own, inside = _blocks(path.read_bytes())
    sizes: dict[bytes, int] = {}
    for block in inside:
        if _size(block, own, inside, sizes, ()) > MOST_INSERTED:
            raise FileUnreadable("dxf-blocks", file=name, most=MOST_INSERTED)


def _blocks(content: bytes) -> tuple[dict[bytes, int], dict[bytes, dict[bytes, int]]]:
    """How many shapes each block has of its own, and how often it holds which others; b"" is the drawing itself."""
    own: dict[bytes, int] = defaultdict(int)
    inside: dict[bytes, dict[bytes, int]] = {b"": defaultdict(int)}
    block = b""
    records = _RECORD.finditer(content)
    record = next(records, None)
    while record is not None:
        after = next(records, None)
        kind = record[1]
        if kind == b"BLOCK" or kind in _PUT:
            tags = _tags(content, record.end(), after.start() if after else len(content))
            if kind == b"BLOCK":
                block = tags.get(b"2", b"")
                inside.setdefault(block, defaultdict(int))
            else:
                inside[block][tags.get(b"2", b"")] += _times(tags) if kind == b"INSERT" else 1
        elif kind == b"ENDBLK":
            block = b""
        elif kind not in _NO_SHAPE:
            own[block] += 1
        record = after
    return own, inside


def _tags(content: bytes, start: int, end: int) -> dict[bytes, bytes]:
    """The values of a record's tags that matter, the first of each."""
    lines = [line.strip() for line in content[start:end].split(b"\n")]
    found: dict[bytes, bytes] = {}
    for code, value in zip(lines[::2], lines[1::2], strict=False):
        if code in _TAGS:
            found.setdefault(code, value)
    return found


def _times(tags: dict[bytes, bytes]) -> int:
    """Columns by rows in which a block is put."""
    columns, rows = (tags.get(code, b"1") for code in (b"70", b"71"))
    return max(_number(columns), 1) * max(_number(rows), 1)


def _number(told: bytes) -> int:
    return int(told) if told.isdigit() and len(told) < 10 else 1


def _size(
    block: bytes,
    own: dict[bytes, int],
    inside: dict[bytes, dict[bytes, int]],
    sizes: dict[bytes, int],
    above: tuple[bytes, ...],
) -> int:
    """The shapes that a block becomes, as far as they are worth counting."""
    if block in sizes:
        return sizes[block]
    if block in above or len(above) > 50:
        return 0
    count = own.get(block, 0) if block else 0
    for other, times in inside.get(block, {}).items():
        if other in inside and other:
            count += times * _size(other, own, inside, sizes, (*above, block))
        if count > MOST_INSERTED:
            break
    sizes[block] = count
    return count
