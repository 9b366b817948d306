"""One row of a ledger: its cells understood, and what is wrong with them (data.intake sorts by it)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, tzinfo
from enum import StrEnum
from typing import Any, TypeVar

import pandas as pd

from data.readers.dates import day_of
from data.readers.table import cell_text
from data.readers.words import BLANK_WORDS, building_kind, residents_basis
from geo.model import BuildingKind, ResidentsBasis

Number = TypeVar("Number", int, float)

MAX_COUNT = 1_000_000
MOST_DIGITS = 20
"""Of a number that is looked at: more than that are too large at once."""
_COUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.0*)?\s*(?:[户人栋幢个]|个?单元)?")
_DECIMAL = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?\s*°?")


class State(StrEnum):
    """What is to be done about a row. A note needs nothing."""

    TO_PLACE = "to-place"
    TO_COUNT = "to-count"
    SUSPECT = "suspect"
    REFUSED = "refused"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row has a state: a code with params; the caller renders the text ``intake.reason-<code>``."""

    code: str
    state: State
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row of a ledger. ``row``: its number in the file. ``key``: None where nothing names it.

    ``lon``, ``lat``: EPSG:4490; ``raw_lon``, ``raw_lat``: as delivered. ``present``: its key is in the store already.
    ``settled_as``: of a repetition, what it became when it came back; ``settles``: the key that it waited under so far.
    """

    row: int
    key: str | None
    building_id: str | None
    name: str | None
    estate: str | None
    address: str | None
    community: str | None
    kind: BuildingKind | None
    households: int | None
    residents: int | None
    residents_basis: ResidentsBasis | None
    buildings: int | None
    built: str | None
    raw_lon: float | None
    raw_lat: float | None
    lon: float | None = None
    lat: float | None = None
    residents_estimated: bool = False
    present: bool = False
    units: int | None = None
    settled_as: str | None = None
    settles: str | None = None
    as_of: date | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def states(self) -> tuple[State, ...]:
        """Its states in the order of `State`, each once, notes left out."""
        own = {reason.state for reason in self.reasons} - {State.NOTE}
        return tuple(state for state in State if state in own)

    def building(self) -> dict[str, Any]:
        """What it tells of its building, by the columns of the store: all but where that stands."""
        extra = {"buildings": self.buildings, "built": self.built}
        return {
            "building_id": self.key,
            "kind": self.kind,
            "estate": self.estate,
            "name": self.name,
            "address": self.address,
            "households": self.households,
            "residents": self.residents,
            "residents_basis": self.residents_basis,
            "units": self.units,
            "residents_estimated": self.residents_estimated,
            "as_of": self.as_of,
            "extra": {name: value for name, value in extra.items() if value is not None},
        }

    def because(self, *reasons: Reason) -> LedgerRow:
        """The same row with more reasons."""
        return replace(self, reasons=(*self.reasons, *reasons))


class BadCellError(ValueError):
    """A cell that does not hold what its column should; becomes a `Reason`, never leaves this module."""

    def __init__(self, column: str, value: str, code: str) -> None:
        super().__init__(column, value)
        self.reason = Reason(code, State.REFUSED, {"column": column, "value": value})


class Cells:
    """A ledger's cells by our column names; blanks (暂无数据, -, 无 …) are None."""

    def __init__(self, frame: pd.DataFrame, headings: Mapping[str, str]) -> None:
        self.headings = headings
        self._columns = {name: frame[name].tolist() for name in headings if name in frame.columns}

    def has(self, column: str) -> bool:
        """Whether the table has such a column."""
        return column in self._columns

    def text(self, column: str, index: int) -> str | None:
        """A cell as text, None where blank or where there is no such column."""
        if column not in self._columns:
            return None
        text = cell_text(self._columns[column][index])
        return None if text.lower() in BLANK_WORDS else text

    def count(self, column: str, index: int) -> int | None:
        """A whole number of households, people or buildings; a thousands comma and a unit are understood."""
        text = self.text(column, index)
        if text is None:
            return None
        match = _COUNT.fullmatch(unicodedata.normalize("NFKC", text))
        if match is None or (number := int(match[1].replace(",", "")[:MOST_DIGITS])) > MAX_COUNT:
            raise BadCellError(self.headings[column], text, "count-malformed")
        return number

    def coordinate(self, column: str, index: int) -> float | None:
        """A decimal number. Degrees, minutes, seconds are refused: which is which would be guessed."""
        text = self.text(column, index)
        if text is None:
            return None
        number = decimal(text)
        if number is None:
            raise BadCellError(self.headings[column], text, "coordinate-malformed")
        return number


def decimal(text: str) -> float | None:
    """A decimal number as people write it (full-width, with a degree sign); None where it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return float(plain.rstrip("° ")) if _DECIMAL.fullmatch(plain) else None


def verified(
    cells: Cells, index: int, *, zone: tzinfo = UTC
) -> tuple[date | None, Sequence[Reason]]:
    """The day (of ``zone``) on which a row was last verified, ``as_of``; what tells no day is noted, and the row is
    taken without one."""
    told = cells.text("as_of", index)
    found = None if told is None else day_of(told, zone)
    if told is None or found is not None:
        return None if found is None else found.date(), ()
    return None, [Reason("as-of-unreadable", State.NOTE, {"value": told})]


def read_row(cells: Cells, index: int, number: int, *, zone: tzinfo = UTC) -> LedgerRow:
    """A row with everything that its own cells say. Place, repetition and estimates come after."""
    reasons: list[Reason] = []
    lon, lat = (_try(cells.coordinate, name, index, reasons) for name in ("lon", "lat"))
    households, residents, buildings, units = (
        _try(cells.count, name, index, reasons)
        for name in ("households", "residents", "buildings", "units")
    )
    as_of, unread = verified(cells, index, zone=zone)
    row = LedgerRow(
        row=number,
        as_of=as_of,
        key=_key(cells, index),
        building_id=cells.text("building_id", index),
        estate=cells.text("estate", index),
        address=cells.text("address", index),
        built=cells.text("built", index),
        name=cells.text("name", index) or cells.text("address", index),
        community=cells.text("community_code", index),
        kind=_kind(cells, index, reasons),
        households=households,
        residents=residents,
        residents_basis=_basis(cells, index) if residents is not None else None,
        buildings=buildings,
        units=units,
        raw_lon=lon if lat is not None else None,
        raw_lat=lat if lon is not None else None,
    )
    return row.because(*reasons, *unread, *_gaps(row, lon, lat, reasons))


def _gaps(
    row: LedgerRow, lon: float | None, lat: float | None, reasons: list[Reason]
) -> list[Reason]:
    """What is missing, other than what is there and malformed."""
    gaps = []
    malformed = {reason.code for reason in reasons if reason.state is State.REFUSED}
    if row.key is None:
        gaps.append(Reason("unnamed", State.REFUSED))
    if row.raw_lon is None and "coordinate-malformed" not in malformed:
        code = "no-coordinates" if lon is None and lat is None else "half-coordinates"
        gaps.append(Reason(code, State.TO_PLACE))
    if row.households is None and row.residents is None and "count-malformed" not in malformed:
        gaps.append(Reason("no-count", State.TO_COUNT))
    return gaps


def row_key(name: str, address: str) -> str:
    """The key of a row that has no id: the same for the same name and address, however they are spaced or widened."""
    plain = [
        "".join(unicodedata.normalize("NFKC", part).split()).lower() for part in (name, address)
    ]
    return "k" + hashlib.sha256("\n".join(plain).encode()).hexdigest()[:15]


def _key(cells: Cells, index: int) -> str | None:
    given = cells.text("row_key", index) or cells.text("building_id", index)
    if given is not None:
        return given
    name, address = (cells.text(column, index) or "" for column in ("name", "address"))
    return row_key(name, address) if name or address else None


def _try(
    read: Callable[[str, int], Number | None], column: str, index: int, reasons: list[Reason]
) -> Number | None:
    """What ``read`` makes of a cell; None where it can't, with the reason added."""
    try:
        return read(column, index)
    except BadCellError as bad:
        reasons.append(bad.reason)
        return None


def _kind(cells: Cells, index: int, reasons: list[Reason]) -> BuildingKind | None:
    word = cells.text("kind", index)
    kind = None if word is None else building_kind(word)
    if word is not None and kind is None:
        reasons.append(Reason("kind-unknown", State.NOTE, {"value": word}))
    return kind


def _basis(cells: Cells, index: int) -> ResidentsBasis | None:
    """What the row says, else what the heading of the count says (常住人口)."""
    word = cells.text("residents_basis", index)
    return residents_basis(word if word is not None else cells.headings["residents"])
