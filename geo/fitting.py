"""A flat image laid on the ground by control points: the similarity or affine transform that fits them best.

Least squares in the metric CRS of the place: for two points, or points on one line, the similarity (shift, turn, one
scale; no mirror image), which two points determine; else the affine transform (two scales and a shear as well: paper
shrinks one way more than the other), which three points determine.

Source: P. R. Wolf, B. A. Dewitt, Elements of Photogrammetry with Applications in GIS, appendix C: the two-dimensional
conformal and affine coordinate transformations by least squares. Similarity in complex numbers: w = p z + q is best at
p = sum(conj(z) w) / sum(|z|^2) of the coordinates about their means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo.crs import LONLAT, metric_crs, project
from geo.errors import InputError

Floats = NDArray[np.float64]

FLAT = 0.05
"""Points that lie so close to one line (their spread across it to that along it) do not tell how the image is
stretched across it."""
FAR_M = 5.0
"""A fit that misses its points by so much more than a hand does is worth a look at them."""
UNEVEN = 1.1
"""Scales that differ by more than paper shrinks."""
SAME_PX, SAME_M = 1e-6, 1e-3


class FitKind(StrEnum):
    """How many things are fitted: 4 or 6."""

    SIMILARITY = "similarity"
    AFFINE = "affine"


class Doubt(StrEnum):
    """What is to be said of a fit. unchecked: no point is left to check it by; collinear: the points lie on a line;
    far: it misses its points; uneven: it stretches the image, or mirrors it."""

    UNCHECKED = "unchecked"
    COLLINEAR = "collinear"
    FAR = "far"
    UNEVEN = "uneven"
    MIRRORED = "mirrored"


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """A point of the image (pixels to the right and down from its upper left corner) and where it is, EPSG:4490."""

    x: float
    y: float
    lng: float
    lat: float


@dataclass(frozen=True, slots=True)
class Fit:
    """east = a x + b y + c, north = d x + e y + f, in metres of ``crs``. residuals_m: by how much each point is missed;
    rms_m: the root of their mean square. metres_per_pixel: the mean scale. turned_deg: from north, clockwise."""

    kind: FitKind
    matrix: tuple[float, float, float, float, float, float]
    crs: CRS
    residuals_m: tuple[float, ...]
    rms_m: float
    metres_per_pixel: float
    turned_deg: float
    doubts: tuple[Doubt, ...]

    def ground(self, xy: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Where points of the image are: lng, lat (EPSG:4490)."""
        metric = _applied(self.matrix, np.array(xy, dtype=float).reshape(-1, 2))
        degrees = _moved(metric, source=self.crs, target=LONLAT)
        return [(lng, lat) for lng, lat in degrees.tolist()]


def fit_image(points: Sequence[ControlPoint]) -> Fit:
    """The transform that fits control points best.

    InputError "control-points-few" for fewer than two, "control-points-same" where all lie on one spot.
    """
    if len(points) < 2:
        raise InputError("control-points-few", count=len(points))
    pixels = np.array([(one.x, one.y) for one in points], dtype=float)
    degrees = np.array([(one.lng, one.lat) for one in points], dtype=float)
    crs = metric_crs(*degrees.mean(axis=0).tolist())
    metres = _moved(degrees, source=LONLAT, target=crs)
    long_px, across_px = _spread(pixels)
    if long_px < SAME_PX or _spread(metres)[0] < SAME_M:
        raise InputError("control-points-same")
    flat = across_px < FLAT * long_px
    affine = len(points) > 2 and not flat
    matrix = _affine(pixels, metres) if affine else _similarity(pixels, metres)
    kind = FitKind.AFFINE if affine else FitKind.SIMILARITY
    missed = np.hypot(*(_applied(matrix, pixels) - metres).T)
    rms = float(np.sqrt(np.mean(missed**2)))
    doubts = _doubts(matrix, rms, free=2 * len(points) - (6 if affine else 4))
    if flat and len(points) > 2:
        doubts.insert(0, Doubt.COLLINEAR)
    a, b, _, d, e, _ = matrix
    return Fit(
        kind=kind,
        matrix=matrix,
        crs=crs,
        residuals_m=tuple(missed.tolist()),
        rms_m=rms,
        metres_per_pixel=float(np.sqrt(abs(a * e - b * d))),
        turned_deg=float(np.degrees(np.arctan2(-d, a))),
        doubts=tuple(doubts),
    )


def _moved(xy: Floats, *, source: CRS, target: CRS) -> Floats:
    return shapely.get_coordinates(
        project(np.asarray(shapely.points(xy)), source=source, target=target)
    )


def _spread(xy: Floats) -> tuple[float, float]:
    """How far points are spread along the line that fits them best, and across it."""
    along = np.linalg.svd(xy - xy.mean(axis=0), compute_uv=False)
    return float(along[0]), float(along[1]) if len(along) > 1 else 0.0


def _similarity(pixels: Floats, metres: Floats) -> tuple[float, float, float, float, float, float]:
    """The best shift, turn and scale. An image's y runs downwards: it is turned over first."""
    z, w = pixels[:, 0] - 1j * pixels[:, 1], metres[:, 0] + 1j * metres[:, 1]
    about_z, about_w = z - z.mean(), w - w.mean()
    p = complex(np.vdot(about_z, about_w) / np.vdot(about_z, about_z).real)
    q = complex(w.mean() - p * z.mean())
    return p.real, p.imag, q.real, p.imag, -p.real, q.imag


def _affine(pixels: Floats, metres: Floats) -> tuple[float, float, float, float, float, float]:
    """The best affine transform, about the means: so the numbers stay small."""
    from_, to = pixels.mean(axis=0), metres.mean(axis=0)
    about, _, _, _ = np.linalg.lstsq(pixels - from_, metres - to, rcond=None)
    shift = to - from_ @ about
    (a, d), (b, e) = about.tolist()
    return a, b, float(shift[0]), d, e, float(shift[1])


def _applied(matrix: Sequence[float], xy: Floats) -> Floats:
    a, b, c, d, e, f = matrix
    made: Floats = xy @ np.array([[a, d], [b, e]]) + np.array([c, f])
    return made


def _doubts(matrix: Sequence[float], rms_m: float, *, free: int) -> list[Doubt]:
    """``free``: how many equations are left to check it by."""
    a, b, _, d, e, _ = matrix
    long, short = np.linalg.svd(np.array([[a, b], [d, e]]), compute_uv=False).tolist()
    found = []
    if free <= 0:
        found.append(Doubt.UNCHECKED)
    if rms_m > FAR_M:
        found.append(Doubt.FAR)
    if a * e - b * d > 0:  # down in the image is south: seen from above the sense is turned over
        found.append(Doubt.MIRRORED)
    if short <= 0 or long / short > UNEVEN:
        found.append(Doubt.UNEVEN)
    return found
