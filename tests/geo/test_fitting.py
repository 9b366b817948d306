"""An image fitted by control points: exact where they are, best where they are not, and honest about doubts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.crs import LONLAT, metric_crs, mover
from geo.errors import InputError
from geo.fitting import FAR_M, ControlPoint, Doubt, Fit, FitKind, fit_image

LNG, LAT = 116.95, 31.04
GK = metric_crs(LNG, LAT)
EAST, NORTH = (float(one) for one in mover(LONLAT, GK)(LNG, LAT))

pixel = st.floats(0, 5000)
spots = st.lists(st.tuples(pixel, pixel), min_size=3, max_size=12, unique=True)
scale = st.floats(0.05, 5)
turn = st.floats(-180, 180)


def on_ground(matrix: tuple[float, ...], x: float, y: float, *, off: complex = 0j) -> ControlPoint:
    """The control point that a transform (metres about the middle) makes of a pixel, moved by ``off`` metres."""
    a, b, d, e = matrix
    lng, lat = mover(GK, LONLAT)(EAST + a * x + b * y + off.real, NORTH + d * x + e * y + off.imag)
    return ControlPoint(x, y, float(lng), float(lat))


def turned(metres: float, degrees: float) -> tuple[float, float, float, float]:
    """North of the image ``degrees`` clockwise from north."""
    p = metres * np.exp(-1j * np.radians(degrees))
    return p.real, p.imag, p.imag, -p.real


def spread(xy: list[tuple[float, float]]) -> bool:
    """Whether points lie well apart, and not on a line."""
    along = np.linalg.svd(np.array(xy) - np.mean(xy, axis=0), compute_uv=False)
    return bool(along[0] > 100 and along[1] > 0.1 * along[0])


def metres_off(fit: Fit, point: ControlPoint) -> float:
    (at,) = fit.ground([(point.x, point.y)])
    there, here = (mover(LONLAT, GK)(*one) for one in (at, (point.lng, point.lat)))
    return float(np.hypot(there[0] - here[0], there[1] - here[1]))


@given(spots, scale, scale, turn, st.floats(-0.5, 0.5))
def test_an_affine_image_is_found_exactly(
    xy: list[tuple[float, float]], wide: float, high: float, degrees: float, shear: float
) -> None:
    assume(spread(xy))
    a, b, d, e = turned(1, degrees)
    matrix = (a * wide + b * shear * wide, b * high, d * wide + e * shear * wide, e * high)
    points = [on_ground(matrix, x, y) for x, y in xy]
    fit = fit_image(points)
    assert fit.kind is FitKind.AFFINE
    assert fit.rms_m < 1e-3
    assert all(metres_off(fit, point) < 1e-3 for point in points)
    elsewhere = on_ground(matrix, 2500, 2500)
    assert metres_off(fit, elsewhere) < 0.02
    assert fit.metres_per_pixel == pytest.approx(np.sqrt(wide * high), rel=1e-3)
    assert (Doubt.UNCHECKED in fit.doubts) == (len(xy) == 3)
    assert Doubt.MIRRORED not in fit.doubts


@given(st.tuples(pixel, pixel), st.tuples(pixel, pixel), scale, turn)
def test_two_points_tell_shift_turn_and_scale(
    one: tuple[float, float], other: tuple[float, float], metres: float, degrees: float
) -> None:
    (x0, y0), (x1, y1) = one, other
    assume(np.hypot(x1 - x0, y1 - y0) > 50)
    matrix = turned(metres, degrees)
    fit = fit_image([on_ground(matrix, x0, y0), on_ground(matrix, x1, y1)])
    assert fit.kind is FitKind.SIMILARITY
    assert fit.doubts == (Doubt.UNCHECKED,)
    assert fit.metres_per_pixel == pytest.approx(metres, rel=1e-4)
    assert np.exp(1j * np.radians(fit.turned_deg - degrees)).real == pytest.approx(1, abs=1e-6)
    assert metres_off(fit, on_ground(matrix, (x0 + x1) / 2, (y0 + y1) / 2)) < 0.01


@given(st.floats(0, 3000), st.floats(-1, 1), scale, turn)
def test_points_on_a_line_are_fitted_without_a_stretch_across_it(
    y: float, slope: float, metres: float, degrees: float
) -> None:
    matrix = turned(metres, degrees)
    points = [on_ground(matrix, x, y + slope * x) for x in (0, 900, 2100, 4000)]
    fit = fit_image(points)
    assert (fit.kind, fit.doubts[0]) == (FitKind.SIMILARITY, Doubt.COLLINEAR)
    assert fit.rms_m < 1e-3


misses = st.lists(st.complex_numbers(max_magnitude=30), min_size=12, max_size=12)
nudges = st.lists(st.floats(-1e-3, 1e-3), min_size=6, max_size=6)


@given(spots, misses, nudges)
def test_no_other_transform_fits_better(
    xy: list[tuple[float, float]], off: list[complex], nudge: list[float]
) -> None:
    assume(spread(xy))
    matrix = turned(0.4, 12)
    points = [on_ground(matrix, x, y, off=z) for (x, y), z in zip(xy, off, strict=False)]
    fit = fit_image(points)
    east, north = mover(LONLAT, fit.crs)(
        np.array([one.lng for one in points]), np.array([one.lat for one in points])
    )

    def square(m: list[float]) -> float:
        x, y = np.array(xy).T
        made = m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5]
        return float(np.sum((made[0] - east) ** 2 + (made[1] - north) ** 2))

    least = square(list(fit.matrix))
    assert least == pytest.approx(len(xy) * fit.rms_m**2, rel=1e-6, abs=1e-6)
    other = [a + b for a, b in zip(fit.matrix, nudge, strict=True)]
    assert square(other) >= least - 1e-6 * max(1, least)
    assert (Doubt.FAR in fit.doubts) == (fit.rms_m > FAR_M)


@given(spots, misses, st.randoms(use_true_random=False))
def test_the_order_of_points_does_not_matter(
    xy: list[tuple[float, float]], off: list[complex], dice: object
) -> None:
    assume(spread(xy))
    points = [on_ground(turned(1, 0), x, y, off=z) for (x, y), z in zip(xy, off, strict=False)]
    mixed = list(points)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    fit, other = fit_image(points), fit_image(mixed)
    assert other.matrix == pytest.approx(fit.matrix, rel=1e-6, abs=1e-3)
    assert sorted(other.residuals_m) == pytest.approx(sorted(fit.residuals_m), abs=1e-4)


def test_a_mirror_image_and_a_stretched_one_are_doubted() -> None:
    xy = [(0, 0), (1000, 0), (0, 1000), (1000, 1000)]
    over = fit_image([on_ground((1, 0, 0, 1), x, y) for x, y in xy])
    assert over.doubts == (Doubt.MIRRORED,)
    stretched = fit_image([on_ground((1, 0, 0, -1.3), x, y) for x, y in xy])
    assert stretched.doubts == (Doubt.UNEVEN,)
    far = fit_image([on_ground(turned(1, 0), x, y, off=40j if x + y == 0 else 0j) for x, y in xy])
    assert Doubt.FAR in far.doubts


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ([], "control-points-few"),
        ([ControlPoint(1, 1, LNG, LAT)], "control-points-few"),
        ([ControlPoint(1, 1, LNG, LAT), ControlPoint(1, 1, LNG, LAT + 0.1)], "control-points-same"),
        ([ControlPoint(1, 1, LNG, LAT), ControlPoint(9, 1, LNG, LAT)], "control-points-same"),
    ],
)
def test_points_that_tell_nothing_are_refused(points: list[ControlPoint], code: str) -> None:
    with pytest.raises(InputError) as refused:
        fit_image(points)
    assert refused.value.code == code
