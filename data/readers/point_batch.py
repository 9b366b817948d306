"""What every reader of points yields: rows as they are in the file, and where they are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyproj import CRS

from geo.errors import ColumnMissing

BATCH_ROWS = 1 << 17
BATCH_BYTES = 1 << 24
"""At most so many rows, and about so many bytes, make a batch."""
_SHORT_RECORD_BYTES = 40


class Fault(IntEnum):
    """Why a row has no place. The text is ``fault.<name>``."""

    NONE = 0
    EMPTY = 1
    NOT_A_NUMBER = 2
    ROW_TOO_LONG = 3
    NOT_A_POINT = 4
    NOT_ON_EARTH = 5
    NOT_A_PLACE = 6


@dataclass(frozen=True)
class Dialect:
    """How a CSV is written. ``encoding`` is Python's name; the delimiter is one byte in it.

    ``header``: the first record as it stands, with the byte order mark if there is one.
    """

    encoding: str
    delimiter: str
    line_end: str
    header: bytes
    columns: int


@dataclass(frozen=True)
class RawRows:
    """Records of a CSV as bytes: ``data[starts[i]:ends[i]]``, line ends apart; ``cells``: how many each has;
    ``rows``: the row of each in the file, as a spreadsheet numbers them."""

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    cells: NDArray[np.int64]
    rows: NDArray[np.int64]
    dialect: Dialect


@dataclass
class Batch:
    """Consecutive rows. ``x``, ``y``: coordinates as written, NaN where ``faults`` (values of `Fault`) says why there
    are none. ``done``: how far the reading is, in the unit of `Points.total`. ``raw``: the records of a CSV."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    faults: NDArray[np.uint8]
    done: int
    make_table: Callable[[], pa.Table]
    raw: RawRows | None = None

    @cached_property
    def table(self) -> pa.Table:
        """All columns of the rows, under the file's names."""
        return self.make_table()


def tabled(batch: Batch) -> Batch:
    """The batch with its table made: here and now, not where it is first asked for."""
    table = batch.table
    return replace(batch, make_table=lambda: table)


class Points(ABC):
    """A file of points, open.

    ``names``: its columns. ``total``: rows, or bytes where rows are not known ahead. ``crs``: what the coordinates
    refer to by the file's own word; ``assumed``: by its format's convention only, which a person may overrule.
    ``placing``: the columns that place the rows, where no shapes do. ``geometry``: the column with the shapes (WKB), if
    there is one, and ``geometry_crs`` theirs. ``ids``: the column with a GeoPackage's own ids of its rows, where they
    were asked for.
    ``dialect``: how a CSV is written.
    """

    names: tuple[str, ...]
    total: int
    placing: tuple[str, ...] = ()
    crs: CRS | None = None
    assumed: CRS | None = None
    geometry: str | None = None
    geometry_crs: CRS | None = None
    ids: str | None = None
    dialect: Dialect | None = None

    @property
    def rows_about(self) -> int:
        """How many rows there are; where only bytes are known, a guess that is rather too high."""
        return self.total if self.dialect is None else self.total // _SHORT_RECORD_BYTES

    @abstractmethod
    def batches(self) -> Iterator[Batch]:
        """The rows in order. Raises FileUnreadable where the file breaks off."""


def position_of(names: Sequence[str], column: str, *, file: str) -> int:
    """Where a column stands, by its name as written or trimmed. ColumnMissing lists those that are there."""
    for given in (list(names), [name.strip() for name in names]):
        if column in given:
            return given.index(column)
    raise ColumnMissing("points-column-missing", file=file, column=column, present=", ".join(names))


def rows_at_a_time(size_bytes: int, rows: int) -> int:
    """How many rows make a batch, for a file of so many bytes and rows: fewer where they are long."""
    if size_bytes <= 0 or rows <= 0:
        return BATCH_ROWS
    return min(max(BATCH_BYTES * rows // size_bytes, 1), BATCH_ROWS)
