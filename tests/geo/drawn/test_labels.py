"""Codes and names that are written inside areas."""

from __future__ import annotations

import numpy as np
from shapely.geometry import Point, box

from geo.codes import Profile
from geo.drawn import Label, labels_of

AREAS = np.array([box(0, 0, 10, 10), box(10, 0, 20, 10), box(20, 0, 30, 10)], dtype=object)
CODE = "340881001001003"


def labels(*written: tuple[float, float, str]) -> tuple[list[Label], list[int]]:
    points = np.empty(len(written), dtype=object)
    points[:] = [Point(x, y) for x, y, _ in written]
    return labels_of(AREAS, points, [text for *_, text in written], profile=Profile.CN)


def test_codes_numbers_and_names_are_told_apart() -> None:
    found, outside = labels(
        (5, 3, f" {CODE} "), (5, 7, "和平社区 第3网格"), (5, 5, "320户"),
        (15, 5, "002"), (15, 2, "1,200"), (40, 5, "图名"), (5, 1, "和平路"),
    )  # fmt: skip
    assert found == [Label(CODE, None, "和平社区 第3网格"), Label(None, 2, None), Label()]
    assert outside == [5]


def test_what_is_no_number_of_a_grid_is_none() -> None:
    found, _ = labels((5, 5, "000"), (15, 5, "1234"), (25, 5, "340881001001"))
    assert [(one.code, one.number) for one in found] == [(None, None)] * 3
