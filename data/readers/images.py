"""PNG and JPEG: which of them bytes are, and how large the image is, by their headers alone."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from geo.errors import InputError

MOST_BYTES = 20_000_000
MOST_PIXELS = 120_000_000
"""What browsers can be counted on to draw; an A0 sheet at 300 dpi has 140 million."""
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_APP1, _EXIF = 0xE1, b"Exif\0\0"
_ORIENTATION, _SHORT = 0x0112, 3
_LYING = frozenset({5, 6, 7, 8})
"""Orientations in which rows of what is stored are columns of what is seen (EXIF 2.32, 4.6.4)."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of frames: what follows tells the size."""


@dataclass(frozen=True, slots=True)
class Image:
    """media_type: image/png or image/jpeg; width, height: in pixels, the right way up, as browsers show it."""

    media_type: str
    width: int
    height: int


def read_image(content: bytes) -> Image:
    """What an image is. InputError "image-unreadable" for anything else, "image-too-large" for too much."""
    if len(content) > MOST_BYTES:
        raise InputError(
            "image-too-large", most_mb=MOST_BYTES // 1_000_000, most_pixels=MOST_PIXELS
        )
    kind = "image/png" if content.startswith(_PNG) else "image/jpeg"
    try:
        size = _png(content) if content.startswith(_PNG) else _jpeg(content)
    except (struct.error, IndexError):
        size = None
    if size is None or 0 in size:
        raise InputError("image-unreadable")
    if size[0] * size[1] > MOST_PIXELS:
        raise InputError(
            "image-too-large", most_mb=MOST_BYTES // 1_000_000, most_pixels=MOST_PIXELS
        )
    return Image(kind, *size)


def _png(content: bytes) -> tuple[int, int] | None:
    """The size in the first chunk, which must be IHDR (PNG specification, 5.6); the last must be there, too."""
    if content[12:16] != b"IHDR" or b"IEND" not in content[-64:]:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """The size in the first frame header (ITU T.81, B.2.2), marker by marker; the end of the image must be there."""
    if not content.startswith(_JPEG) or b"\xff\xd9" not in content[-4096:]:
        return None
    at, lying = 2, None
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return (height, width) if lying else (width, height)
        size = struct.unpack(">H", content[at + 2 : at + 4])[0]
        if marker == _APP1 and lying is None and content.startswith(_EXIF, at + 4):
            lying = _orientation(content[at + 4 + len(_EXIF) : at + 2 + size]) in _LYING
        at += 2 + size
    return None


def _orientation(exif: bytes) -> int:
    """Which way is up: a tag of the first directory of a TIFF header; 1, as stored, where nothing sound says."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, at)
        for n in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, at + 2 + 12 * n)
            if (tag, kind) == (_ORIENTATION, _SHORT):
                return int(value)
    except struct.error:
        return 1
    return 1
