"""The nearest polygon by compiled tables is the one that GEOS finds."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo._nearest import Nearest

COORDINATE = st.integers(-30, 30).map(lambda k: k / 4)


@settings(max_examples=60, deadline=None)
@given(
    corners=st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=80, unique=True),
    hole=st.booleans(),
    points=st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=40),
)
def test_nearest_equals_geos(corners, hole, points):
    boxes = [shapely.box(x, y, x + 0.25, y + 0.25) for x, y in corners]
    if hole:
        boxes.append(shapely.box(-9, -9, 9, 9).difference(shapely.box(-8, -8, 8, 8)))
    shapes = np.array(boxes, dtype=object)
    outside = [p for p in points if not shapely.intersects_xy(shapes, *p).any()]
    x, y = np.array(outside, dtype=float).reshape(-1, 2).T.copy()
    ranks, distances = Nearest(shapes).find(x, y)
    for point, rank, distance in zip(shapely.points(x, y), ranks, distances, strict=True):
        theirs = shapely.distance(shapes, point)
        assert rank == np.argmin(theirs)
        assert np.isclose(distance, theirs.min(), rtol=1e-14, atol=0)


def test_the_lowest_of_equals_wins_however_many_runs_there_are():
    ring = shapely.Point(0, 0).buffer(1, quad_segs=500)
    shapes = np.array(
        [shapely.transform(ring, lambda xy: xy + np.array([4, 0])), ring], dtype=object
    )
    ranks, distances = Nearest(shapes).find(np.array([2.0]), np.array([0.0]))
    assert ranks.tolist() == [0]
    assert distances.tolist() == [1.0]
