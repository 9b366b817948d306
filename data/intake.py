"""Sorts the rows of a building or estate ledger (台账): none is lost, and each says why it is where it is.

A row has one destination (insert, keep, refuse) and any number of reasons, each of a state (to place, to count,
suspect, refused). To count is a flag: such a row is inserted if nothing else speaks against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from enum import StrEnum

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from data.readers.columns import recognise
from data.readers.ledger_cells import Cells, LedgerRow, Reason, State, read_row
from data.readers.table import Table
from data.repetitions import repeated
from geo.crs import ACCEPTED, Datum, to_lonlat
from geo.errors import DatumError, OptionError
from geo.evidence import Reading, datum_evidence
from geo.model import CRS as LONLAT
from geo.ruler import Ruler

__all__ = ["Destination", "Intake", "LedgerRow", "Reason", "State", "sort_ledger"]

Floats = NDArray[np.float64]

RATIO_LIMITS = (0.5, 10.0)
MARGIN_M = 1000.0
"""Outlines at hand are generalised (桐城's has a vertex every 350 m): a row this little outside is only noted."""

TARGETS = (
    "row_key", "row_state", "row_reason", "building_id", "name", "estate", "address", "community_code", "kind",
    "households", "residents", "residents_basis", "buildings", "units", "built", "lon", "lat", "as_of",
)  # fmt: skip
"""The columns that a ledger may have, by our names, in the order in which they claim headings."""


class Destination(StrEnum):
    """What becomes of a row: into the store, into the list of rows to be completed, or nowhere: it can't be taken, or
    repeats another and came back by another name before."""

    INSERT = "insert"
    KEEP = "keep"
    REFUSE = "refuse"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Intake:
    """A ledger sorted. ``rows``: every row of the table, in order.

    ``understood``: ours -> the file's heading, for every column that was used. ``evidence``: how many points each
    datum would put inside the outline, best first; empty without outline or coordinates.
    """

    table: Table
    rows: tuple[LedgerRow, ...]
    understood: Mapping[str, str]
    evidence: tuple[Reading, ...]

    def with_state(self, state: State) -> tuple[LedgerRow, ...]:
        """The rows that have a reason of this state; a row may have several states."""
        return tuple(row for row in self.rows if state in row.states)

    def going(self, destination: Destination) -> tuple[LedgerRow, ...]:
        """The rows of one destination: together they are all rows, each once."""
        return tuple(row for row in self.rows if destination_of(row) is destination)

    @property
    def good(self) -> tuple[LedgerRow, ...]:
        """Rows that nothing is to be done about."""
        return tuple(row for row in self.rows if not row.states)

    @property
    def to_place(self) -> tuple[LedgerRow, ...]:
        """Rows without coordinates."""
        return self.with_state(State.TO_PLACE)

    @property
    def to_count(self) -> tuple[LedgerRow, ...]:
        """Rows with neither households nor residents."""
        return self.with_state(State.TO_COUNT)

    @property
    def suspect(self) -> tuple[LedgerRow, ...]:
        """Rows outside the city, or with the key of a row before them."""
        return self.with_state(State.SUSPECT)

    @property
    def refused(self) -> tuple[LedgerRow, ...]:
        """Rows that can't be taken as they are."""
        return self.with_state(State.REFUSED)

    def summary(self) -> dict[str, int]:
        """Counts by state (they overlap) and by destination (they don't)."""
        states = Counter(state.value for row in self.rows for state in row.states)
        ends = Counter(destination_of(row).value for row in self.rows)
        counts = {"rows": len(self.rows), "good": len(self.good)}
        counts |= {state.value: states[state.value] for state in State if state is not State.NOTE}
        return counts | {end.value: ends[end.value] for end in Destination}

    def returned(
        self,
        *,
        say_state: Callable[[State], str],
        say_reason: Callable[[Reason], str],
        headings: Mapping[str, str],
        only_open: bool = False,
    ) -> pd.DataFrame:
        """The table to hand back, to be completed and imported again: the original columns, then key, states, reasons.

        ``headings`` for row_key, row_state and row_reason must be words that headings.py knows, so that the key is
        found again. ``only_open``: leave out rows that nothing is to be done about.
        """
        own = [self.understood[c] for c in headings if c in self.understood]
        frame = self.table.frame.drop(columns=own)
        frame[headings["row_key"]] = [row.key or "" for row in self.rows]
        frame[headings["row_state"]] = ["、".join(map(say_state, row.states)) for row in self.rows]
        frame[headings["row_reason"]] = [
            "；".join(map(say_reason, row.reasons)) for row in self.rows
        ]
        return frame[[bool(row.states) for row in self.rows]] if only_open else frame


def destination_of(row: LedgerRow) -> Destination:
    """Where a row goes: refused if any reason refuses it, kept while it must be placed or looked at."""
    if State.REFUSED in row.states:
        return Destination.REFUSE
    if row.settled_as is not None:
        return Destination.SETTLED
    waiting = {State.TO_PLACE, State.SUSPECT} & set(row.states)
    return Destination.KEEP if waiting else Destination.INSERT


def sort_ledger(
    table: Table,
    *,
    outline: BaseGeometry | None,
    datum: Datum | None,
    mapping: Mapping[str, str] | None = None,
    keys_present: Collection[str] = (),
    settled: Mapping[str, str] | None = None,
    ratio: float | None = None,
    margin_m: float = MARGIN_M,
    zone: tzinfo = UTC,
) -> Intake:
    """Sort every row of a ledger.

    ``outline``: the city's, EPSG:4490; without it no row is suspect for its place. A row more than ``margin_m`` outside
    is suspect, one less far outside gets a note and is inserted. ``datum``: of lon and lat; a ledger
    with coordinates and none is refused with DatumError. ``mapping``: ours -> theirs, before headings.py is asked.
    ``keys_present``: keys in the store already (such rows are ``present``: update, don't add). ``settled``:
    repetitions that were dealt with (data.repetitions). ``ratio``: residents
    per household, for rows that know only households; the result is marked estimated. ``zone``: whose day it was when
    a record was verified, where a moment is told.
    A row's key is the key of an earlier import, else the building id, else made from name and address.
    """
    if ratio is not None and not RATIO_LIMITS[0] <= ratio <= RATIO_LIMITS[1]:
        low, high = RATIO_LIMITS
        raise OptionError("ratio-impossible", value=ratio, low=low, high=high)
    frame, understood = recognise(table.frame, TARGETS, mapping or {}, file=table.file)
    cells = Cells(frame, understood)
    rows = [read_row(cells, index, number, zone=zone) for index, number in enumerate(table.rows)]
    rows, evidence = _placed(rows, table.file, datum, outline, margin_m)
    rows = repeated([_estimated(row, ratio) for row in rows], settled or {})
    rows = [replace(row, present=row.key in keys_present) for row in rows]
    return Intake(table, tuple(rows), understood, evidence)


def _placed(
    rows: list[LedgerRow],
    file: str,
    datum: Datum | None,
    outline: BaseGeometry | None,
    margin_m: float,
) -> tuple[list[LedgerRow], tuple[Reading, ...]]:
    """The rows with lon, lat in EPSG:4490, suspect where they lie far outside the outline; and the evidence."""
    x = np.array([np.nan if row.raw_lon is None else row.raw_lon for row in rows])
    y = np.array([np.nan if row.raw_lat is None else row.raw_lat for row in rows])
    if not np.isfinite(x).any():
        return rows, ()
    if datum is None:
        raise DatumError("datum-missing", file=file, accepted=", ".join(ACCEPTED))
    lng, lat = to_lonlat(x, y, datum=datum)
    placed = [
        _place(row, *place) for row, place in zip(rows, zip(lng, lat, strict=True), strict=True)
    ]
    if outline is None:
        return placed, ()
    beyond = outside(lng, lat, outline, margin_m=margin_m)
    judged = [
        row.because(beyond[index]) if index in beyond else row for index, row in enumerate(placed)
    ]
    return judged, tuple(datum_evidence(x, y, outline=outline))


def outside(
    lng: Floats, lat: Floats, outline: BaseGeometry, *, margin_m: float = MARGIN_M
) -> dict[int, Reason]:
    """What is to be said of the points (EPSG:4490; NaN where none) outside an outline, by position: a little is noted,
    more than a generalised outline explains is suspect."""
    shapely.prepare(outline)
    out = np.isfinite(lng) & ~shapely.intersects_xy(outline, lng, lat)
    edge_m, centre_m = (_metres_to(lng, lat, out, shape) for shape in (outline, outline.centroid))
    said = {}
    for row in np.flatnonzero(edge_m > 0).tolist():
        km = {"km": round(edge_m[row] / 1000, 1), "centre_km": round(centre_m[row] / 1000)}
        near = Reason("at-the-edge", State.NOTE, {"metres": round(edge_m[row])})
        said[row] = Reason("outside", State.SUSPECT, km) if edge_m[row] > margin_m else near
    return said


def _metres_to(lng: Floats, lat: Floats, where: NDArray[np.bool_], shape: BaseGeometry) -> Floats:
    """Metres to a shape (EPSG:4490) of the points ``where``; 0 for the others."""
    metres = np.zeros(len(lng))
    ruler = Ruler(np.array([shape], dtype=object), crs=CRS.from_user_input(LONLAT))
    metres[where] = ruler.nearest(lng[where], lat[where])[1]
    return metres


def _place(row: LedgerRow, lng: float, lat: float) -> LedgerRow:
    if row.raw_lon is None:
        return row
    if not np.isfinite(lng):
        value = f"{row.raw_lon}, {row.raw_lat}"
        return row.because(Reason("coordinates-impossible", State.REFUSED, {"value": value}))
    return replace(row, lon=float(lng), lat=float(lat))


def _estimated(row: LedgerRow, ratio: float | None) -> LedgerRow:
    if ratio is None or row.residents is not None or row.households is None:
        return row
    guess = replace(row, residents=round(row.households * ratio), residents_estimated=True)
    return guess.because(Reason("residents-estimated", State.NOTE, {"ratio": ratio}))
