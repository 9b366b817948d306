"""Evidence of a datum that nobody declared: the ways to read coordinates, and what each would mean.

For a person who decides; nothing here decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo.crs import GK3_FIRST_MERIDIAN, SHIFTED, Datum, paired, to_lonlat

# EPSG's CGCS2000 Gauss-Kruger families: first code, first zone number, how many.
_GK3_ZONES = (4513, 25, 21)
_GK6_ZONES = (4491, 13, 11)
_GK3_MERIDIANS = (GK3_FIRST_MERIDIAN, 75, 21)
_GK6_MERIDIANS = (4502, 75, 11)
_ELLIPSOID = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read coordinates, and how many of ``total`` points then fall inside the outline.

    ``swapped``: the first number was taken as northing (or latitude).
    """

    datum: Datum
    swapped: bool
    inside: int
    total: int


def guess_zone(x: ArrayLike, y: ArrayLike) -> list[tuple[Datum, bool]]:
    """CGCS2000 Gauss-Kruger zones that numbers in metres can mean, as (datum, swapped), by arithmetic alone.

    An easting with a zone prefix (39494000) names its zone; one without (494000) leaves every central
    meridian of China open: `datum_evidence` then decides by an outline. Empty where nothing fits.
    """
    first, second = paired(x, y)
    readings = []
    for swapped, easting, northing in ((False, first, second), (True, second, first)):
        if _all_between(northing, 1.5e6, 6.2e6):
            readings += [(datum, swapped) for datum in _zones_of(easting)]
    return readings


def datum_evidence(x: ArrayLike, y: ArrayLike, *, outline: BaseGeometry) -> list[Reading]:
    """Each way to read coordinates, with how many points it puts inside ``outline`` (EPSG:4490), best first.

    Degrees are read as wgs84, gcj02 and bd09, metres as the zones of `guess_zone`; both also swapped.
    Evidence for a person, not a verdict: neighbouring datums often tie.
    """
    first, second = paired(x, y)
    total = int(np.isfinite(first).sum())
    if _all_between(first, -180, 180) and _all_between(second, -180, 180):
        ways = [(Datum(name), swap) for swap in (False, True) for name in ("wgs84", *SHIFTED)]
    else:
        ways = guess_zone(first, second)
    shapely.prepare(outline)
    readings = []
    for datum, swapped in ways:
        lng, lat = to_lonlat(*((second, first) if swapped else (first, second)), datum=datum)
        inside = int(shapely.intersects_xy(outline, lng, lat).sum())
        readings.append(Reading(datum, swapped, inside, total))
    return sorted(readings, key=lambda reading: -reading.inside)


def shift_m(x: float, y: float, datum: Datum) -> float | None:
    """How far a place read in ``datum`` lies from where it lies as WGS84, in metres; None where it is no place."""
    (lng,), (lat,) = to_lonlat([x], [y], datum=datum)
    if not (np.isfinite(lng) and np.isfinite(lat)):
        return None
    return float(_ELLIPSOID.inv(x, y, lng, lat)[2])


def _zones_of(easting: NDArray[np.float64]) -> list[Datum]:
    if _all_between(easting, 1e5, 9e5):
        families = [(start, count) for start, _, count in (_GK3_MERIDIANS, _GK6_MERIDIANS)]
        return [Datum(f"EPSG:{start + k}") for start, count in families for k in range(count)]
    finite = easting[np.isfinite(easting)]
    zones, counts = np.unique(finite // 1e6, return_counts=True)
    zone = int(zones[np.argmax(counts)]) if len(zones) else -1
    for start, first, count in (_GK3_ZONES, _GK6_ZONES):
        if first <= zone < first + count:
            return [Datum(f"EPSG:{start + zone - first}")]
    return []


def _all_between(values: NDArray[np.float64], low: float, high: float) -> bool:
    """Whether most numbers lie in a range: a ledger has odd cells, which must not decide."""
    finite = values[np.isfinite(values)]
    return bool(len(finite)) and float(np.mean((finite >= low) & (finite <= high))) > 0.5
