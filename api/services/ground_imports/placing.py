"""Where the coordinates of a file lie: as it declares, or as a person says, with the evidence for each way to read
them. Nothing here decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from api.services.ground_imports.reading import BUILDINGS
from api.services.ground_imports.wishes import Wishes
from data.intake import TARGETS
from data.readers.columns import recognise
from data.readers.ledger_cells import BadCellError, Cells
from data.readers.opened import Opened
from geo import evidence
from geo.crs import SHIFTED, Datum, parse_datum, to_lonlat
from geo.evidence import Reading

Floats = NDArray[np.float64]

MOST_SHOWN = 1500
"""Shapes that a map shows of a file."""
MOST_ASKED = 20_000
"""Places that evidence is taken from."""
MOST_WAYS = 6
_OURS = {4490: "cgcs2000", 4326: "wgs84"}
_FEW_ZONES = 3
_SIMPLER_DEG = 1e-5


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read the coordinates. shift_m: how far the file's middle then lies from where it lies as WGS84."""

    reading: Reading
    shift_m: float | None


@dataclass(frozen=True, slots=True)
class Placed:
    """datum: how coordinates are read, None while nobody said; by: who says it: "file", "person", or nobody. ways: the
    evidence, best first (``total`` is 0 where there is no outline to hold them against). needed: whether somebody must
    say it first. shapes: the first of what the file holds, EPSG:4490."""

    datum: str | None
    by: str | None
    ways: Sequence[Way]
    needed: bool
    shapes: Sequence[BaseGeometry]


def placed(noun: str, opened: Opened, wishes: Wishes, outline: BaseGeometry | None) -> Placed:
    """Where a file lies, by what it declares and what was said. OptionError, ColumnMissing for columns said that are
    not there; DatumError, GeometryError for a datum that can't be meant."""
    said = None if wishes.datum is None else parse_datum(wishes.datum)
    if opened.layer is not None:
        return _layer(opened, said, outline)
    if noun != BUILDINGS or opened.table is None:
        return Placed(None, None, (), False, ())
    x, y = _columns(opened, wishes)
    there = np.isfinite(x) & np.isfinite(y)
    if not there.any():
        return Placed(None, None, (), False, ())
    ways = _ways(x[there], y[there], outline, swappable=True)
    if said is None:
        return Placed(None, None, ways, True, ())
    lng, lat = to_lonlat(x[there], y[there], datum=said)
    points = np.asarray(shapely.points(lng[np.isfinite(lng)], lat[np.isfinite(lng)]))
    return Placed(said.name, "person", ways, False, _some(points))


def _layer(opened: Opened, said: Datum | None, outline: BaseGeometry | None) -> Placed:
    assert opened.layer is not None
    raw = opened.layer
    if raw.declared:
        frame = raw.lonlat(datum=said)
        return Placed(
            _named(raw.frame.crs), "file", _declared(frame, outline), False, _shapes(frame)
        )
    x, y = _middles(raw.frame)
    ways = _ways(x, y, outline, swappable=False) if len(x) else ()
    if said is None:
        return Placed(None, None, ways, True, ())
    return Placed(said.name, "person", ways, False, _shapes(raw.lonlat(datum=said)))


def _named(crs: CRS) -> str:
    """What a CRS is called: by our word for it, else by its own."""
    return _OURS.get(crs.to_epsg() or 0, str(crs.name))


def _declared(frame: gpd.GeoDataFrame, outline: BaseGeometry | None) -> Sequence[Way]:
    """How many places are inside, read as the file declares."""
    if outline is None:
        return ()
    x, y = _middles(frame)
    shapely.prepare(outline)
    inside = int(shapely.intersects_xy(outline, x, y).sum())
    return (Way(Reading(Datum("cgcs2000"), False, inside, len(x)), None),)


def _ways(x: Floats, y: Floats, outline: BaseGeometry | None, *, swappable: bool) -> Sequence[Way]:
    """The ways to read coordinates, those first that put most of them inside."""
    step = max(1, len(x) // MOST_ASKED)
    x, y = x[::step], y[::step]
    if outline is not None:
        found = evidence.datum_evidence(x, y, outline=outline)
        straight = max((one.inside for one in found if not one.swapped), default=0)
        found = [one for one in found if not one.swapped or (swappable and one.inside > straight)]
        zones = [one for one in found if ":" in one.datum.name]
        if not any(one.inside for one in zones):
            found = [one for one in found if one not in zones or len(zones) <= _FEW_ZONES]
    else:
        found = [Reading(datum, False, 0, 0) for datum in _plain(x, y)]
    middle = float(np.median(x)), float(np.median(y))
    return [Way(one, _shift_m(*middle, one)) for one in found[:MOST_WAYS]]


def _plain(x: Floats, y: Floats) -> Sequence[Datum]:
    """What coordinates can mean, where there is nothing to hold them against."""
    if np.median(np.abs(x)) <= 180 and np.median(np.abs(y)) <= 90:
        return [Datum(name) for name in ("wgs84", *SHIFTED)]
    zones = [datum for datum, swapped in evidence.guess_zone(x, y) if not swapped]
    return zones if len(zones) <= _FEW_ZONES else ()


def _shift_m(x: float, y: float, one: Reading) -> float | None:
    return None if ":" in one.datum.name or one.swapped else evidence.shift_m(x, y, one.datum)


def _columns(opened: Opened, wishes: Wishes) -> tuple[Floats, Floats]:
    """The coordinates of a table's rows, NaN where there are none."""
    assert opened.table is not None
    frame, understood = recognise(
        opened.table.frame, TARGETS, mapping_of(opened, wishes), file=opened.file
    )
    cells = Cells(frame, understood)
    x, y = (_numbers(cells, name, len(frame)) for name in ("lon", "lat"))
    return x, y


def mapping_of(opened: Opened, wishes: Wishes) -> dict[str, str]:
    """Our columns -> the file's, as they were said; coordinates the other way round where that was said, too."""
    mapping = dict(wishes.columns)
    if wishes.swapped and opened.table is not None:
        _, known = recognise(opened.table.frame, TARGETS, mapping, file=opened.file)
        if "lon" in known and "lat" in known:
            mapping |= {"lon": known["lat"], "lat": known["lon"]}
    return mapping


def _numbers(cells: Cells, column: str, count: int) -> Floats:
    values = np.full(count, np.nan)
    for row in range(count):
        try:
            found = cells.coordinate(column, row)
        except BadCellError:
            continue
        values[row] = np.nan if found is None else found
    return values


def _middles(frame: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    """A place in each shape, in the frame's own coordinates."""
    shapes = np.asarray(frame.geometry.array)
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    points = shapely.point_on_surface(shapes)
    lines = shapely.get_type_id(shapes) == 1  # of these it takes an end
    points[lines] = shapely.line_interpolate_point(shapes[lines], 0.5, normalized=True)
    x, y = shapely.get_x(points), shapely.get_y(points)
    there = np.isfinite(x) & np.isfinite(y)
    return x[there], y[there]


def _shapes(frame: gpd.GeoDataFrame) -> Sequence[BaseGeometry]:
    shapes = np.asarray(frame.geometry.array)
    return _some(shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))])


def _some(shapes: NDArray[np.object_]) -> Sequence[BaseGeometry]:
    """As many as a map shows, from all over the file, no finer than it can."""
    step = -(-len(shapes) // MOST_SHOWN) or 1
    return list(shapely.simplify(shapes[::step], _SIMPLER_DEG))
