"""A hotline's sheet: calls with words instead of coordinates. What is clear is placed, the rest comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from api.services.imports import call_sheet, incidents
from api.services.imports.call_words import CallWords, Choice, Meant, Said
from api.services.imports.incidents import Finder
from api.services.imports.result import Imported, Options
from data.incident_cells import HALF_PLACE, NO_PLACE, Floats, IncidentReader, IncidentRows
from data.incident_cells import TARGETS as OWN
from data.intake import Reason, State
from data.readers.table_batches import TableSource
from data.store import choices
from data.store import incidents as stored
from geo.errors import ColumnMissing
from maps.texts import text

NOUN = "calls"
TARGETS = (*call_sheet.TARGETS, *OWN)
TOLD_EVERY = 50
"""After how many rows the progress is told: a row takes milliseconds."""

Flags = NDArray[np.bool_]


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Import a sheet of calls as `incidents.take` does, and find the place of each row that tells no coordinates.

    The words of its place are searched as /search does, and those of its note where that says too little. A row with
    one candidate beyond doubt (api.services.clear) goes in there; any other comes back with its candidates, and goes
    in without a place if ``options.keep_unplaced``. A row that comes again with a choice goes in there, or, where it
    waits already, gets that place. One that is in the store with a place stays where it is.
    ColumnMissing without a column of words.
    """
    finders: list[CallFinder] = []

    def finding(source: TableSource, reader: IncidentReader) -> Finder:
        finders.append(CallFinder(connection, source, reader, options))
        return finders[0]

    done = incidents.bring(connection, spec, options, noun=NOUN, targets=TARGETS, finding=finding)
    if not options.dry_run:
        for choice in finders[0].chosen:
            choices.record(connection, words=choice.words, kind=choice.kind, key=choice.key)
    return replace(done, beside=finders[0].sheet())


class CallFinder(Finder):
    """Finds the places of calls by what is said of them. ``chosen``: what was meant by words, to be remembered."""

    searches = True

    def __init__(
        self, connection: Connection, source: TableSource, reader: IncidentReader, options: Options
    ) -> None:
        if not {"place", "note", "lon"} & set(reader.understood) and source.crs is None:
            present = ", ".join(source.names)
            raise ColumnMissing("calls-without-words", file=source.file, present=present)
        self.chosen: list[Choice] = []
        self._engine: Engine = connection.engine
        self._reader, self._options, self._about = reader, options, source.rows
        datum = None if options.datum is None else str(options.datum)
        self._words = CallWords(connection, datum=datum)
        self._there: Flags = np.zeros(0, dtype=bool)
        self._candidates: dict[int, list[str]] = {}
        self._placed: list[dict[str, object]] = []
        self._done = 0

    def find(self, rows: IncidentRows, lng: Floats, lat: Floats) -> IncidentRows:
        """Places of the rows that have none, and what is said of each."""
        self._candidates = {}
        self._there = self._known(rows, lng)
        names = self._reader.texts(rows.batch, "place")
        said = self._said(rows)
        for row, told in enumerate(said):
            self._tell(row + 1, len(lng))
            if np.isfinite(lng[row]):
                continue
            _unsay(rows, row)
            if _refused(rows, row):
                continue
            if self._there[row]:
                rows.because(row, Reason("place-known", State.NOTE))
                continue
            meant = self._words.meant(told)
            rows.because(row, meant.reason)
            if meant.place is not None:
                lng[row], lat[row], name, raw = meant.place
                if raw is not None:
                    rows.told[row] = raw
                names[row] = names[row] or name
            self._keep(rows, row, told, meant)
        self._done += len(lng)
        return _named(rows, names)

    def going(self, lng: Floats) -> Flags:
        """Those with a place, here or in the store already; all of them if the options say so."""
        placed: Flags = np.isfinite(lng) | self._there
        return placed | self._options.keep_unplaced

    def cells(self, rows: IncidentRows, listed: Sequence[int]) -> pa.Table:
        """The rows as they came, an empty choice, and their candidates."""
        candidates = [self._candidates.get(row, []) for row in listed]
        cells = super().cells(rows, listed)
        return call_sheet.beside(cells, self._reader.understood, candidates, self._options.lang)

    def sheet(self) -> dict[str, pd.DataFrame]:
        """What was placed and why, to be looked over beside what could not be."""
        if not self._placed:
            return {}
        return {text("intake.calls-placed", self._options.lang): pd.DataFrame(self._placed)}

    def _said(self, rows: IncidentRows) -> Iterator[Said]:
        names = (*call_sheet.TARGETS, "place", "note")
        columns = [self._reader.texts(rows.batch, name) for name in names]
        for cells in zip(*columns, strict=True):
            yield dict(zip(names, cells, strict=True))

    def _known(self, rows: IncidentRows, lng: Floats) -> Flags:
        """Which rows without coordinates are in the store with a place. Asked on a connection of its own: the
        caller's is busy taking in the batch before this one."""
        keys = list(
            zip(*(rows.columns[n].to_pylist() for n in ("source", "source_id")), strict=True)
        )
        bare = [key for key, x in zip(keys, lng, strict=True) if np.isnan(x)]
        with self._engine.connect() as connection:
            known = stored.placed(connection, bare)
        return np.array([key in known for key in keys], dtype=bool)

    def _tell(self, row: int, batch: int) -> None:
        if row % TOLD_EVERY == 0 or row == batch:
            done = self._done + row
            self._options.progress("find-places", done, max(self._about, done))

    def _keep(self, rows: IncidentRows, row: int, said: Said, meant: Meant) -> None:
        """What is to be remembered of a row: a choice for the search, and what goes into the table that comes back."""
        if meant.choice is not None:
            self.chosen.append(meant.choice)
        if not self._options.gives_back:
            return
        lang = self._options.lang
        shown = [call_sheet.written(hit, lang) for hit in call_sheet.offered(meant.hits)]
        if meant.place is None:
            self._candidates[row] = shown
            return
        values = {
            "row": int(rows.batch.numbers[row]),
            "key": rows.columns["source_id"][row].as_py(),
            "words": said["place"] or said["note"],
            "found": meant.place.name,
            "candidate": shown[0] if shown else said["choice"],
        }
        self._placed.append({text(f"intake.calls-{k}", lang): v for k, v in values.items()})


def _refused(rows: IncidentRows, row: int) -> bool:
    return any(one.state is State.REFUSED for one in rows.reasons.get(row, ()))


def _unsay(rows: IncidentRows, row: int) -> None:
    """That a row has no coordinates is nothing to be said of a call."""
    said = rows.reasons.get(row, [])
    said[:] = [one for one in said if one not in (NO_PLACE, HALF_PLACE)]


def _named(rows: IncidentRows, names: Sequence[str | None]) -> IncidentRows:
    """The rows, each under the name of the place that was found where it told none."""
    columns, told = rows.columns, pa.array(names, pa.string())
    if "place" in columns.column_names:
        columns = columns.set_column(columns.column_names.index("place"), "place", told)
    else:
        columns = columns.append_column("place", told)
    return replace(rows, columns=columns)
