"""A hotline's sheet that is handed over as a file: what of it is clear, and what comes back to be chosen from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from sqlalchemy import Engine

from api.services.imports import Imported, Options, call_sheet, run
from api.services.imports.result import headings
from data.apart import Apart, Cancel
from data.readers import handed
from data.readers.rows import RowsSource
from data.writers.table import write_table
from geo.errors import FileUnreadable

MOST_BYTES = 8 << 20
ENDINGS = (".xlsx", ".xls", ".csv")
MOST_ROWS = 200
"""Rows that are told one by one; all of them are in the sheet."""


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that somebody must look at. candidates: as a sheet shows them, the likeliest first."""

    key: str
    state: str
    reason: str
    candidates: Sequence[str]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a sheet. open: its first open rows; sheet: all of them as a workbook, and what
    was placed; None where it holds nothing."""

    done: Imported
    open: Sequence[OpenRow]
    sheet: bytes | None


class CallFiles:
    """Sheets that are handed over to one service; a stranger's bytes are never read in its process."""

    def __init__(self, engine: Engine, apart: Apart) -> None:
        self.engine, self.apart = engine, apart

    def take(
        self, file: str, content: bytes, options: Options, *, cancel: Cancel | None = None
    ) -> Taken:
        """Import a sheet, or look what would come of it (``options.dry_run``).

        FileUnreadable for what is no such sheet; whatever `run` and `Apart.run` raise.
        """
        with TemporaryDirectory(prefix="wangge-calls-") as folder:
            back = Path(folder) / "open.xlsx"
            done = self._run(file, content, options, back, cancel)
            book = back.read_bytes() if back.exists() else None
        return Taken(done, list(_open(done, options.lang)), book)

    def sheet(
        self, file: str, content: bytes, options: Options, *, cancel: Cancel | None = None
    ) -> bytes:
        """What can't be placed without a person, as a workbook with candidates; nothing is imported."""
        with TemporaryDirectory(prefix="wangge-calls-") as folder:
            back = Path(folder) / "open.xlsx"
            done = self._run(file, content, options, back, cancel)
            if not back.exists():  # all of it is clear
                write_table(back, done.returned if done.returned is not None else pd.DataFrame())
            return back.read_bytes()

    def _run(
        self, file: str, content: bytes, options: Options, back: Path, cancel: Cancel | None
    ) -> Imported:
        name = handed.plain(file)
        if Path(name).suffix.lower() not in ENDINGS:
            raise FileUnreadable("calls-no-sheet", file=file, known=" ".join(ENDINGS))
        rows = self.apart.run(
            handed.rows, content, name, about=name, returns=handed.ROWS, cancel=cancel,
            encoding=options.encoding,
        )  # fmt: skip
        read = replace(options, source=RowsSource(rows))
        return run(self.engine, "calls", name, read, give_back=back)


def _open(done: Imported, lang: str) -> Iterator[OpenRow]:
    if done.returned is None:
        return
    own, ours = headings(lang), call_sheet.titles(lang)
    for record in done.returned.head(MOST_ROWS).to_dict("records"):
        cells = {str(title): _text(value) for title, value in record.items()}
        offered = [cells.get(ours[name], "") for name in call_sheet.CANDIDATES]
        key, state, reason = (
            cells.get(own[f"row_{name}"], "") for name in ("key", "state", "reason")
        )
        yield OpenRow(key, state, reason, [one for one in offered if one])


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]
