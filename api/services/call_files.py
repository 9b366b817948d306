"""A hotline's sheet that is handed over as a file: what of it is clear, and what comes back to be chosen from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from sqlalchemy import Engine

from api.services.imports import Imported, Options, call_sheet, run
from api.services.imports.result import headings
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


def take(engine: Engine, file: str, content: bytes, options: Options) -> Taken:
    """Import a sheet, or look what would come of it (``options.dry_run``).

    FileUnreadable for what is no such sheet; whatever `run` raises.
    """
    with _kept(file, content) as (path, back):
        done = run(engine, "calls", str(path), options, give_back=back)
        book = back.read_bytes() if back.exists() else None
    return Taken(done, list(_open(done, options.lang)), book)


def sheet(engine: Engine, file: str, content: bytes, options: Options) -> bytes:
    """What can't be placed without a person, as a workbook with candidates; nothing is imported."""
    with _kept(file, content) as (path, back):
        done = run(engine, "calls", str(path), options, give_back=back)
        if not back.exists():  # all of it is clear
            write_table(back, done.returned if done.returned is not None else pd.DataFrame())
        return back.read_bytes()


@contextmanager
def _kept(file: str, content: bytes) -> Iterator[tuple[Path, Path]]:
    """The file under its own name, and where its open rows go."""
    name = Path(file.replace("\\", "/").replace(":", "_")).name
    if Path(name).suffix.lower() not in ENDINGS:
        raise FileUnreadable("calls-no-sheet", file=file, known=" ".join(ENDINGS))
    with TemporaryDirectory(prefix="wangge-calls-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        (back := Path(folder) / "open").mkdir()
        yield path, back / "open.xlsx"


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
