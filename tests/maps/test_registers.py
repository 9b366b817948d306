"""What a headline rests on, said below it on the page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from maps.findings import share
from maps.layers import Headline, MapData
from maps.page import coverage_page
from maps.registers import RegisterAge, basis

AGES = (
    RegisterAge("buildings", 5, date(2025, 1, 2), date(2026, 11, 1)),
    RegisterAge("posts", 3, None, date(2026, 10, 9)),
    RegisterAge("party", 0, None, None),
)


def test_each_headline_has_the_ages_of_its_own_registers() -> None:
    assert basis("horizontal", AGES, ["party"], "zh") == ["台账最近更新：楼栋 2026-11-01"]
    assert basis("vertical", AGES, ["party", "contacts"], "zh") == [
        "台账最近更新：岗位 2026-10-09",
        "没有台账、未检查：党组织、小区联系人",
    ]
    assert basis("vertical", (), (), "en") == []


def test_the_page_holds_them_in_both_languages(town: MapData) -> None:
    data = replace(
        town,
        headlines=[Headline("vertical", 3, 4, (), "t-1")],
        registers=AGES,
        unchecked=("party",),
    )
    html = coverage_page(
        data, lang="zh", self_contained=False, title="t", as_of=date(2026, 11, 23)
    ).html
    found = re.search(r'id="wangge-data">(.*?)</script>', html, re.DOTALL)
    assert found
    (headline,) = json.loads(found[1])["headlines"]
    assert headline["basis"]["zh"][1] == "没有台账、未检查：党组织"
    assert headline["basis"]["en"][1] == "Not checked, no register: party units"


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(1, 1, "100 %"), (1999, 2000, "99.9 %"), (1, 2, "50 %"), (0, 3, "0 %"), (2, 3, "66.6 %"), (0, 0, "—")],
)  # fmt: skip
def test_a_share_is_rounded_down(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said
