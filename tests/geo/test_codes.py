"""Codes: what is read, what is refused, and how grids are numbered."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import codes
from geo.codes import Level, Profile
from geo.errors import CodeError

COMMUNITY = "340881001001"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("340881001000", "340881001"),
        (340881001000, "340881001"),
        (340881001001.0, "340881001001"),
        (" 340881001001 ", "340881001001"),
        ("３４０８８１", "340881"),
        ("340881000000", "340881"),
        ("340881001001000", "340881001001"),
        ("340881001001007", "340881001001007"),
        ("340881001001.0", "340881001001"),
        ("340881", "340881"),
    ],
)
def test_normalize(value, code):
    assert codes.normalize_code(value) == code


@pytest.mark.parametrize(
    "value", ["", "34088", "3408810010010071", "龙眠", None, float("nan"), 1.5]
)
def test_malformed_is_refused(value):
    with pytest.raises(CodeError):
        codes.normalize_code(value)


def test_plain_takes_any_text():
    assert codes.normalize_code(" Ward 2 ", profile=Profile.PLAIN) == "Ward 2"
    assert codes.normalize_code(7.0, profile=Profile.PLAIN) == "7"
    with pytest.raises(CodeError):
        codes.normalize_code("  ", profile=Profile.PLAIN)


def test_levels_and_parents():
    chain = ["340881001001007", "340881001001", "340881001", "340881"]
    assert [codes.level_of(code) for code in chain] == list(Level)[::-1]
    assert [codes.parent_code(code) for code in chain] == [*chain[1:], None]
    assert codes.parent_code("Ward 2-003", profile=Profile.PLAIN) == "Ward 2"
    assert codes.parent_code("Ward 2", profile=Profile.PLAIN) is None
    assert codes.level_of("34088") is None
    with pytest.raises(CodeError):
        codes.parent_code("34088")


def test_first_numbering_runs_west_to_east_then_north_to_south():
    points = [(2, 0), (1, 0), (1, 5), (3, 1)]
    assert [code[-3:] for code in codes.number_grids(points, COMMUNITY)] == [
        "003",
        "002",
        "001",
        "004",
    ]


def test_a_new_grid_takes_the_lowest_number_never_used():
    used = [COMMUNITY + "001", COMMUNITY + "003", "999999001001002"]
    assert codes.number_grids([(0, 0), (1, 0)], COMMUNITY, used=used) == [
        COMMUNITY + "002",
        COMMUNITY + "004",
    ]


def test_plain_numbering():
    assert codes.number_grids([(0, 0)], "A-1", used=["A-1-001"], profile=Profile.PLAIN) == [
        "A-1-002"
    ]


def test_numbers_run_out_and_wrong_community():
    with pytest.raises(CodeError):
        codes.number_grids(np.zeros((1000, 2)), COMMUNITY)
    with pytest.raises(CodeError):
        codes.number_grids([(0, 0)], "340881001")


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40, unique=True),
    st.sets(st.integers(1, 60)),
)
def test_numbering_is_unique_fresh_and_in_order(points, numbers):
    used = [f"{COMMUNITY}{number:03d}" for number in numbers]
    new = codes.number_grids(points, COMMUNITY, used=used)
    assert len(set(new)) == len(points)
    assert not set(new) & set(used)
    order = sorted(range(len(points)), key=lambda k: (points[k][0], -points[k][1]))
    assert [new[k] for k in order] == sorted(new)
    assert codes.number_grids([], COMMUNITY) == []
