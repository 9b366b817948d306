"""Tables -> CSV, XLSX, Parquet. Excel opens them as they are meant: Chinese whole, codes as text, no formulas.

A text that begins with = + - @ could run as a formula. In CSV it gets a leading apostrophe (`guarded`; the readers
take it off again), in XLSX it is stored as a text cell, unchanged.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from data.writers.atomic import check_target, staging
from data.writers.result import Written
from geo.errors import OptionError
from geo.model import Finding, Severity

ENDINGS = (".csv", ".xlsx", ".parquet")
MAX_CELL = 32_767
MAX_SHEET_ROWS = 1_048_575
_RISKY = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_table(
    path: Path,
    frame: pd.DataFrame,
    *,
    encoding: str = "utf-8",
    sheet: str = "Sheet1",
    beside: Mapping[str, pd.DataFrame] = MappingProxyType({}),
) -> Written:
    """One table by the name's ending, rows and columns in order, whole or not at all.

    ``beside``: further sheets, of a workbook.
    ``encoding``: of CSV; utf-8 gets a byte order mark, so that Excel shows Chinese. OptionError as `check_target`.
    """
    check_target(path, ENDINGS)
    with staging(path.parent) as stage:
        findings = put_table(stage / path.name, {sheet: frame, **beside}, encoding=encoding)
    return Written((path,), findings)


def put_table(
    path: Path, sheets: Mapping[str, pd.DataFrame], *, encoding: str
) -> tuple[Finding, ...]:
    """Write at ``path`` itself, in place. All sheets for XLSX; the only one for CSV and Parquet."""
    if path.suffix.lower() == ".xlsx":
        return _put_xlsx(path, sheets)
    (frame,) = sheets.values()
    if path.suffix.lower() == ".csv":
        return _put_csv(path, frame, encoding)
    frame.to_parquet(path, index=False)
    return ()


def guarded(text: str) -> str:
    """A text that no spreadsheet runs: with a leading apostrophe if it could be taken for a formula."""
    return f"'{text}" if _RISKY.match(text) and not _NUMBER.fullmatch(text) else text


def cell(value: Any) -> Any:
    """A value as a spreadsheet can hold it: None for unknown, whole floats whole, times as ISO text with their zone."""
    if isinstance(value, list | tuple | dict | set | np.ndarray):
        items = value.tolist() if isinstance(value, np.ndarray) else value
        return json.dumps(sorted(items) if isinstance(items, set) else items, ensure_ascii=False)
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, bool | int | str) else str(value)


def _put_csv(path: Path, frame: pd.DataFrame, encoding: str) -> tuple[Finding, ...]:
    codec = "utf-8-sig" if encoding.lower().replace("-", "") == "utf8" else encoding
    with path.open("w", encoding=codec, errors="replace", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([guarded(str(name)) for name in frame.columns])
        for row in frame.itertuples(index=False, name=None):
            writer.writerow([_csv_cell(value) for value in row])
    return unencodable(frame, codec)


def _csv_cell(value: Any) -> Any:
    plain = cell(value)
    return guarded(plain) if isinstance(plain, str) else plain


def unencodable(frame: pd.DataFrame, encoding: str) -> tuple[Finding, ...]:
    """A finding for the texts whose letters an encoding lacks: they were written as ``?``."""
    if encoding.startswith("utf"):
        return ()
    texts = [text for name in frame.columns for text in _texts(frame[name])]
    lost = [text for text in texts if not _encodes(text, encoding)]
    if not lost:
        return ()
    params = {"count": len(lost), "encoding": encoding, "examples": ", ".join(lost[:5])}
    return (Finding("write-letters-lost", Severity.WARNING, count=len(lost), params=params),)


def _texts(values: pd.Series) -> Iterable[str]:
    return (value for value in values if isinstance(value, str) and not value.isascii())


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _put_xlsx(path: Path, sheets: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    cut = 0
    for name, frame in sheets.items():
        if len(frame) > MAX_SHEET_ROWS:
            raise OptionError(
                "sheet-too-long", file=path.name, rows=len(frame), limit=MAX_SHEET_ROWS
            )
        cut += _put_sheet(book.create_sheet(re.sub(r"[\[\]:*?/\\]", "_", name)[:31]), frame)
    content = (
        io.BytesIO()
    )  # a half-made archive on a full disk would complain once more when it is thrown away
    book.save(content)
    path.write_bytes(content.getbuffer())
    if not cut:
        return ()
    params = {"count": cut, "limit": MAX_CELL}
    return (Finding("write-text-cut", Severity.WARNING, count=cut, params=params),)


def _put_sheet(sheet: Any, frame: pd.DataFrame) -> int:
    """Fill a sheet; how many texts had to be cut."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    for number, name in enumerate(frame.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _width(name, frame[name])
    head = []
    for name in frame.columns:
        title = WriteOnlyCell(sheet, value=_CONTROL.sub("", str(name)))
        title.font, title.fill = Font(bold=True), PatternFill("solid", fgColor="DDE7F0")
        title.data_type = "s"
        head.append(title)
    sheet.append(head)
    cut = 0
    for row in frame.itertuples(index=False, name=None):
        values = [cell(value) for value in row]
        cut += sum(isinstance(value, str) and len(value) > MAX_CELL for value in values)
        sheet.append([_xlsx_cell(sheet, value) for value in values])
    return cut


def _xlsx_cell(sheet: Any, value: Any) -> Any:
    """Texts as text cells (a code keeps its zeros, ``=1+1`` stays what it says); other values as they are."""
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return value
    made = WriteOnlyCell(sheet, value=_CONTROL.sub("", value)[:MAX_CELL])
    made.data_type = "s"
    made.number_format = "@"
    return made


def _width(name: object, values: pd.Series) -> float:
    """Wide enough for the heading and the first rows; a Chinese letter takes two places."""
    shown = [str(name), *(str(value) for value in values.head(100))]
    widest = max(sum(1 if letter.isascii() else 2 for letter in text) for text in shown)
    return float(min(max(widest + 2, 8), 60))
