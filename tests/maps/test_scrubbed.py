"""What leaves with a file that may be mailed, and what only the house gets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from geo import quadkeys
from geo.incident_table import IncidentTable
from maps import incidents as module
from maps.incidents import Detail
from maps.layers import MapData, page_layers
from maps.page import Remote, coverage_page
from maps.places import FEW

REMOTE = Remote("/b/{z}/{x}/{y}", "/i/{z}/{x}/{y}", "/p/{code}", "/s", "/l", "/r", "/d", "/w", "/g")


def made(town: MapData, detail: Detail) -> dict[str, Any]:
    return page_layers(town, detail=detail)["incidents"]  # type: ignore[return-value]


def test_no_count_below_five_leaves_with_a_mailed_file(town: MapData) -> None:
    told = made(town, Detail.SCRUBBED)
    assert (told["cube"], told["unplaced"]) == (None, FEW)
    counts = [n for table in ("months", "matters") for row in told["sums"][table] for n in row]
    assert not [n for n in (*counts, *told["sums"]["totals"], *told["marks"]["count"]) if 0 < n < 5]
    assert told["sums"]["totals"][0] == told["total"] == 33
    assert set(told["marks"]) == {"at", "count", "left"}


def test_the_file_for_the_house_has_each_incident_without_a_word_of_it(town: MapData) -> None:
    told = made(town, Detail.EVERY)
    assert len(told["marks"]["count"]) == 32
    assert sum(told["cube"]["count"]) == 33
    assert told["unplaced"] == 1
    assert set(told["marks"]) == {"at", "count", "month", "matter", "grid", "left"}


def test_very_many_are_gathered_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 100)
    rng = np.random.default_rng(1)
    table = IncidentTable(
        key=quadkeys.keys(rng.uniform(117, 117.001, 500), rng.uniform(31, 31.001, 500)),
        month=rng.integers(0, 2, 500).astype(np.int32),
        matter=np.zeros(500, dtype=np.int32),
        grid=np.full(500, -1, dtype=np.int32),
        months=(24300, 24301),
        matters=(("", ""),),
        grids=(),
    ).ordered()
    marks = module._every(table)
    assert sum(marks["count"]) == 500
    assert len(marks["count"]) < 100


def test_the_served_page_asks_for_what_is_not_in_it(town: MapData) -> None:
    layers = page_layers(town, detail=Detail.SERVED)
    assert layers["buildings"] is None
    assert layers["incidents"]["marks"] is None  # type: ignore[index]
    page = coverage_page(
        town, lang="zh", self_contained=False, title="图", as_of=date(2026, 1, 1), remote=REMOTE
    )
    assert "connect-src 'self'" in page.csp
    alone = coverage_page(town, lang="zh", self_contained=True, title="图", as_of=date(2026, 1, 1))
    assert "connect-src 'none'" in alone.csp


def test_a_handful_of_people_is_not_told_and_no_sum_tells_it(town: MapData) -> None:
    grids = town.grids.assign(residents=[3, 600, 700, 800, 1000, 1001, 1200, 900, 900])
    few = replace(town, grids=grids)
    for detail in Detail:
        layers = page_layers(few, detail=detail)
        by_code = {row["code"]: row["residents"] for row in layers["places"]}  # type: ignore[union-attr]
        assert by_code["340881001001001"] == FEW
        hidden = [code for code, residents in by_code.items() if residents == FEW]
        assert len(hidden) == (2 if detail is Detail.SCRUBBED else 1)
        assert {row["code"] for row in layers["grids"] if row["residents"] == FEW} == set(hidden)  # type: ignore[union-attr]
    assert page_layers(few, detail=Detail.SCRUBBED)["buildings"]["residents"] is None  # type: ignore[index]
