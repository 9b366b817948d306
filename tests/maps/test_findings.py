"""Findings in words: no word of a program's in the reader's sentence."""

from __future__ import annotations

import pytest
import shapely

from geo.model import Finding, Severity
from maps.findings import describe

BROKEN = (
    "POLYGON((0 0,1 1,1 0,0 1,0 0))",
    "POLYGON((0 0,4 0,4 4,0 4,0 0),(5 5,6 5,6 6,5 6,5 5))",
    "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1),(2 2,3 2,3 3,2 3,2 2))",
    "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0)),((1 1,2 1,2 2,1 2,1 1)))",
    "POLYGON((0 0,4 0,4 4,2 0,0 4,0 0))",
    "POLYGON((0 0,9 0,9 9,0 9,0 0),(0 0,4.5 9,9 0,4.5 3,0 0))",
    "POLYGON((0 0,0 0,0 0,0 0))",
)
OURS = ("empty", "coordinates", "far", "no-area", "mixture", "invalid")


@pytest.mark.parametrize(
    "reason",
    [*OURS, *(shapely.is_valid_reason(shapely.from_wkt(one)).split("[")[0] for one in BROKEN)],
)
def test_what_is_wrong_with_a_shape_is_said_in_the_reader_s_language(reason: str) -> None:
    one = Finding("invalid-geometry", Severity.BLOCKING, ("1",),
                  params={"layer": "grids", "label": "1", "reason": reason})  # fmt: skip
    many = Finding("invalid-geometry", Severity.WARNING, ("1",), count=1,
                   params={"layer": "buildings", "case": "buildings", "lost": 0, "reasons": [reason]})  # fmt: skip
    for finding in (one, many):
        said = describe(finding, "zh")
        assert not any("a" <= letter <= "z" for letter in said.lower()), said
        assert reason in OURS or reason not in describe(finding, "en")


def test_what_nobody_translated_is_kept() -> None:
    said = describe(
        Finding("invalid-geometry", Severity.BLOCKING, ("1",),
                params={"layer": "grids", "label": "1", "reason": "Something new"}), "zh"
    )  # fmt: skip
    assert "Something new" in said
