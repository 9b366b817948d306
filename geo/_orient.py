"""On which side of an edge a point lies, and whether a polygon's edges enclose it: exact, or said to be undecided.

The stages of `side` follow Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
Predicates" (1997): a filter, then the exact sign where the coordinate differences are exact. What remains is left to
GEOS, so that the answers are its answers. GEOS itself reckons with 106 digits, from the ends' difference and the
point's to the second end, either of which may be rounded: where a sign hangs on the last of them it can find a point
beside a line that lies on it, and what is as close as that is left to it too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo._jit import inlined, kernel

UNDECIDED = 9

_FILTER = 3.3306690738754716e-16  # (3 + 16 eps) eps, Shewchuk's bound for the plain determinant
TINY = 1e-280  # below it products lose digits by underflow, and GEOS finds points on an edge that are beside it
_HUGE = 1e140  # above it they may overflow
_GEOS_DIGITS = 2.0**-90  # of its products, those that GEOS surely gets right
_SPLITTER = 134217729.0  # 2**27 + 1, Veltkamp


@inlined
def _lost(a: float, b: float, difference: float) -> float:
    """a - b minus its rounding ``difference``, exact (Knuth's two-sum)."""
    virtual = a - difference
    around = difference + virtual
    return (a - around) + (virtual - b)


@inlined
def _tail(a: float, b: float, product: float) -> float:
    """a * b minus its rounding ``product`` (Dekker), exact away from under- and overflow."""
    c = _SPLITTER * a
    a_high = c - (c - a)
    a_low = a - a_high
    c = _SPLITTER * b
    b_high = c - (c - b)
    b_low = b - b_high
    return a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


@kernel
def side(  # noqa: PLR0917
    x1: float, y1: float, x2: float, y2: float, x: float, y: float
) -> int:
    """1 if (x, y) lies left of the line from (x1, y1) to (x2, y2), -1 right, 0 on it, `UNDECIDED`."""
    a, b, c, d = x1 - x, y2 - y, y1 - y, x2 - x
    left, right = a * b, c * d
    determinant = left - right
    total = abs(left) + abs(right)
    dx, dy = x2 - x1, y2 - y1
    lost = _GEOS_DIGITS * (abs(dx * b) + abs(dy * d))
    if abs(determinant) > _FILTER * total + lost and total > TINY:
        return 1 if determinant > 0 else -1
    if (
        _lost(x1, x, a) != 0.0
        or _lost(y2, y, b) != 0.0
        or _lost(y1, y, c) != 0.0
        or _lost(x2, x, d) != 0.0
    ):
        return UNDECIDED
    if (a == 0.0 or b == 0.0) and (c == 0.0 or d == 0.0):
        return 0
    for one, other in ((a, b), (c, d)):
        size = abs(one * other)
        unsafe = one != 0.0 and other != 0.0 and not (TINY < size < _HUGE)
        if unsafe or abs(one) > _HUGE or abs(other) > _HUGE:
            return UNDECIDED
    # left and right are equal or neighbours, so that their difference is exact; the tails can outweigh it.
    one, other = _tail(a, b, left), _tail(c, d, right)
    tails = one - other
    high = determinant + tails
    if high == 0.0:
        high = _lost(one, other, tails)
    if abs(high) <= lost and (_lost(x2, x1, dx) != 0.0 or _lost(y2, y1, dy) != 0.0):
        return UNDECIDED
    return 1 if high > 0.0 else (-1 if high < 0.0 else 0)


@kernel
def enclosed(  # noqa: PLR0917
    x: float,
    y: float,
    edges: NDArray[np.float64],
    listed: NDArray[np.int32],
    start: int,
    end: int,
    crossed: int,
) -> int:
    """Whether edges ``listed[start:end]`` enclose a point: 1 inside, 0 on the boundary, -1 outside, `UNDECIDED`.
    A row of ``edges`` is x1, y1, x2, y2 with x1 <= x2.

    They are all edges of one polygon whose height meets the point's, by falling greatest x: a ray to the right
    crosses an odd number of them from inside (the rules of GEOS's RayCrossingCounter). ``crossed``: 1 where it crosses
    an odd number of others besides.
    """
    inside = crossed == 1
    for k in range(start, end):
        e = listed[k]
        x1, y1, x2, y2 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
        if x2 < x:
            break
        if (y1 > y and y2 > y) or (y1 < y and y2 < y):
            continue
        if (x1 == x and y1 == y) or (x2 == x and y2 == y):
            return 0
        if y1 == y2:
            if x1 <= x:
                return 0
            continue
        crosses = (y1 <= y) != (y2 <= y)
        if x1 > x:
            if crosses and (x1 - x) * abs(y2 - y) + abs(y1 - y) * (x2 - x) <= TINY:
                return UNDECIDED
            inside ^= crosses
            continue
        if not crosses:  # only the upper end is at this height, and it is not the point
            continue
        where = side(x1, y1, x2, y2, x, y)
        if where == UNDECIDED:
            return UNDECIDED
        if where == 0:
            return 0
        inside ^= (where > 0) == (y2 > y1)
    return 1 if inside else -1
