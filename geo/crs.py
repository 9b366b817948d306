"""Datums and projections: the only place that reprojects.

Everything is kept as longitude, latitude in EPSG:4490 (CGCS2000; the same as WGS84 for our purposes).
Lengths and areas are measured only in a metric CRS. All transformers are x, y = east, north.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from geo import gcj, model
from geo.errors import DatumError, GeometryError

ACCEPTED = ("wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:n")
"""What `parse_datum` takes, for help texts and messages."""

LONLAT = CRS.from_user_input(model.CRS)
"""EPSG:4490, what everything is kept in."""
_SAME_AS_LONLAT = {4490: "cgcs2000", 4326: "wgs84"}
_CRS84 = "WGS 84 (CRS84)"  # 4326 with its axes turned, as GeoJSON has it; it has no EPSG number
SHIFTED = ("gcj02", "bd09")
"""The web maps' systems, which no CRS can describe."""
GK3_FIRST_MERIDIAN = 4534
"""EPSG's first 3-degree CGCS2000 Gauss-Kruger CRS without zone prefix, of meridian 75."""


@dataclass(frozen=True, slots=True)
class Datum:
    """What coordinates refer to: ``name`` is wgs84, cgcs2000, gcj02, bd09 or EPSG:n. Make one with `parse_datum`.

    ``yields``: said of several files, of which some declare a CRS of their own: theirs stands, and that is no conflict.
    """

    name: str
    yields: bool = False

    @property
    def shifted(self) -> bool:
        """Whether it is one of the web maps' shifted systems, which no CRS can describe."""
        return self.name in SHIFTED

    @property
    def crs(self) -> CRS:
        """Its CRS; the one of its unshifted origin for gcj02 and bd09."""
        return CRS.from_user_input(self.name) if ":" in self.name else LONLAT

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=64)
def parse_datum(text: str) -> Datum:
    """The datum that a person wrote: ``wgs84``, ``GCJ-02``, ``epsg:4548`` … DatumError says what is accepted."""
    plain = re.sub(r"[\s_-]", "", text).lower()
    if match := re.fullmatch(r"epsg:?(\d{4,6})", plain):
        return _epsg_datum(int(match[1]), text)
    if plain in ACCEPTED:
        return Datum(plain)
    raise DatumError("datum-unknown", value=text, accepted=", ".join(ACCEPTED))


def _epsg_datum(number: int, text: str) -> Datum:
    if number in _SAME_AS_LONLAT:
        return Datum(_SAME_AS_LONLAT[number])
    try:
        crs = CRS.from_epsg(number)
    except CRSError:
        raise DatumError("datum-unknown", value=text, accepted=", ".join(ACCEPTED)) from None
    if not (crs.is_geographic or crs.is_projected):
        raise DatumError("datum-unknown", value=text, accepted=", ".join(ACCEPTED))
    return Datum(f"EPSG:{number}")


def to_lonlat(
    x: ArrayLike, y: ArrayLike, *, datum: Datum | CRS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates in any datum as EPSG:4490 degrees. What is no place on Earth becomes NaN, pairwise."""
    lng, lat = paired(x, y)
    if isinstance(datum, CRS) or not datum.shifted:
        lng, lat = _transform(lng, lat, datum.crs if isinstance(datum, Datum) else datum, LONLAT)
    else:
        lng, lat = _on_earth(lng, lat)
        if datum.name == "bd09":
            lng, lat = gcj.bd09_to_gcj02(lng, lat)
        lng, lat = gcj.gcj02_to_wgs84(lng, lat)
    return _on_earth(lng, lat)


def from_lonlat(
    lng: ArrayLike, lat: ArrayLike, *, datum: Datum | CRS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """EPSG:4490 degrees in any datum, the inverse of `to_lonlat`."""
    x, y = _on_earth(*paired(lng, lat))
    if isinstance(datum, CRS) or not datum.shifted:
        return _transform(x, y, LONLAT, datum.crs if isinstance(datum, Datum) else datum)
    x, y = gcj.wgs84_to_gcj02(x, y)
    return gcj.gcj02_to_bd09(x, y) if datum.name == "bd09" else (x, y)


Mover = Callable[[float, float], tuple[float, float]]
"""Takes one place from one CRS to another."""


def mover(source: CRS, target: CRS) -> Mover:
    """A function for single places, an order of magnitude quicker than arrays of one.

    Nothing is checked: what can't be expressed comes out as infinity.
    """
    source, target = canonical(source), canonical(target)
    if source == target:
        return lambda x, y: (x, y)
    move: Mover = _transformer(source, target).transform
    return move


def frame_to_lonlat(
    frame: gpd.GeoDataFrame, *, datum: Datum | None, declared: bool = True, file: str = "-"
) -> gpd.GeoDataFrame:
    """A copy of a layer in EPSG:4490, two-dimensional.

    A CRS that the file declares wins, and a ``datum`` that contradicts it raises DatumError. Where it
    is only the format's convention (``declared=False``; GeoJSON) or absent, ``datum`` is believed.
    ``file`` is named in errors. GeometryError where a shape lies outside what its CRS can express.
    """
    own: CRS | None = frame.crs if declared or datum is None else None
    source = agreed(own, datum, file=file)
    moved = layer_to_lonlat(np.asarray(frame.geometry.values), source=source, file=file)
    return frame.set_geometry(gpd.GeoSeries(moved, index=frame.index, crs=model.CRS))


def layer_to_lonlat(
    shapes: NDArray[np.object_], *, source: Datum | CRS, file: str
) -> NDArray[np.object_]:
    """`project` for the shapes of a file, which a complaint names: GeometryError "shape-unprojectable"."""
    try:
        return project(shapes, source=source, target=LONLAT)
    except GeometryError as error:
        row = error.params["position"]
        raise GeometryError("shape-unprojectable", file=file, row=row) from error


def agreed(own: CRS | None, datum: Datum | None, *, file: str = "-") -> CRS | Datum:
    """What a file's coordinates refer to: its own CRS, or the ``datum`` that the caller says where it has none.

    DatumError where neither is known, or where both are and differ (unless the datum ``yields``).
    """
    said = None if datum is None or datum.yields else datum
    if own is not None and said is not None and not same_datum(own, said):
        raise DatumError("datum-conflict", file=file, own=crs_name(own), datum=said.name)
    source = datum if own is None else own
    if source is None:
        raise DatumError("datum-missing", file=file, accepted=", ".join(ACCEPTED))
    return source


def same_datum(crs: CRS, datum: Datum) -> bool:
    """Whether coordinates in ``crs`` and in ``datum`` are the same numbers (4326 and 4490 are)."""
    if datum.shifted:
        return False
    ours, theirs = canonical(crs), canonical(datum.crs)
    return ours == theirs or ours.equals(theirs, ignore_axis_order=True)


def canonical(crs: CRS) -> CRS:
    """The EPSG twin of a CRS written another way (an ESRI .prj, CRS84); EPSG:4326 becomes EPSG:4490."""
    two_d = crs.to_2d() if len(crs.axis_info) > 2 else crs
    number = 4326 if two_d.name == _CRS84 else two_d.to_epsg()
    if number in _SAME_AS_LONLAT:
        return LONLAT
    return two_d if number is None else CRS.from_epsg(number)


def crs_name(crs: CRS) -> str:
    """How messages name a CRS: EPSG:n where it has a number, else its own name."""
    number = crs.to_epsg()
    return str(crs.name) if number is None else f"EPSG:{number}"


def metric_crs(lng: float, lat: float) -> CRS:
    """The CRS to measure metres in around a place: 3-degree Gauss-Kruger (CGCS2000, no zone prefix) in and
    around China, UTM elsewhere (UPS near the poles). 桐城: EPSG:4548."""
    if not (abs(lng) <= 180 and abs(lat) <= 90):
        raise DatumError("lonlat-impossible", lng=lng, lat=lat)
    if 73.5 <= lng < 136.5 and 3 <= lat <= 54:
        return CRS.from_epsg(GK3_FIRST_MERIDIAN + int((lng + 1.5) // 3) - 25)
    if lat > 84 or lat < -80:
        return CRS.from_epsg(32661 if lat > 0 else 32761)
    zone = min(int((lng + 180) // 6) + 1, 60)
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


def project(
    geometries: NDArray[np.object_] | Sequence[BaseGeometry | None],
    *,
    source: Datum | CRS,
    target: Datum | CRS,
) -> NDArray[np.object_]:
    """Shapes from one CRS to another, vertex by vertex, in order; 2D. Equal vertices in, equal doubles out.

    None and empty shapes stay. GeometryError names the position of a shape that can't be expressed there.
    """
    shapes = np.asarray(geometries, dtype=object)

    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    moved = np.column_stack(project_xy(xy[:, 0], xy[:, 1], source=source, target=target))
    lost = owner[np.isnan(moved).any(axis=1) & ~np.isnan(xy).any(axis=1)]
    if len(lost):  # before shapes are made of it: GEOS refuses a ring that ends in no number
        raise GeometryError("geometry-unprojectable", position=int(lost[0]) + 1)
    made: NDArray[np.object_] = shapely.transform(shapes, lambda _: moved)
    return made


def project_xy(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    source: Datum | CRS,
    target: Datum | CRS,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`project` for coordinates; what can't be expressed there comes out as NaN."""
    if isinstance(source, CRS) and isinstance(target, CRS):
        return _transform(*paired(x, y), source, target)
    lng, lat = to_lonlat(x, y, datum=source)
    return from_lonlat(lng, lat, datum=target)


def _transform(
    x: NDArray[np.float64], y: NDArray[np.float64], source: CRS, target: CRS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    source, target = canonical(source), canonical(target)
    if source == target:
        return x.copy(), y.copy()
    if source.is_geographic:
        x, y = _on_earth(x, y)
    moved = _transformer(source, target).transform(x, y)
    bad = ~(np.isfinite(moved[0]) & np.isfinite(moved[1]))
    return np.where(bad, np.nan, moved[0]), np.where(bad, np.nan, moved[1])


@lru_cache(maxsize=64)
def _transformer(source: CRS, target: CRS) -> Transformer:
    try:
        return Transformer.from_crs(source, target, always_xy=True)
    except ProjError:
        odd = source if target == LONLAT else target
        raise DatumError("datum-untransformable", own=crs_name(odd)) from None


def paired(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Contiguous float64 copies (NumPy rounds strided and contiguous arrays differently), NaN pairwise."""
    first, second = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    bad = ~(np.isfinite(first) & np.isfinite(second))
    first[bad] = second[bad] = np.nan
    return first, second


def _on_earth(
    lng: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    bad = ~((np.abs(lng) <= 180) & (np.abs(lat) <= 90))
    return np.where(bad, np.nan, lng), np.where(bad, np.nan, lat)
