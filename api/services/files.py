"""What kind of file an office handed over: its first bytes say, never its name."""

from __future__ import annotations

import io
import zipfile

from geo.errors import FileUnreadable

MOST_BYTES = 32 << 20
_MAGIC = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "application/x-ole-storage",
}
"""The last: Word, Excel and WPS as they were before 2007."""
_INSIDE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "OFD.xml": "application/ofd",
}
"""What a zip holds, by kind of document."""
_ZIP = "application/zip"
KINDS = tuple(dict.fromkeys((*_MAGIC.values(), *_INSIDE.values(), _ZIP)))
"""Every kind that is kept."""


def kind_of(name: str, content: bytes) -> str:
    """Its media type. FileUnreadable "stage-file-unusable" for any other kind, nothing, or too much."""
    kind = next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), None)
    if kind is None and content.startswith(b"PK\x03\x04"):
        kind = _zipped(content)
    if kind is None or len(content) > MOST_BYTES:
        raise FileUnreadable("stage-file-unusable", file=name, most_mb=MOST_BYTES >> 20)
    return kind


def _zipped(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    kinds = [
        kind for start, kind in _INSIDE.items() if any(name.startswith(start) for name in names)
    ]
    return kinds[0] if kinds else _ZIP
