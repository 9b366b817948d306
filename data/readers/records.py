"""A text table (CSV and its kin) record by record, by the rules of Python's ``csv``."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data.readers.encoding import text_encoding
from geo.errors import FileUnreadable

_SNIFFED_CHARACTERS = 16_384
_LINE_END = re.compile(r"[\r\n]")
_DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True, slots=True)
class TextTable:
    """How a text table is written, and the cells of its first record."""

    path: Path
    encoding: str
    delimiter: str
    heading: list[str]

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Each record after the heading with its number in the file (the heading's is 1), as wide as the heading.

        Records without any text are left out. FileUnreadable, with the row, where one is wider or malformed.
        """
        with self.path.open(encoding=self.encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=self.delimiter)
            try:
                next(reader, None)
                for number, record in enumerate(reader, start=2):
                    if any(cell.strip() for cell in record):
                        yield number, self._of_width(record, number)
            except csv.Error as error:
                raise FileUnreadable(
                    "table-malformed", file=str(self.path), row=reader.line_num, reason=str(error)
                ) from error

    def _of_width(self, record: list[str], row: int) -> list[str]:
        """Short records are filled, superfluous empty cells dropped."""
        width = len(self.heading)
        if len(record) > width and any(cell.strip() for cell in record[width:]):
            params = {"row": row, "cells": len(record), "width": width}
            raise FileUnreadable("table-row-too-wide", file=str(self.path), **params)
        return record[:width] + [""] * (width - len(record))


def open_text(path: Path, asked: str | None) -> TextTable:
    """Encoding (``asked``, else found out), delimiter and heading. Raises what `text_encoding` raises."""
    encoding = text_encoding(path, asked)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(path, encoding)
    with path.open(encoding=encoding, newline="") as stream:
        try:
            heading = next(csv.reader(stream, delimiter=delimiter), [])
        except csv.Error as error:
            raise FileUnreadable(
                "table-malformed", file=str(path), row=1, reason=str(error)
            ) from error
    return TextTable(path, encoding, delimiter, heading)


def _delimiter(path: Path, encoding: str) -> str:
    """The one that parts the heading into most cells."""
    with path.open(encoding=encoding, newline="") as stream:
        heading = _LINE_END.split(stream.read(_SNIFFED_CHARACTERS).lstrip("\r\n"), maxsplit=1)[0]
    counts = {sign: len(next(csv.reader([heading], delimiter=sign), [])) for sign in _DELIMITERS}
    return max(counts, key=lambda sign: counts[sign])
