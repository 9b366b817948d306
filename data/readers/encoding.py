"""Which encoding a text is in: judged by what decodes strictly, never guessed by frequency.

A GBK shapefile without .cpg is otherwise read as Latin-1 without an error. Order for a shapefile: its .cpg, the
language byte of its DBF, strict UTF-8, GB18030; for a text file: byte order mark, strict UTF-8, GB18030.
"""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from data.readers.broken import ZIP, refused
from data.readers.formats import open_zip
from geo.errors import FileUnreadable, OptionError

FALLBACKS = ("utf-8", "gb18030")
CHUNK_BYTES = 1 << 20
MAX_LINE_BYTES = 1 << 24
_SAMPLED_TEXTS = 20_000
_ASCII_BYTES = 1 << 26
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Esri's language driver ids that are unambiguous; 0x57 (ANSI) is what everything writes and means nothing.
_LANGUAGE_BYTES = {
    0x4D: "gbk",
    0x7A: "gbk",
    0x4F: "big5",
    0x78: "big5",
    0x7B: "cp932",
    0x13: "cp932",
    0x4E: "cp949",
    0x79: "cp949",
    0x03: "cp1252",
    0xC8: "cp1250",
    0xC9: "cp1251",
}


def known_encoding(name: str) -> str:
    """Python's name of an encoding that a person wrote (``GBK``, ``936``, ``utf8``). OptionError if unknown."""
    plain = name.strip().lower().removeprefix("ansi ").replace("cp936", "gbk")
    for candidate in (plain, f"cp{plain}"):
        with suppress(LookupError, ValueError):  # ValueError: a zero byte is in no name
            codec = codecs.lookup("gbk" if candidate == "936" else candidate)
            if codec._is_text_encoding:
                return codec.name
    raise OptionError("encoding-unknown", value=name, known="UTF-8, GBK, GB18030, Big5")


def text_encoding(path: Path, asked: str | None = None, *, within: int | None = None) -> str:
    """The encoding of a text file, read through once in pieces, never whole.

    ``within``: judge by so many bytes, and by more while they are all ASCII (`_ASCII_BYTES` at most); who reads on
    holds the rest to it with `StrictText`. FileUnreadable ``encoding-wrong`` where ``asked`` does not fit, with the
    row, ``encoding-undecided`` where nothing does, ``line-too-long`` where it has no lines, as nonsense has not.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    marked = next((name for bom, name in _BOMS if head.startswith(bom)), None)
    if asked is not None:
        name = known_encoding(asked)
        candidates = [marked if marked and name.startswith("utf") else name]
    else:
        candidates = [marked] if marked else list(FALLBACKS)
    bad_rows = []
    for candidate in candidates:
        row = _first_bad_row(path, candidate, within)
        if row is None:
            return candidate
        bad_rows.append(row)
    if asked is not None:
        raise FileUnreadable("encoding-wrong", file=str(path), encoding=asked, row=bad_rows[0])
    raise FileUnreadable("encoding-undecided", file=str(path), row=max(bad_rows))


class StrictText:
    """Holds the pieces of a text file, one after another, to one encoding.

    FileUnreadable names the line that is not: ``encoding-wrong`` if a person asked for the encoding, else
    ``encoding-breaks``.
    """

    def __init__(self, encoding: str, *, file: str, asked: str | None = None) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._file, self._name = Path(file), asked or encoding
        self._code = "encoding-breaks" if asked is None else "encoding-wrong"
        self._utf8 = encoding in ("utf-8", "utf-8-sig")
        self._seen = 3 if encoding == "utf-8-sig" else 0
        self._torn = b""

    def check(self, block: bytes) -> None:
        """Refuse what is no text."""
        if not self._utf8:
            for start in range(
                0, len(block), CHUNK_BYTES
            ):  # small enough for the processor's cache
                self.decode(block[start : start + CHUNK_BYTES])
            return
        whole = self._torn + block
        torn = _torn_bytes(whole)
        if not _is_utf8(whole, len(whole) - torn):
            self.decode(block)  # says where
        self._seen += len(block)
        self._torn = whole[len(whole) - torn :]

    def decode(self, block: bytes, *, final: bool = False) -> str:
        """The block as text, without a character that its end tears."""
        begun = len(self._decoder.getstate()[0]) + len(self._torn)
        try:
            text = self._decoder.decode(self._torn + block, final)
        except UnicodeError as error:
            row = self._row_at(self._seen - begun + _start(error))
            raise FileUnreadable(
                self._code, file=str(self._file), encoding=self._name, row=row
            ) from error
        self._seen += len(block)
        return text

    def finish(self) -> None:
        """Refuse a file that ends within a character."""
        self.decode(b"", final=True)

    def _row_at(self, position: int) -> int:
        """The line of a byte of the file."""
        row = 1
        with self._file.open("rb") as stream:
            while position > 0 and (chunk := stream.read(min(position, CHUNK_BYTES))):
                row += chunk.count(b"\n")
                position -= len(chunk)
        return row


def _torn_bytes(block: bytes) -> int:
    """How many bytes at the end of UTF-8 are a character's beginning only."""
    for back in range(1, min(4, len(block) + 1)):
        byte = block[-back]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if back < length else 0
        if byte < 0x80:
            break
    return 0


def _is_utf8(block: bytes, length: int) -> bool:
    """Whether the first bytes are UTF-8: asked of Arrow, which is four times as quick as decoding."""
    ends = np.array([0, length], dtype=np.int64)
    text = pa.LargeStringArray.from_buffers(1, pa.py_buffer(ends), pa.py_buffer(block))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _first_bad_row(path: Path, encoding: str, within: int | None) -> int | None:
    """The line where strict decoding fails, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    row, run, ascii_only, seen = 1, 0, True, 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            if within is not None and seen >= (_ASCII_BYTES if ascii_only else within):
                return None
            seen, ascii_only = seen + len(chunk), ascii_only and chunk.isascii()
            lines = chunk.count(b"\n")
            run = len(chunk) - chunk.rfind(b"\n") if lines else run + len(chunk)
            if run > MAX_LINE_BYTES + 1:
                raise FileUnreadable("line-too-long", file=str(path), row=row + lines)
            try:
                decoder.decode(chunk)
            except UnicodeError as error:
                return row + chunk[: max(_start(error), 0)].count(b"\n")
            row += lines
    try:
        decoder.decode(b"", final=True)
    except UnicodeError:
        return row
    return None


def _start(error: UnicodeError) -> int:
    """Where a text is none; the beginning, of a UTF-16 without a mark that tells its order."""
    return error.start if isinstance(error, UnicodeDecodeError) else 0


def gdal_name(encoding: str) -> str:
    """What an encoding of a shapefile is called for GDAL. UTF-8 by another name than its own: so it looks at each text,
    and leaves out the half of a character that its own writer leaves at the end of a heading of ten bytes."""
    return "UTF8" if encoding == "utf-8" else encoding


def shapefile_encoding(path: Path, asked: str | None = None) -> str:
    """The encoding of a shapefile's texts (``path``: the .shp, or a .zip that holds one).

    The first of .cpg, DBF language byte, UTF-8 and GB18030 that decodes every sampled text strictly; ``asked``
    goes before them all and must fit.
    """
    parts = _zipped(path) if path.suffix.lower() == ".zip" else _beside(path)
    with parts.dbf as stream, refused(path, ZIP):
        language, texts = _dbf_texts(stream)
    if asked is not None:
        name = known_encoding(asked)
        row = _first_misfit(texts, name)
        if row is not None:
            raise FileUnreadable("encoding-wrong", file=str(path), encoding=asked, row=row)
        return name
    for candidate in _candidates(parts.cpg, language):
        if _first_misfit(texts, candidate) is None:
            return candidate
    raise FileUnreadable("encoding-undecided", file=str(path), row=_first_misfit(texts, "gb18030"))


class _Parts:
    """The companions of a .shp that tell its encoding."""

    def __init__(self, cpg: str | None, dbf: BinaryIO) -> None:
        self.cpg = cpg
        self.dbf = dbf


def _beside(path: Path) -> _Parts:
    companions = {
        other.suffix.lower(): other for other in path.parent.glob(f"{_glob(path.stem)}.*")
    }
    if ".dbf" not in companions:
        raise FileUnreadable("shapefile-incomplete", file=str(path), missing=".dbf")
    cpg = companions.get(".cpg")
    text = cpg.read_text("ascii", errors="replace") if cpg else None
    return _Parts(text, companions[".dbf"].open("rb"))


def _glob(stem: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in stem)


def _zipped(path: Path) -> _Parts:
    container = open_zip(path)
    names = {Path(name).suffix.lower(): name for name in container.namelist()}
    if ".dbf" not in names:
        raise FileUnreadable("shapefile-incomplete", file=str(path), missing=".dbf")
    with refused(path, ZIP):
        cpg = container.read(names[".cpg"]).decode("ascii", "replace") if ".cpg" in names else None
        return _Parts(cpg, _opened(container, names[".dbf"]))


def _opened(container: zipfile.ZipFile, name: str) -> BinaryIO:
    return container.open(name)  # type: ignore[return-value]


def _candidates(cpg: str | None, language: int) -> Iterator[str]:
    if cpg and cpg.strip():
        with suppress(OptionError):  # a .cpg that names nothing known is no evidence
            yield known_encoding(cpg)
    if language in _LANGUAGE_BYTES:
        yield _LANGUAGE_BYTES[language]
    yield from FALLBACKS


def _dbf_texts(stream: BinaryIO) -> tuple[int, list[tuple[int, bytes, bool]]]:
    """The language byte, and (row, text, cut) of each non-ASCII name and text: ``cut`` where it fills its field, so
    that its last character may be torn. Row 0 is the header."""
    head = stream.read(32)
    header, width = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
    fields, texts, offset = [], [], 1
    descriptors = stream.read(max(header - 32, 0))
    for start in range(0, len(descriptors) - 31, 32):
        field = descriptors[start : start + 32]
        if field[0] == 0x0D:
            break
        name = field[:11].split(b"\0")[0]
        texts.append((0, name, len(name) >= 10))
        if field[11:12] == b"C":
            fields.append((offset, field[16]))
        offset += field[16]
    row = 0
    while (
        fields and width and len(texts) < _SAMPLED_TEXTS and len(rec := stream.read(width)) == width
    ):
        row += 1
        for start, size in fields:
            raw = rec[start : start + size].rstrip(b" \0")
            if raw and not raw.isascii():
                texts.append((row, raw, len(raw) >= size - 1))
    return head[29] if len(head) == 32 else 0, [text for text in texts if not text[1].isascii()]


def _first_misfit(texts: list[tuple[int, bytes, bool]], encoding: str) -> int | None:
    """The row of the first text that the encoding can't decode strictly, or None."""
    for row, raw, cut in texts:
        try:
            codecs.getincrementaldecoder(encoding)("strict").decode(raw, final=not cut)
        except UnicodeError:
            return row
    return None
