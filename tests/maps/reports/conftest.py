"""The hand-drawn town as a report: its map, a chain with one broken link, registers of two ages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import shapely

from geo.chain import ChainResult, Rung
from geo.coverage.ages import Age
from geo.model import Finding, Severity
from maps.layers import Headline
from maps.reports import Covered, RegisterAge, Report
from tests.maps.conftest import make_town, square

HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    '=HYPERLINK("http://evil.example","看")',
    "<script>alert(1)</script>",
    "</w:t></w:r><w:r><w:t>&amp;&bogus;",
    "$x^2 \\frac{1}{2}$ $",
    "{0} {name} %s %(a)s",
    "\u202eevil\u2066\u200b\u2028\u2029",
    "\x00\x01\x0b\x1f\x7f\x85\ufffe\uffff",
    "\ud800 lone \udfff",
    "e" + "\u0301" * 500,
    "😀🇨🇳 𠀀 ꙮ ﷽ \U0010ffff",
    "一行\r\n又一行\t制表",
    "网" * 10_000,
    " ",
)
"""Texts that would run, break a file or reorder what is around them."""


def make_report(name: Callable[[str], str] = str) -> Report:
    """The town's report; ``name`` turns every stored text in it into another."""

    # A frame can't hold lone surrogates; findings, titles and rules can.
    def plain(told: str) -> str:
        return name(told).encode("utf-8", "replace").decode()

    town = make_town(plain)
    code = name("340881001001001")
    missing = Finding(
        "post-missing",
        Severity.WARNING,
        (code,),
        geometry=square(0, 0),
        params={"case": "none", "label": name("第1社区第1网格")},
    )
    gap = Finding(
        "gap",
        Severity.BLOCKING,
        (name("340881001001"),),
        area_m2=12.5,
        width_m=0.8,
        count=3,
        households=7,
        geometry=shapely.box(116.951, 31.041, 116.9512, 31.0411),
        params={
            "case": "inside",
            "community": name("龙眠社区"),
            "labels": [name("第1社区第1网格"), name("第1社区第2网格")],
        },
    )
    lost = Finding(
        "code-parent", Severity.WARNING, (name("Z9"),), count=1, params={"case": "party-parents"}
    )
    findings = [gap, missing, lost, *(town.findings or ())]
    houses = pd.DataFrame(
        {"building_id": [plain("B0"), plain("B1")], "grid_code": plain(code), "first": [0, -1]}
    )
    chain = ChainResult(
        findings=(missing, lost),
        levels=(Rung.GRID, None),
        broken={code: 0},
        houses=houses,
        grids=9,
        rules=name("t-1"),
        unchecked=("contacts",),
    )
    headlines = (
        Headline("horizontal", 4, 5, ("gap",)),
        Headline("vertical", 8, 9, ("post-missing",), name("t-1")),
    )
    data = replace(town, findings=findings, headlines=headlines)
    return Report(
        data=data,
        title=name("网格覆盖情况"),
        place=name("桐城市"),
        as_of=date(2026, 11, 23),
        coverage=Covered(
            5,
            4,
            {"residence": (4, 5), name("仓库"): (0, 0)},
            12,
            None,
            {"路灯": (7, 7), name("消防栓"): (1, 2)},
        ),
        chain=chain,
        registers=(
            RegisterAge(
                "buildings",
                5,
                date(2025, 1, 2),
                date(2026, 11, 1),
                Age(date(2025, 1, 2), date(2026, 11, 1), 4, 1, oldest_days=688),
            ),
            RegisterAge("posts", 0, None, None),
        ),
    )


@pytest.fixture
def report() -> Report:
    """The town's report."""
    return make_report()


@pytest.fixture(params=range(len(HOSTILE)))
def hostile(request: pytest.FixtureRequest) -> tuple[Report, str]:
    """A report in which every stored text is one that means harm, and that text."""
    text = HOSTILE[request.param]
    return make_report(lambda _: text), text
