"""A list of incidents: each goes into the grid that is in force now; one without place waits for it in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely import Point
from sqlalchemy import Connection

from api.services.imports.result import (
    Imported,
    Noted,
    Options,
    counted,
    given_back,
    may_write,
    source_name,
)
from data.ids import uuid7
from data.intake import Reason, State
from data.ledger_cells import BadCellError, Cells
from data.readers.columns import understand
from data.readers.table import Table, read_table
from data.store import catalogue, incidents
from data.store.relocating import Placing
from geo.crs import ACCEPTED, to_lonlat
from geo.errors import Conflict, DatumError

NOUN = "incidents"
TARGETS = (
    "row_key", "row_state", "row_reason", "source", "source_id", "reported_at", "closed_at",
    "catalogue_code", "category", "place", "note", "lon", "lat",
)  # fmt: skip
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")


@dataclass(frozen=True, slots=True)
class _Read:
    """A row understood: its fields by the store's names, and what is wrong with it."""

    noted: Noted
    fields: dict[str, Any]
    lon: float | None
    lat: float | None


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Import a table of incidents, idempotent by source and number (without one: by all that a row says).

    DatumError where there are coordinates and no datum. A row without place goes in and is listed to be completed.
    """
    table = read_table(spec, encoding=options.encoding)
    chosen = table.renamed(options.mapping)
    frame, found = understand(
        chosen.frame, [name for name in TARGETS if name not in options.mapping]
    )
    known = {name: name for name in TARGETS if name in frame.columns}
    understood = known | found | dict(options.mapping)
    cells = Cells(frame, understood)
    items = catalogue.item_codes(connection)
    reader = _Reader(cells, options, source_name(spec), items)
    rows = [reader.read(index, number) for index, number in enumerate(table.rows)]
    lng, lat = _degrees(rows, options, table)
    rows = _once([_placed(row, x) for row, x in zip(rows, lng, strict=True)])
    noted = [row.noted for row in rows]
    good = np.array([State.REFUSED not in row.noted.states for row in rows], dtype=bool)
    done = Imported(
        NOUN,
        noted,
        counted(noted),
        may_write(noted, options),
        returned=given_back(table, understood, noted, options.lang),
        understood=understood,
    )
    if not good.any():
        return done
    taken = [row for row, is_good in zip(rows, good, strict=True) if is_good]
    return _store(connection, done, taken, lng[good], lat[good])


def _store(
    connection: Connection,
    done: Imported,
    rows: Sequence[_Read],
    lng: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> Imported:
    placing = Placing(connection)
    frame = pd.DataFrame([row.fields for row in rows], dtype=object)
    points = [Point(x, y) if np.isfinite(x) else None for x, y in zip(lng, lat, strict=True)]
    frame["point"] = np.array(points, dtype=object)
    columns = placing.columns(lng, lat)
    merged = incidents.insert_many(
        connection, pd.concat([frame, columns], axis=1), epoch=placing.epoch
    )
    if merged is None:
        raise Conflict("plans-moving", attempts=1)
    unchanged = len(rows) - merged.added - merged.updated
    return replace(done, added=merged.added, updated=merged.updated, unchanged=unchanged)


class _Reader:
    """Rows of one table."""

    def __init__(self, cells: Cells, options: Options, source: str, items: set[str]) -> None:
        self._cells, self._options, self._source, self._items = cells, options, source, items

    def read(self, index: int, number: int) -> _Read:
        """One row; a cell that can't be understood refuses it."""
        reasons: list[Reason] = []
        text = {
            name: self._cells.text(name, index)
            for name in (
                "source",
                "source_id",
                "row_key",
                "catalogue_code",
                "category",
                "place",
                "note",
            )
        }
        reported = self._time("reported_at", index, reasons)
        closed = self._time("closed_at", index, reasons)
        lon, lat = (self._coordinate(name, index, reasons) for name in ("lon", "lat"))
        if text["catalogue_code"] is not None and text["catalogue_code"] not in self._items:
            params = {"value": text["catalogue_code"]}
            reasons.append(Reason("catalogue-unknown", State.REFUSED, params))
        key = text["source_id"] or text["row_key"] or _fingerprint(text, reported, lon, lat)
        half = (lon is None) != (lat is None)
        if lon is None or lat is None:
            reasons.append(Reason("half-coordinates" if half else "no-coordinates", State.TO_PLACE))
            lon = lat = None
        fields = {
            "id": uuid7(),
            "source": text["source"] or "import",
            "source_id": key,
            **{name: text[name] for name in ("catalogue_code", "category", "place", "note")},
            "raw_x": lon,
            "raw_y": lat,
            "raw_datum": None if lon is None else str(self._options.datum),
            "reported_at": reported or datetime.now(UTC),
            "closed_at": closed,
            "status": "open" if closed is None else "closed",
        }
        return _Read(Noted(number, key, tuple(reasons)), fields, lon, lat)

    def _time(self, column: str, index: int, reasons: list[Reason]) -> datetime | None:
        text = self._cells.text(column, index)
        if text is None:
            return None
        moment = _moment(text)
        if moment is None:
            params = {"column": self._cells.headings[column], "value": text}
            reasons.append(Reason("time-malformed", State.REFUSED, params))
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=self._options.zone)

    def _coordinate(self, column: str, index: int, reasons: list[Reason]) -> float | None:
        try:
            return self._cells.coordinate(column, index)
        except BadCellError as bad:
            reasons.append(bad.reason)
            return None


def _moment(text: str) -> datetime | None:
    """A time as offices write it; a date is its midnight. None where it is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in TIMES:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def _fingerprint(
    text: dict[str, str | None], reported: datetime | None, lon: float | None, lat: float | None
) -> str:
    """A number for a row that has none: the same for the same words, time and place."""
    said = [text[name] or "" for name in ("category", "catalogue_code", "place", "note")]
    parts = [*said, str(reported), str(lon), str(lat)]
    return "h" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:15]


def _degrees(
    rows: Sequence[_Read], options: Options, table: Table
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = (
        np.array([np.nan if value is None else value for value in column], dtype=np.float64)
        for column in ([row.lon for row in rows], [row.lat for row in rows])
    )
    if not np.isfinite(x).any():
        return x, y
    if options.datum is None:
        raise DatumError("datum-missing", file=table.file, accepted=", ".join(ACCEPTED))
    return to_lonlat(x, y, datum=options.datum)


def _placed(row: _Read, lng: float) -> _Read:
    if row.lon is None or np.isfinite(lng):
        return row
    params = {"value": f"{row.lon}, {row.lat}"}
    reason = Reason("coordinates-impossible", State.REFUSED, params)
    return replace(row, noted=replace(row.noted, reasons=(*row.noted.reasons, reason)))


def _once(rows: Sequence[_Read]) -> list[_Read]:
    """The first row with a source and number stands; the others are refused and name it."""
    seen: dict[tuple[str, str], int] = {}
    kept = []
    for row in rows:
        number = row.noted.row
        first = seen.setdefault((row.fields["source"], row.fields["source_id"]), number)
        if first != number:
            params = {"first_row": first, "key": row.noted.key}
            reason = Reason("repeated", State.REFUSED, params)
            row = replace(row, noted=replace(row.noted, reasons=(*row.noted.reasons, reason)))  # noqa: PLW2901
        kept.append(row)
    return kept
