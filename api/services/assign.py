"""Points in a file -> their grids, in a copy of that file. No database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyproj import CRS

from api.services.assign_faults import FaultsFile
from api.services.progress import Progress, silent
from data.readers.point_batch import Batch, Points
from data.readers.points import open_points
from data.readers.vector import read_layer, split_spec
from data.writers.atomic import check_target, staging
from data.writers.points import ENDINGS, Added, free_names, open_writer
from geo import crs
from geo.codes import Profile, normalize_code
from geo.crs import Datum
from geo.errors import ColumnMissing, FileUnreadable, OptionError
from geo.locate import HOWS, Locator
from geo.model import How

ADDED = ("grid_code", "how", "nearest_code", "nearest_m")
"""The columns that every row gets."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """How it went: rows by `How`, the file written, and the list of rows without a place, if there are any."""

    counts: dict[How, int]
    output: Path
    faults: Path | None

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
    datum: Datum | None = None,
    code: str = "code",
    grids_datum: Datum | None = None,
    encoding: str | None = None,
    lang: str = "zh",
    progress: Progress = silent,
) -> Assigned:
    """Write a copy of the file ``points`` in which every row says its grid.

    ``grids``, ``points``: ``F[:layer]``. ``lon``, ``lat``: columns with x and y; ``datum``: what they refer to
    (a file's own CRS wins, a contradiction is an error). ``code``: the grids' column. Added are `ADDED`, with the
    prefix wg_ where a name is taken: grid_code, how, and for rows outside the nearest grid and metres to it. Rows
    that can't be placed stay, as invalid, and are listed beside the output, in ``lang``. The output appears whole
    or not at all. Raises InputError.
    """
    check_target(output, ENDINGS)
    _refuse_same_file(output, grids, points)
    source = open_points(points, lon=lon, lat=lat, encoding=encoding)
    reference = crs.agreed(source.crs, datum or _assumed(source), file=str(points))
    locator = open_locator(grids, code=code, datum=grids_datum)
    names = free_names(ADDED, source.names)
    counts = np.zeros(len(HOWS), dtype=np.int64)
    with staging(output.parent) as stage:
        writer = open_writer(stage / output.name, source)
        faults = FaultsFile(stage / faults_name(output), lang=lang, first_row=_first_row(source))
        try:
            for batch in source.batches():
                added, how = locate_batch(batch, locator, reference, names)
                writer.write(batch, added)
                faults.add(batch, np.flatnonzero(how == HOWS.index(How.INVALID)), added)
                counts += np.bincount(how, minlength=len(HOWS))
                progress("assign", batch.done, source.total)
        finally:
            writer.close()
            listed = faults.close()
        if not counts.sum():
            raise FileUnreadable("points-none", file=str(points))
    side = output.with_name(faults_name(output))
    if not listed:
        side.unlink(missing_ok=True)  # an earlier run's list would be taken for this one's
    by_how = {how: int(n) for how, n in zip(HOWS, counts, strict=True)}
    return Assigned(by_how, output, side if listed else None)


def open_locator(grids: str | Path, *, code: str, datum: Datum | None = None) -> Locator:
    """The grids of a layer, ready to be asked, in EPSG:4490. ColumnMissing where ``code`` is not there."""
    frame = read_layer(grids, default_layer="grids", datum=datum)
    if code not in frame.columns:
        present = ", ".join(str(name) for name in frame.columns if name != "geometry")
        raise ColumnMissing("grids-column-missing", file=str(grids), column=code, present=present)
    given = frame[code]
    codes = [
        "" if missing else normalize_code(value, profile=Profile.PLAIN)
        for value, missing in zip(given, given.isna(), strict=True)
    ]
    return Locator(np.asarray(frame.geometry.values), codes, crs=crs.LONLAT)


def locate_batch(
    batch: Batch, locator: Locator, reference: CRS | Datum, names: list[str]
) -> tuple[Added, np.ndarray[tuple[int], np.dtype[np.uint8]]]:
    """The added columns of a batch, and how each row came to its grid (positions in `HOWS`)."""
    lng, lat = crs.to_lonlat(batch.x, batch.y, datum=reference)
    found = locator.indices(lng, lat)
    how = locator.how(lng, lat, found)
    outside = np.flatnonzero(how == HOWS.index(How.OUTSIDE))
    nearest = np.full(len(lng), -1, dtype=np.int32)
    metres = np.full(len(lng), np.nan)
    nearest[outside], metres[outside] = locator.nearest(lng[outside], lat[outside])
    codes = pa.array(locator.codes, pa.string())
    columns = (
        _taken(codes, found),
        _taken(pa.array([way.value for way in HOWS]), how.astype(np.int32)),
        _taken(codes, nearest),
        pa.array(np.round(metres, 2), mask=np.isnan(metres)),
    )
    return Added(dict(zip(names, columns, strict=True)), lng, lat), how


def faults_name(output: Path) -> str:
    """The name of the list of rows without a place, beside ``output``."""
    return f"{output.stem}.invalid.csv"


def _taken(values: pa.Array, positions: np.ndarray[tuple[int], np.dtype[np.int32]]) -> pa.Array:
    return values.take(pa.array(positions, mask=positions < 0))


def _assumed(source: Points) -> Datum | None:
    """WGS84, where the file's format says so and nobody says otherwise."""
    return None if source.assumed is None else Datum("wgs84")


def _first_row(source: Points) -> int:
    """The number of the first data row as people see it: a table's header is row 1."""
    return 1 if source.geometry is not None else 2


def _refuse_same_file(output: Path, *inputs: str | Path) -> None:
    for spec in inputs:
        path, _ = split_spec(spec)
        if output.exists() and path.exists() and output.samefile(path):
            raise OptionError("output-is-input", file=str(output))
        if output.with_name(faults_name(output)).resolve() == path.resolve():
            raise OptionError("output-is-input", file=str(path))
