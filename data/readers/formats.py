"""What a file really is: looked at by its first bytes, before anything is read into memory.

A wrong ending, an HTML page saved as .gpkg or a gigabyte of zeros is refused here, in milliseconds.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from data.readers.broken import ZIP, refused
from geo.errors import FileUnreadable

VECTOR_ENDINGS = (
    ".gpkg",
    ".shp",
    ".zip",
    ".geojson",
    ".json",
    ".kml",
    ".kmz",
    ".dxf",
    ".fgb",
    ".osm",
    ".pbf",
    ".parquet",
)
TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".parquet")
HEAD_BYTES = 65_536

_ZIP = b"PK\x03\x04"
_MAGIC: dict[str, tuple[bytes, ...]] = {
    ".gpkg": (b"SQLite format 3\0",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".zip": (_ZIP,),
    ".kmz": (_ZIP,),
    ".xlsx": (_ZIP,),
    ".xls": (b"\xd0\xcf\x11\xe0",),
    ".parquet": (b"PAR1",),
    ".fgb": (b"fgb",),
}
_FIRST_CHARACTER = {".geojson": b"{", ".json": b"{", ".kml": b"<", ".osm": b"<"}
_DXF = re.compile(rb"\s*(0\s*\r?\nSECTION|999\s*\r?\n)|AutoCAD Binary DXF")

_POINTERS = re.compile(rb"<OGRVRT|<VRTDataset|gdal_streamed_alg", re.IGNORECASE)
"""What a file has that GDAL takes, whatever its ending says, for directions to read other files and addresses."""

_LOOKS_LIKE = (
    (b"SQLite format 3\0", "GeoPackage / SQLite"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"\xd0\xcf\x11\xe0", "Excel 97 (.xls)"),
    (b"PAR1", "Parquet"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"AC10", "DWG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
)


def check_file(path: Path, endings: tuple[str, ...]) -> None:
    """Refuse what can't be read as its ending says: FileUnreadable with the file, what it is and the remedy.

    Reads the first 64 KB only. ``endings``: those that the caller can read, lower case.
    """
    if path.is_dir():
        raise FileUnreadable("file-is-folder", file=str(path))
    if not path.exists():
        raise FileUnreadable("file-missing", file=str(path))
    ending = path.suffix.lower()
    if ending not in endings:
        raise FileUnreadable("file-ending-unknown", file=str(path), known=" ".join(endings))
    head = read_head(path)
    if not head:
        raise FileUnreadable("file-empty", file=str(path))
    if _POINTERS.search(head):
        raise FileUnreadable("file-points-elsewhere", file=str(path))
    if not _fits(ending, head):
        raise FileUnreadable("file-not-format", file=str(path), ending=ending, found=found(head))


def read_head(path: Path) -> bytes:
    """The first 64 KB. FileUnreadable where the system won't let us."""
    try:
        with path.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    except OSError as error:
        raise FileUnreadable(
            "file-not-opened", file=str(path), reason=error.strerror or str(error)
        ) from error


def _fits(ending: str, head: bytes) -> bool:
    if ending in _MAGIC:
        return head.startswith(_MAGIC[ending])
    if ending in _FIRST_CHARACTER:
        return text_start(head).startswith(_FIRST_CHARACTER[ending])
    if ending == ".dxf":
        return _DXF.match(head) is not None
    if ending == ".pbf":
        return b"OSMHeader" in head[:64]
    return looks_like_text(head)


def text_start(head: bytes) -> bytes:
    """The bytes of a text without its byte order mark and leading blanks."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()


def looks_like_text(head: bytes) -> bool:
    """Whether the bytes can be a text file: no NUL unless it is marked UTF-16."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"\0" not in head and not any(head.startswith(magic) for magic, _ in _LOOKS_LIKE)


def found(head: bytes) -> str:
    """A word for what the bytes are, for messages: ``HTML``, ``PDF``, ``binary`` …"""
    if head.startswith(_ZIP):
        return "ZIP / XLSX"
    for magic, name in _LOOKS_LIKE:
        if head.startswith(magic):
            return name
    start = text_start(head)[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "HTML"
    if not looks_like_text(head):
        return "binary"
    return "XML" if start.startswith(b"<") else "text"


def open_zip(path: Path) -> zipfile.ZipFile:
    """A ZIP container (XLSX, KMZ, zipped shapefile). FileUnreadable where it is broken."""
    with refused(path, ZIP):
        return zipfile.ZipFile(path)
