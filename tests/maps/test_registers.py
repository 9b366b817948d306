"""What a headline rests on, said below it on the page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from geo.coverage.ages import Age
from maps.findings import share
from maps.layers import Headline, MapData
from maps.page import coverage_page
from maps.registers import RegisterAge, basis, brief, register_rows

AGES = (
    RegisterAge("buildings", 5, date(2025, 1, 2), date(2026, 11, 1)),
    RegisterAge("posts", 3, None, date(2026, 10, 9)),
    RegisterAge("party", 0, None, None),
)


def test_each_headline_has_the_ages_of_its_own_registers() -> None:
    assert basis("horizontal", AGES, ["party"], "zh") == ["台账最近录入：楼栋 2026-11-01"]
    assert basis("vertical", AGES, ["party", "contacts"], "zh") == [
        "台账最近录入：岗位 2026-10-09",
        "没有台账、未检查：党组织、小区联系人",
    ]
    assert basis("vertical", (), (), "en") == []


def test_the_days_on_which_records_were_verified_stand_before_those_on_which_they_came_in() -> None:
    told = Age(date(2024, 5, 1), date(2026, 11, 1), 4, 1, oldest_days=936)
    ages = [
        replace(AGES[0], verified=told),
        RegisterAge("components", 9, None, date(2026, 10, 1), Age(None, None, 0, 9, None)),
    ]
    assert basis("horizontal", ages, (), "zh") == [
        "台账核实日期：楼栋 2024-05-01 至 2026-11-01，最早 936 天前，另有 1 条未注明",
        "台账最近录入：部件 2026-10-01",
    ]
    assert basis("horizontal", ages, (), "en")[0] == (
        "Records verified: buildings 2024-05-01 to 2026-11-01, the oldest 936 days ago, and 1 without a date"
    )


def test_a_headline_tells_the_oldest_of_its_records_and_the_table_tells_each_register() -> None:
    told = Age(date(2024, 5, 1), date(2026, 11, 1), 4, 1, oldest_days=936)
    ages = [
        RegisterAge("plans", 2, date(2026, 1, 1), date(2026, 1, 1)),
        replace(AGES[0], verified=told),
        RegisterAge(
            "components", 9, None, date(2026, 10, 1), replace(told, oldest=date(2025, 1, 1))
        ),
        *AGES[1:],
    ]
    assert brief("horizontal", ages, (), "zh") == ["最早核实：楼栋 2024-05-01（936 天前）"]
    assert brief("vertical", ages, ["party"], "zh") == [
        "台账最近录入：岗位 2026-10-09",
        "没有台账、未检查：党组织",
    ]
    rows = register_rows(ages, "zh")
    assert [row[0] for row in rows] == ["网格方案", "楼栋", "部件", "岗位"]
    assert rows[0] == ("网格方案", 2, "2026-01-01 起现行", "—")
    assert rows[3] == ("岗位", 3, None, "2026-10-09")


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
