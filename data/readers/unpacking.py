"""A container (ZIP, KMZ) taken apart in a folder of ours: names from it never become names on this machine, and nothing
is written beyond what was agreed."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from data.readers.broken import ZIP, refused
from data.readers.formats import open_zip
from geo.errors import FileUnreadable

MOST_ENTRIES = 500
MOST_BYTES = 256 << 20
"""Of all files of a container, unpacked."""
MOST_TIMES = 200
"""By which a file may be larger than it is packed: what is larger is no data, but a bomb."""
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
WHOLE = (".gpkg", ".kml", ".geojson", ".json", ".dxf", ".fgb")
_CHUNK = 1 << 20
_ENCRYPTED, _UTF8 = 0x1, 0x800
_SMALL = 1 << 20
"""Bytes that any file may have, however well they pack."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file that was in a container: where it lies now, and what it was called there."""

    path: Path
    name: str


def unpack(path: Path, into: Path) -> list[Unpacked]:
    """The files of a container that can be read, a shapefile by its .shp, in the order of their names.

    FileUnreadable for a container that is broken, encrypted, too large, or has names that lead out of it; where it
    holds nothing to read ("zip-nothing").
    """
    with open_zip(path) as container:
        entries = list(_entries(container, path))
        stems: dict[tuple[str, str], int] = {}
        found, left = [], MOST_BYTES
        for info, name in entries:
            inner = PurePosixPath(name)
            ending = inner.suffix.lower()
            key = (str(inner.parent), inner.stem.lower() if ending in PARTS else inner.name)
            number = stems.setdefault(key, len(stems))
            target = into / f"{number:03d}{ending}"
            left -= _write(container, info, target, path, left)
            if ending in (".shp", *WHOLE):
                found.append(Unpacked(target, name))
    if not found:
        raise FileUnreadable("zip-nothing", file=str(path), known=" ".join((".shp", *WHOLE)))
    return sorted(found, key=lambda one: one.name)


def _entries(container: zipfile.ZipFile, path: Path) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """The files to take, with their names as they are meant."""
    infos = container.infolist()
    if len(infos) > MOST_ENTRIES:
        raise FileUnreadable("zip-too-many", file=str(path), count=len(infos), most=MOST_ENTRIES)
    for info in infos:
        name = _name(info)
        inner = PurePosixPath(name.replace("\\", "/"))
        if inner.is_absolute() or ".." in inner.parts or ":" in str(inner)[:2]:
            raise FileUnreadable("zip-leads-out", file=str(path), entry=name[:100])
        hidden = any(part.startswith((".", "__MACOSX")) for part in inner.parts)
        # a name may be empty (what is damaged): it has no ending, and is not asked whether it is a folder's
        if hidden or inner.suffix.lower() not in (*PARTS, *WHOLE) or info.is_dir():
            continue
        if info.flag_bits & _ENCRYPTED:
            raise FileUnreadable("zip-encrypted", file=str(path), entry=name[:100])
        yield info, str(inner)


def _name(info: zipfile.ZipInfo) -> str:
    """A name as its maker saw it: Chinese Windows writes GBK, which the format reads as code page 437."""
    if info.flag_bits & _UTF8 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _write(
    container: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, path: Path, left: int
) -> int:
    """Write one file, and no more of it than is left; how many bytes."""
    most = min(left, max(_SMALL, info.compress_size * MOST_TIMES))
    size = 0
    with refused(path, ZIP), container.open(info) as source, target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise FileUnreadable("zip-too-large", file=str(path), most_mb=MOST_BYTES >> 20)
            out.write(chunk)
    return size
