"""A list of incidents: each goes into the grid that is in force now; one without place waits for it in the store.

A million of them take seconds: batches of columns run through reading, understanding, locating and COPY, each batch
made while the one before it goes in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyproj import CRS
from sqlalchemy import Connection

from api.services.imports.noting import Noting
from api.services.imports.result import Imported, Noted, Options, may_write
from data import cell_columns
from data.first_seen import FirstSeen
from data.ids import uuid7s
from data.incident_cells import TARGETS, Floats, IncidentReader, IncidentRows
from data.intake import Reason, State
from data.readers.table_batches import TableSource, open_batches
from data.store import catalogue, incident_load, news, pgcopy
from data.store.relocating import Placing
from geo.crs import Datum, agreed, crs_name, to_lonlat

NOUN = "incidents"
_NO_CATALOGUE = Reason("catalogue-none", State.NOTE)


class Finder:
    """What is done about rows that tell no coordinates: nothing, they go in and wait for their place."""

    searches = False
    """Whether it takes its time, and asks the store meanwhile."""

    def find(self, rows: IncidentRows, _lng: Floats, _lat: Floats) -> IncidentRows:
        """Give places (EPSG:4490 degrees, in place) to rows of a batch that have none; the batch, as it is then."""
        return rows

    def going(self, lng: Floats) -> NDArray[np.bool_]:
        """Which rows go in, whatever else is wrong with them."""
        return np.ones(len(lng), dtype=bool)

    def cells(self, rows: IncidentRows, listed: Sequence[int]) -> pa.Table:
        """The cells of some rows as they are to be given back."""
        return rows.batch.cells.take(pa.array(listed))


def take(connection: Connection, spec: str, options: Options) -> Imported:
    """Import a table or a layer of incidents, idempotent by source and number (without one: by all that a row says).

    DatumError where there are coordinates and no datum. A row without place goes in and is listed to be completed.
    Publications wait until the import is done.
    """
    return bring(connection, spec, options)


def bring(
    connection: Connection,
    spec: str,
    options: Options,
    *,
    noun: str = NOUN,
    targets: Sequence[str] = TARGETS,
    finding: Callable[[TableSource, IncidentReader], Finder] = lambda _source, _reader: Finder(),
) -> Imported:
    """The same with a finder of places: made of the file and of how it is understood, by ``targets``."""
    source = options.source or open_batches(spec, encoding=options.encoding)
    items = catalogue.item_codes(connection)
    reader = IncidentReader(
        source, options.mapping, zone=options.zone, items=items, targets=targets
    )
    finder = finding(source, reader)
    incident_load.hold_epoch(connection)
    options.progress("locator", 0, 1)
    placing = Placing(connection)
    placing.locator.indices(np.zeros(1), np.zeros(1))  # compiles, where nobody has yet
    options.progress("locator", 1, 1)
    noting = Noting(source.names, reader.understood, options)
    flow = _Flow(source, reader, placing, noting, datum=options.datum, finder=finder)
    merged = incident_load.load(
        connection,
        flow.tables(),
        about=source.rows,
        dry_run=options.dry_run,
        progress=options.progress,
        may_seize=not finder.searches,
    )
    if not options.dry_run and merged.added + merged.updated:
        news.tell(connection, None)
    return Imported(
        noun,
        noting.rows,
        noting.counts(flow.rows),
        may_write(noting.rows, options),
        noting.said(),
        returned=noting.returned(),
        understood=reader.understood,
        added=merged.added,
        updated=merged.updated,
        unchanged=flow.good - merged.added - merged.updated,
    )


class _Flow:
    """The rows of one file on their way: ``tables`` for the store, and what is said of some rows on the wayside.

    ``rows``: how many came by; ``good``: how many of them went in.
    """

    def __init__(
        self,
        source: TableSource,
        reader: IncidentReader,
        placing: Placing,
        noting: Noting,
        *,
        datum: Datum | None,
        finder: Finder,
    ) -> None:
        self.rows = self.good = 0
        self._finder = finder
        self._source, self._reader, self._placing, self._datum = source, reader, placing, datum
        self._noting = noting
        self._seen = FirstSeen()

    def tables(self) -> Iterator[pa.Table]:
        """What goes in, batch by batch: the store's columns."""
        for rows in map(self._reader.read, self._source.batches()):
            refers = self._refers_to(rows.x)
            lng, lat = to_lonlat(rows.x, rows.y, datum=refers) if refers else (rows.x, rows.y)
            _refuse_unplaceable(rows, lng)
            self._refuse_repeated(rows)
            lng, lat = lng.copy(), lat.copy()
            rows = self._finder.find(rows, lng, lat)  # noqa: PLW2901 the same batch, with places
            self._note(rows)
            good = np.flatnonzero(~rows.refused() & self._finder.going(lng))
            self.rows += len(rows.x)
            self.good += len(good)
            yield self._table(rows, good, lng[good], lat[good], refers)

    def _refers_to(self, x: Floats) -> Datum | CRS | None:
        """What the coordinates refer to; None where there are none yet."""
        if not np.isfinite(x).any():
            return None
        return agreed(self._source.crs, self._datum, file=self._source.file)

    def _refuse_repeated(self, rows: IncidentRows) -> None:
        """The first row with a source and number stands; the others are refused and name it."""
        keys = [rows.columns[name].combine_chunks() for name in ("source", "source_id")]
        first = self._seen.add(keys, rows.batch.numbers)
        for row in np.flatnonzero(first != rows.batch.numbers):
            params = {"first_row": int(first[row]), "key": keys[1][row].as_py()}
            rows.because(row, Reason("repeated", State.REFUSED, params))

    def _note(self, rows: IncidentRows) -> None:
        if not rows.reasons:
            return
        listed = sorted(rows.reasons)
        keys = rows.columns["source_id"].take(pa.array(listed)).to_pylist()
        self._tell_codes(rows, listed)
        noted = [
            Noted(int(rows.batch.numbers[row]), key, tuple(rows.reasons[row]))
            for row, key in zip(listed, keys, strict=True)
        ]
        self._noting.add(noted, self._finder.cells(rows, listed))

    def _tell_codes(self, rows: IncidentRows, listed: list[int]) -> None:
        """Where there is no catalogue, which code it is that nothing is held against: they are counted one by one."""
        bare = [row for row in listed if _NO_CATALOGUE in rows.reasons[row]]
        if not bare:
            return
        column = self._source.names.index(self._reader.understood["catalogue_code"])
        codes = cell_columns.texts(rows.batch.cells.column(column).take(pa.array(bare))).to_pylist()
        told = {code: Reason(_NO_CATALOGUE.code, State.NOTE, {"value": code}) for code in codes}
        for row, code in zip(bare, codes, strict=True):
            said = rows.reasons[row]
            said[said.index(_NO_CATALOGUE)] = told[code]

    def _table(
        self,
        rows: IncidentRows,
        good: NDArray[np.intp],
        lng: Floats,
        lat: Floats,
        refers: Datum | CRS | None,
    ) -> pa.Table:
        table = rows.columns.take(pa.array(good)) if len(good) < len(rows.x) else rows.columns
        added = {
            "id": pgcopy.fixed(uuid7s(len(good))),
            **_raw(rows, good, refers),
            "point": pgcopy.points(lng, lat),
        }
        columns = [
            dict(zip(t.column_names, t.columns, strict=True))
            for t in (table, self._placing.arrow(lng, lat))
        ]
        return pa.table(columns[0] | added | columns[1])


def _raw(
    rows: IncidentRows, good: NDArray[np.intp], refers: Datum | CRS | None
) -> dict[str, pa.Array]:
    """Coordinates as they arrived, and what they refer to."""
    x, y = rows.x[good], rows.y[good]
    names = [crs_name(refers) if isinstance(refers, CRS) else str(refers)]
    which = np.zeros(len(good), dtype=np.int32)
    for n in np.flatnonzero(np.isin(good, list(rows.told))) if rows.told else ():
        x[n], y[n], datum = rows.told[int(good[n])]
        which[n] = len(names)
        names.append(datum)
    nowhere = np.isnan(x)
    return {
        "raw_x": pa.array(x, mask=nowhere),
        "raw_y": pa.array(y, mask=nowhere),
        "raw_datum": pa.array(names).take(pa.array(which, mask=nowhere)),
    }


def _refuse_unplaceable(rows: IncidentRows, lng: Floats) -> None:
    """Coordinates that are no place on Earth."""
    for row in np.flatnonzero(np.isfinite(rows.x) & ~np.isfinite(lng)):
        value = f"{rows.x[row]}, {rows.y[row]}"
        rows.because(row, Reason("coordinates-impossible", State.REFUSED, {"value": value}))
