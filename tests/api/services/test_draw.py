"""The use case of drawing: plan, findings and figures that belong together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.services.draw import draw
from api.services.reports import blocks, write_report
from data.readers.city import read_city
from geo.coverage import check
from geo.errors import OptionError
from geo.partition import choose


def test_cambridge_by_mapping(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real parcels as buildings: between 131 and 192 grids, and every oddity of the file is said.

    Searched for a third of the time: how good plans become is for the benchmark.
    """
    monkeypatch.setattr(choose, "STARTS", 4)
    monkeypatch.setattr(choose, "ROUNDS", 8)
    file = shared / "cambridge" / "cambridge.gpkg"
    city, noted = read_city(
        None,
        communities=f"{file}:communities",
        buildings=f"{file}:parcels",
        roads=f"{file}:streets",
        mapping={"building_id": "parcel_id", "community_code": "community"},
    )
    steps: list[str] = []

    def watch(step: str, done: int, total: int | None) -> None:
        assert total is None or done <= total
        steps.append(step)

    result = draw(city, noted=noted, progress=watch)
    assert 131 <= len(result.plan.grids) <= 192
    assert result.summary["grids"] == len(result.plan.grids)
    assert result.summary["grids_inside"] == len(result.plan.grids)
    found = {finding.code: finding for finding in result.findings}
    assert found["code-duplicate"].params["extra"] == 76
    assert found["code-format"].count == 6
    assert found["code-parent"].count == 32
    assert found["invalid-geometry"].count == 11
    assert found["building-uncovered"].count == 31
    assert blocks(result.findings)
    assert set(steps) == {"draw-blocks", "draw-grids", "draw-check"}
    own = check(result.plan.communities, result.plan.grids)
    assert {finding.code for finding in own} <= {"size-households", "size-residents"}
    write_report(tmp_path / "report.json", result.findings, result.summary)
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert len(report["findings"]) == len(result.findings)
    assert report["summary"]["communities"] == 13


def test_a_report_is_json_or_nothing(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="ending-unknown"):
        write_report(tmp_path / "report.txt", [], {})
    with pytest.raises(TypeError):
        write_report(tmp_path / "report.json", [], {"odd": object()})
    assert list(tmp_path.iterdir()) == []
