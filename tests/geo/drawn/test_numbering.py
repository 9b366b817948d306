"""A code for each area: its own, that of the grid whose households it has, or a new one."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box

from geo.codes import Profile
from geo.drawn import Numbered, Row, Why, number
from geo.errors import CodeError
from geo.model import CRS

HOME = "340881001001"


def grids(**shapes: Polygon) -> gpd.GeoDataFrame:
    codes = [f"{HOME}{name[1:]}" for name in shapes]
    table = {"code": codes, "community_code": HOME}
    return gpd.GeoDataFrame(table, geometry=list(shapes.values()), crs=CRS)


def numbered(
    rows: list[Row], published: gpd.GeoDataFrame, *homes: tuple[float, float, int]
) -> list[Numbered]:
    points = np.empty(len(homes), dtype=object)
    points[:] = [Point(x, y) for x, y, _ in homes]
    households = np.array([n for *_, n in homes], dtype=np.int64)
    return number(
        rows, published, (points, households), used={HOME: {f"{HOME}004"}}, profile=Profile.CN
    )


def test_an_area_is_the_heir_of_whom_it_shares_most_households_with_together() -> None:
    published = grids(_001=box(0, 0, 1, 1), _002=box(1, 0, 2, 1))
    # Both areas share most with 001; together most stay where they are if the second takes 002.
    rows = [Row(box(0, 0, 0.5, 1), HOME), Row(box(0.5, 0, 2, 1), HOME)]
    found = numbered(rows, published, (0.2, 0.5, 100), (0.7, 0.5, 90), (1.5, 0.5, 50))
    assert [(one.code[-3:], one.why) for one in found] == [
        ("001", Why.MATCHED),
        ("002", Why.MATCHED),
    ]
    assert [(one.former or "")[-3:] for one in found] == ["001", "001"]
    assert [(one.shared, one.households) for one in found] == [(100, 100), (90, 140)]


def test_what_was_given_stands_and_new_numbers_were_never_used() -> None:
    published = grids(_001=box(0, 0, 1, 1))
    rows = [
        Row(box(0, 0, 1, 1), HOME, f"{HOME}003", Why.FILE),
        Row(box(5, 0, 6, 1), HOME),
        Row(box(7, 0, 8, 1), HOME),
    ]
    found = numbered(rows, published, (0.5, 0.5, 10))
    assert [one.code[-3:] for one in found] == ["003", "002", "005"]
    assert [one.why for one in found] == [Why.FILE, Why.NEW, Why.NEW]
    assert found[0].former == f"{HOME}001"


def test_ground_decides_where_nobody_lives() -> None:
    published = grids(_001=box(0, 0, 1, 1), _002=box(1, 0, 2, 1))
    rows = [Row(box(1, 0, 2, 1), HOME), Row(box(0, 0, 1, 1), HOME)]
    assert [one.code[-3:] for one in numbered(rows, published)] == ["002", "001"]


def test_numbers_run_out() -> None:
    with pytest.raises(CodeError):
        number(
            [Row(box(0, 0, 1, 1), HOME)], grids(), (np.empty(0, dtype=object), np.empty(0, dtype=np.int64)),
            used={HOME: {f"{HOME}{n:03d}" for n in range(1, 1000)}}, profile=Profile.CN,
        )  # fmt: skip


@given(st.lists(st.sampled_from([None, "001", "002", "007"]), min_size=1, max_size=6))
def test_no_two_areas_get_one_code_but_where_they_came_so(given_codes: list[str | None]) -> None:
    published = grids(_001=box(0, 0, 1, 1), _002=box(1, 0, 2, 1), _003=box(2, 0, 3, 1))
    rows = [
        Row(box(n / 2, 0, n / 2 + 0.5, 1), HOME, None if code is None else f"{HOME}{code}")
        for n, code in enumerate(given_codes)
    ]
    found = Counter(one.code for one in numbered(rows, published, (0.2, 0.5, 5), (2.2, 0.5, 7)))
    came = Counter(row.code for row in rows if row.code is not None)
    assert {code: n for code, n in found.items() if n > 1} == {
        code: n for code, n in came.items() if n > 1
    }
    assert found.total() == len(rows)
