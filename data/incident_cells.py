"""Tables of incidents, batch by batch: every row understood, and what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data import cell_columns
from data.readers.columns import recognise
from data.readers.ledger_cells import Reason, State
from data.readers.table_batches import TableBatch, TableSource

Floats: TypeAlias = NDArray[np.float64]

TARGETS = (
    "row_key", "row_state", "row_reason", "source", "source_id", "reported_at", "closed_at",
    "catalogue_code", "category", "place", "note", "lon", "lat",
)  # fmt: skip
"""The columns that a table of incidents may have, by our names, in the order in which they claim headings."""

_SAID = ("category", "catalogue_code", "place", "note")
_TEXTS = ("source", "source_id", "row_key", *_SAID)
DEFAULT_SOURCE = "import"
MOST_AHEAD = timedelta(days=1)
"""How far ahead of the clock a report may be: clocks differ, and so do the days of the world; a year is a slip."""
NO_PLACE = Reason("no-coordinates", State.TO_PLACE)
HALF_PLACE = Reason("half-coordinates", State.TO_PLACE)


@dataclass(frozen=True, slots=True)
class IncidentRows:
    """A batch understood.

    ``columns``: the store's that the file has, but for ids and places. ``x``, ``y``: as delivered, NaN pairwise.
    ``reasons``: of the rows, by position, about which something is to be said. ``told``: of rows whose coordinates
    stand elsewhere than in the columns for them, what they are and in which datum.
    """

    batch: TableBatch
    columns: pa.Table
    x: Floats
    y: Floats
    reasons: dict[int, list[Reason]] = field(default_factory=dict)
    told: dict[int, tuple[float, float, str]] = field(default_factory=dict)

    def because(self, row: int | np.integer[Any], reason: Reason) -> None:
        """One reason more for a row."""
        self.reasons.setdefault(int(row), []).append(reason)

    def refused(self) -> NDArray[np.bool_]:
        """Which rows do not go in."""
        found = np.zeros(len(self.x), dtype=bool)
        for row, reasons in self.reasons.items():
            found[row] = any(reason.state is State.REFUSED for reason in reasons)
        return found


class IncidentReader:
    """Understands the batches of one file. ``items``: the catalogue's codes. ``zone``: of times that name none.

    ``understood``: ours -> the file's headings. ``targets``: the columns that are looked for.
    """

    def __init__(
        self,
        source: TableSource,
        mapping: Mapping[str, str],
        *,
        zone: ZoneInfo,
        items: set[str],
        targets: Sequence[str] = TARGETS,
    ) -> None:
        places = pd.DataFrame([range(len(source.names))], columns=source.names)
        renamed, self.understood = recognise(places, targets, mapping, file=source.file)
        self._places = {
            name: int(renamed[name].iloc[0]) for name in targets if name in renamed.columns
        }
        self._zone = zone
        self._items = pa.array(sorted(items), pa.string())

    def read(self, batch: TableBatch) -> IncidentRows:
        """One batch; a cell that can't be understood refuses its row."""
        texts = {name: cell_columns.texts(self._cells(batch, name)) for name in _TEXTS}
        reasons: dict[int, list[Reason]] = {}
        reported = self._times(batch, "reported_at", reasons)
        closed = self._times(batch, "closed_at", reasons)
        self._ahead(batch, reported, reasons)
        lon, lat = (self._numbers(batch, name, reasons) for name in ("lon", "lat"))
        if len(self._items):
            self._check_items(texts["catalogue_code"], reasons)
        key = self._keys(batch, texts, lon, lat)
        said = [name for name in _SAID if name in self._places]
        if not len(self._items) and "catalogue_code" in said:
            _put_codes_aside(texts, reasons)
            said = [*said, "category"] if "category" not in said else said
        half = np.isnan(lon) != np.isnan(lat)
        nowhere = np.isnan(lon) | np.isnan(lat)
        columns = {
            "source": pc.fill_null(texts["source"], DEFAULT_SOURCE),
            "source_id": key,
            **{name: texts[name] for name in said},
            "reported_at": pc.fill_null(reported, pa.scalar(datetime.now(UTC), reported.type)),
        }
        if "closed_at" in self._places:
            over = pc.cast(pc.is_valid(closed), pa.int8())
            columns |= {"closed_at": closed, "status": pa.array(["open", "closed"]).take(over)}
        x, y = np.where(nowhere, np.nan, lon), np.where(nowhere, np.nan, lat)
        rows = IncidentRows(batch, pa.table(columns), x, y, reasons)
        for row in np.flatnonzero(nowhere):
            rows.because(row, HALF_PLACE if half[row] else NO_PLACE)
        return rows

    def texts(self, batch: TableBatch, name: str) -> list[str | None]:
        """One of ``targets`` as texts; None where blank or where there is no such column."""
        found: list[str | None] = cell_columns.texts(self._cells(batch, name)).to_pylist()
        return found

    def _cells(self, batch: TableBatch, name: str) -> pa.ChunkedArray:
        place = self._places.get(name)
        if place is None:
            return pa.chunked_array([pa.nulls(len(batch.numbers), pa.string())])
        return batch.cells.column(place)

    def _times(self, batch: TableBatch, name: str, reasons: dict[int, list[Reason]]) -> pa.Array:
        cells = self._cells(batch, name)
        found, odd = cell_columns.moments(cells, self._zone)
        self._malformed(name, "time-malformed", cells, odd, reasons)
        return found

    def _ahead(
        self, batch: TableBatch, reported: pa.Array, reasons: dict[int, list[Reason]]
    ) -> None:
        """Reports of a time to come are slips of a date."""
        latest = pa.scalar(datetime.now(UTC) + MOST_AHEAD, reported.type)
        late = np.asarray(pc.fill_null(pc.greater(reported, latest), False))
        rows = np.flatnonzero(late)
        if len(rows):
            values = cell_columns.texts(self._cells(batch, "reported_at").take(pa.array(rows)))
            for row, value in zip(rows, values.to_pylist(), strict=True):
                params = {"column": self.understood["reported_at"], "value": value}
                reasons.setdefault(int(row), []).append(Reason("time-ahead", State.REFUSED, params))

    def _numbers(self, batch: TableBatch, name: str, reasons: dict[int, list[Reason]]) -> Floats:
        if batch.x is not None and batch.y is not None:
            return batch.x if name == "lon" else batch.y
        cells = self._cells(batch, name)
        found, odd = cell_columns.numbers(cells)
        self._malformed(name, "coordinate-malformed", cells, odd, reasons)
        return found

    def _malformed(
        self,
        name: str,
        code: str,
        cells: pa.ChunkedArray,
        odd: NDArray[np.bool_],
        reasons: dict[int, list[Reason]],
    ) -> None:
        rows = np.flatnonzero(odd)
        if len(rows):
            values = cell_columns.texts(cells.take(pa.array(rows))).to_pylist()
            for row, value in zip(rows, values, strict=True):
                params = {"column": self.understood[name], "value": value}
                reasons.setdefault(int(row), []).append(Reason(code, State.REFUSED, params))

    def _check_items(self, codes: pa.StringArray, reasons: dict[int, list[Reason]]) -> None:
        unknown = pc.and_(pc.is_valid(codes), pc.invert(pc.is_in(codes, value_set=self._items)))
        for row in np.flatnonzero(np.asarray(unknown.to_numpy(zero_copy_only=False))):
            reason = Reason("catalogue-unknown", State.REFUSED, {"value": codes[row].as_py()})
            reasons.setdefault(int(row), []).append(reason)

    def _keys(
        self, batch: TableBatch, texts: Mapping[str, pa.StringArray], lon: Floats, lat: Floats
    ) -> pa.StringArray:
        """The source's number of each row, else the one it came back with, else one made of all that it says."""
        told = pc.coalesce(texts["source_id"], texts["row_key"])
        if not told.null_count:
            return told
        nameless = pc.is_null(told)
        rows = np.flatnonzero(np.asarray(nameless.to_numpy(zero_copy_only=False)))
        said = [texts[name].take(pa.array(rows)) for name in _SAID]
        times = cell_columns.texts(self._cells(batch, "reported_at").take(pa.array(rows)))
        lists = (column.to_pylist() for column in (*said, times))
        made = [
            _fingerprint(words, self._moment(time), float(lon[row]), float(lat[row]))
            for row, *words, time in zip(rows, *lists, strict=True)
        ]
        return pc.replace_with_mask(told, nameless, pa.array(made, pa.string()))

    def _moment(self, text: str | None) -> datetime | None:
        return None if text is None else cell_columns.moment(text, self._zone)


def _fingerprint(words: list[str | None], reported: datetime | None, lon: float, lat: float) -> str:
    """A number for a row that has none: the same for the same words, time and place."""
    place = [None if np.isnan(value) else value for value in (lon, lat)]
    parts = [*(word or "" for word in words), str(reported), *map(str, place)]
    return "h" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:15]


def _put_codes_aside(texts: dict[str, pa.StringArray], reasons: dict[int, list[Reason]]) -> None:
    """Where no catalogue is stored, no code can be held against it: it is kept as the category, if there is none."""
    codes = texts["catalogue_code"]
    texts["category"] = pc.coalesce(texts["category"], codes)
    texts["catalogue_code"] = pa.nulls(len(codes), pa.string())
    for row in np.flatnonzero(np.asarray(pc.is_valid(codes).to_numpy(zero_copy_only=False))):
        reasons.setdefault(int(row), []).append(_NO_CATALOGUE)


_NO_CATALOGUE = Reason("catalogue-none", State.NOTE)
