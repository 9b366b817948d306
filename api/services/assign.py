"""Points in a file -> their grids, in a copy of that file. No database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from api.services.ahead import ahead
from api.services.assign_faults import FaultsFile
from api.services.progress import Progress, silent
from api.services.targets import refuse_inputs
from data.arrow import chosen, numbers, texts
from data.readers.one_cell import Order
from data.readers.point_batch import Batch, Points, tabled
from data.readers.points import open_points
from data.readers.vector import read_shapes, split_spec
from data.writers.atomic import check_target, staging
from data.writers.point_rows import Added, Rows, free_names
from data.writers.points import ENDINGS, write_points
from geo import crs
from geo.codes import Profile, normalize_code
from geo.crs import Datum
from geo.errors import CodeError, FileUnreadable, GeometryError, OptionError
from geo.locate import HOWS, Locator
from geo.model import How

_IN_FILE = {
    "code-empty": "grids-code-empty",
    "polygon-invalid": "grids-polygon-invalid",
    "polygon-missing": "grids-polygon-missing",
}
"""What is said of grids, said of grids in a file."""
ADDED = ("grid_code", "how", "nearest_code", "nearest_m")
"""The columns that every row gets."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """How it went: rows by `How`, the file written, the list of rows without a place, if there are any, and the
    columns that placed the rows, where no shapes did."""

    counts: dict[How, int]
    output: Path
    faults: Path | None
    placing: tuple[str, ...]

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(self.counts.values())


def assign(
    *,
    grids: str | Path,
    points: str | Path,
    output: Path,
    lon: str | None = None,
    lat: str | None = None,
    place: str | None = None,
    order: Order | None = None,
    datum: Datum | None = None,
    code: str = "code",
    grids_datum: Datum | None = None,
    encoding: str | None = None,
    lang: str = "zh",
    progress: Progress = silent,
) -> Assigned:
    """Write a copy of the file ``points`` in which every row says its grid.

    ``grids``, ``points``: ``F[:layer]``. ``lon``, ``lat``: columns with x and y, or ``place`` one with both, bare
    numbers in ``order`` (of a table, without them those that are called so); ``datum``: what they refer to
    (a file's own CRS wins, a contradiction is an error). ``code``: the grids' column. Added are `ADDED`, with the
    prefix wg_ where a name is taken: grid_code, how, and for rows outside the nearest grid and metres to it. Rows
    that can't be placed stay, as invalid, and are listed beside the output, in ``lang``. The output appears whole
    or not at all. Raises InputError.
    """
    check_target(output, ENDINGS)
    _refuse_same_file(output, grids, points)
    ids = output.suffix.lower() == ".gpkg"
    source = open_points(
        points, lon=lon, lat=lat, place=place, order=order, encoding=encoding, ids=ids
    )
    reference = crs.agreed(source.crs, datum or _assumed(source), file=str(points))
    progress("locator", 0, 1)
    locator = open_locator(grids, code=code, datum=grids_datum, points=source.rows_about)
    locator.indices(np.zeros(1), np.zeros(1))  # compiles, where nobody has yet
    progress("locator", 1, 1)
    finder = Finder(locator, reference, free_names(ADDED, source.names))
    with staging(output.parent) as stage:
        faults = FaultsFile(
            stage / faults_name(output),
            file=split_spec(points)[0].name,
            lang=lang,
            first_row=_first_row(source),
        )
        tally = _Tally(source, faults, progress)
        batches = (
            source.batches() if _keeps_bytes(source, output) else map(tabled, source.batches())
        )
        with ahead(batches) as read, ahead(map(finder, read)) as found:
            write_points(stage / output.name, source, tally.counted(found))
        tally.say(source.total)
        if not tally.counts.sum():
            raise FileUnreadable("points-none", file=str(points))
    side = output.with_name(faults_name(output))
    if not faults.listed:
        side.unlink(missing_ok=True)  # an earlier run's list would be taken for this one's
    by_how = {how: int(n) for how, n in zip(HOWS, tally.counts, strict=True)}
    return Assigned(by_how, output, side if faults.listed else None, source.placing)


def open_locator(
    grids: str | Path, *, code: str, datum: Datum | None = None, points: int | None = None
) -> Locator:
    """The grids of a layer, ready to be asked about so many points, in EPSG:4490.

    ColumnMissing where ``code`` is not there; CodeError and GeometryError name the file and the grid.
    """
    shapes, values = read_shapes(grids, default_layer="grids", column=code, datum=datum)
    codes = [
        "" if _missing(value) else normalize_code(value, profile=Profile.PLAIN) for value in values
    ]
    if (count := len(codes) - len(set(codes))) and "" not in codes:
        _refuse_repeated(codes, file=str(grids), count=count)
    try:
        return Locator(shapes, codes, crs=crs.LONLAT, points=points)
    except (CodeError, GeometryError) as error:
        raise type(error)(_IN_FILE[error.code], file=str(grids), **error.params) from error


def _refuse_repeated(codes: list[str], *, file: str, count: int) -> None:
    """CodeError with the rows of the first code that is there again."""
    value = next(code for code, times in Counter(codes).items() if times > 1)
    rows = ", ".join(str(row) for row, code in enumerate(codes, start=1) if code == value)
    raise CodeError("grids-code-duplicated", file=file, value=value, positions=rows, count=count)


def _missing(value: object) -> bool:
    """Whether a cell is empty: None, or what is not even equal to itself (NaN, NaT)."""
    return value is None or bool(value != value)  # noqa: PLR0124


@dataclass(frozen=True, slots=True)
class Found:
    """A batch, the columns to add to it, and how each row came to its grid (positions in `HOWS`)."""

    batch: Batch
    added: Added
    how: NDArray[np.uint8]


class Finder:
    """Finds the grids of batches whose coordinates refer to ``reference``; ``names``: of the added columns."""

    def __init__(self, locator: Locator, reference: CRS | Datum, names: list[str]) -> None:
        self._locator, self._reference, self._names = locator, reference, names
        self._codes = texts(locator.codes)
        self._hows = texts([way.value for way in HOWS])

    def __call__(self, batch: Batch) -> Found:
        """A batch with its grids; only rows outside ask for the nearest."""
        locator = self._locator
        lng, lat = crs.to_lonlat(batch.x, batch.y, datum=self._reference)
        found = locator.indices(lng, lat)
        how = locator.how(lng, lat, found)
        outside = np.flatnonzero(how == HOWS.index(How.OUTSIDE))
        nearest = np.full(len(lng), -1, dtype=np.int32)
        metres = np.full(len(lng), np.nan)
        nearest[outside], metres[outside] = locator.nearest(lng[outside], lat[outside])
        columns = (
            chosen(self._codes, found),
            chosen(self._hows, how.astype(np.int32)),
            chosen(self._codes, nearest),
            numbers(np.round(metres, 2), known=~np.isnan(metres)),
        )
        return Found(batch, Added(dict(zip(self._names, columns, strict=True)), lng, lat), how)


@dataclass
class _Tally:
    """Counts and lists what goes by, and says how far it is."""

    source: Points
    faults: FaultsFile
    progress: Progress
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(HOWS), dtype=np.int64))

    def counted(self, found: Iterator[Found]) -> Rows:
        """The same batches, for the writer. Each is counted when the writer is done with it."""
        self.say(0)
        for part in found:
            yield part.batch, part.added
            self.faults.add(part.batch, np.flatnonzero(part.how == HOWS.index(How.INVALID)))
            self.counts += np.bincount(part.how, minlength=len(HOWS))
            self.say(part.batch.done)

    def say(self, done: int) -> None:
        """Say how far it is: megabytes of a CSV, else rows."""
        if self.source.dialect is None:
            self.progress("assign", done, self.source.total)
        else:
            self.progress("assign_mb", done >> 20, self.source.total >> 20)


def _keeps_bytes(source: Points, output: Path) -> bool:
    """Whether records go from CSV to CSV as they are, and never become columns."""
    return source.dialect is not None and output.suffix.lower() == ".csv"


def faults_name(output: Path) -> str:
    """The name of the list of rows without a place, beside ``output``."""
    return f"{output.stem}.invalid.csv"


def _assumed(source: Points) -> Datum | None:
    """WGS84, where the file's format says so and nobody says otherwise."""
    return None if source.assumed is None else Datum("wgs84")


def _first_row(source: Points) -> int:
    """The number of the first data row as people see it: a table's header is row 1."""
    return 1 if source.geometry is not None else 2


def _refuse_same_file(output: Path, *inputs: str | Path) -> None:
    refuse_inputs(output, inputs)
    for spec in inputs:
        path, _ = split_spec(spec)
        if output.with_name(faults_name(output)).resolve() == path.resolve():
            raise OptionError("output-is-input", file=str(path))
