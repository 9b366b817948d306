"""Small images for tests, made by hand: no library of images is needed to make or read one."""

from __future__ import annotations

import struct
import zlib


def png(width: int, height: int, *, colour: tuple[int, int, int] = (200, 120, 40)) -> bytes:
    """A PNG of one colour with a dark frame."""
    frame, inner = b"\x20\x20\x20", bytes(colour)
    edge = b"\0" + frame * width
    row = b"\0" + frame * 4 + inner * (width - 8) + frame * 4
    body = edge * 4 + row * (height - 8) + edge * 4 if min(width, height) > 8 else edge * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(body)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks)


def jpeg(width: int, height: int) -> bytes:
    """The markers of a JPEG, with a thumbnail's frame hidden in a comment before the real one; nothing to see."""
    comment = b"\xff\xc0\x00\x11\x08\x00\x10\x00\x10"
    frame = struct.pack(">BHHB", 8, height, width, 3) + b"\x01\x11\x00\x02\x11\x01\x03\x11\x01"
    parts = ((0xE0, b"JFIF\0" + bytes(9)), (0xFE, comment), (0xC2, frame), (0xDA, bytes(10)))
    told = b"".join(struct.pack(">BBH", 0xFF, mark, len(body) + 2) + body for mark, body in parts)
    return b"\xff\xd8" + told + b"\x12\x34\xff\xd9"


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
