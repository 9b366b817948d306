"""Longitude, latitude -> a transverse Mercator plane (Gauss-Kruger, UTM), one place at a time, compiled.

Kruger's series to the sixth order in the third flattening (Karney 2011, doi:10.1007/s00190-011-0445-3, equations 7 to
10 and 35), which is what PROJ computes: they agree to nanometres within some degrees of the central meridian.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geo._jit import inlined

_METHOD = "Transverse Mercator"
_NAMES = (
    "Latitude of natural origin",
    "Longitude of natural origin",
    "Scale factor at natural origin",
    "False easting",
    "False northing",
)
_ALPHA = (
    (1 / 2, -2 / 3, 5 / 16, 41 / 180, -127 / 288, 7891 / 37800),
    (13 / 48, -3 / 5, 557 / 1440, 281 / 630, -1983433 / 1935360),
    (61 / 240, -103 / 140, 15061 / 26880, 167603 / 181440),
    (49561 / 161280, -179 / 168, 6601661 / 7257600),
    (34729 / 80640, -3418889 / 1995840),
    (212378941 / 319334400,),
)
"""The j-th line: factors of n ** j, n ** (j + 1) … to n ** 6."""


Plane: TypeAlias = NDArray[np.float64]
"""A transverse Mercator plane: central meridian (radians), eccentricity, radius of the rectifying circle (scaled),
false east and north (metres), the six factors of the series."""


def plane_of(crs: CRS) -> Plane | None:
    """The plane of a projected CRS in metres, east and north; None where it is of another kind."""
    operation, ellipsoid = crs.coordinate_operation, crs.ellipsoid
    if operation is None or operation.method_name != _METHOD or ellipsoid is None:
        return None
    value = {one.name: float(one.value) * one.unit_conversion_factor for one in operation.params}
    origin, meridian, scale, east, north = (value.get(name, math.nan) for name in _NAMES)
    if origin != 0 or not all(map(math.isfinite, (meridian, scale, east, north))):
        return None
    flattening = 1 / ellipsoid.inverse_flattening
    n = flattening / (2 - flattening)
    rectifying = ellipsoid.semi_major_metre / (1 + n) * (1 + n**2 / 4 + n**4 / 64 + n**6 / 256)
    alpha = [sum(c * n ** (j + k) for k, c in enumerate(line)) for j, line in enumerate(_ALPHA, 1)]
    eccentricity = math.sqrt(flattening * (2 - flattening))
    return np.array([meridian, eccentricity, scale * rectifying, east, north, *alpha])


@inlined
def to_plane(lng: float, lat: float, plane: Plane) -> tuple[float, float]:
    """Degrees to metres east and north. For places less than 90 degrees from the meridian."""
    along, phi = math.radians(lng) - plane[0], math.radians(lat)
    e, sine = plane[1], math.sin(phi)
    conformal = math.sinh(math.atanh(sine) - e * math.atanh(e * sine))
    xi = math.atan2(conformal, math.cos(along))
    eta = math.asinh(math.sin(along) / math.hypot(conformal, math.cos(along)))
    # sum of alpha[j] sin(2 j (xi + i eta)), by Clenshaw
    cos_xi, sin_xi = math.cos(2.0 * xi), math.sin(2.0 * xi)
    cosh_eta, sinh_eta = math.cosh(2.0 * eta), math.sinh(2.0 * eta)
    re, im = 2.0 * cos_xi * cosh_eta, -2.0 * sin_xi * sinh_eta
    b_re = b_im = c_re = c_im = 0.0
    for j in range(5, -1, -1):
        b_re, b_im, c_re, c_im = (
            re * b_re - im * b_im - c_re + plane[5 + j],
            re * b_im + im * b_re - c_im,
            b_re,
            b_im,
        )
    north = xi + sin_xi * cosh_eta * b_re - cos_xi * sinh_eta * b_im
    east = eta + sin_xi * cosh_eta * b_im + cos_xi * sinh_eta * b_re
    return plane[3] + plane[2] * east, plane[4] + plane[2] * north
