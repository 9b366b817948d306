"""``wangge check`` and the planner's way: draw, counts change, mend, check; exit status 0, 1, 2."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from api.cli import main

pytestmark = pytest.mark.usefixtures("brief")


def run(monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str]) -> int:
    """The whole command as installed, its exit status."""
    monkeypatch.setattr("sys.argv", ["wangge", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


@pytest.fixture
def town(shared: Path, tmp_path: Path) -> Path:
    """Two communities of a generated city."""
    source, path = shared / "planner" / "city_A.gpkg", tmp_path / "town.gpkg"
    communities = pyogrio.read_dataframe(source, layer="communities").iloc[[0, 8]]
    buildings = pyogrio.read_dataframe(source, layer="buildings")
    buildings = buildings[buildings["community_code"].isin(set(communities["code"]))]
    pyogrio.write_dataframe(communities, path, layer="communities")
    pyogrio.write_dataframe(buildings, path, layer="buildings", append=True)
    for layer in ("roads", "rivers", "bridges"):
        frame = pyogrio.read_dataframe(source, layer=layer)
        pyogrio.write_dataframe(frame, path, layer=layer, append=True)
    return path


def checked(plan: Path, town: Path, *more: str) -> list[str]:
    return [
        "check",
        "--communities",
        f"{plan}:communities",
        "--grids",
        f"{plan}:grids",
        "--buildings",
        f"{town}:buildings",
        *more,
    ]


def test_draw_then_counts_change_then_mend_then_check(
    town: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan, mended, report = tmp_path / "plan.gpkg", tmp_path / "new.gpkg", tmp_path / "new.json"
    assert run(monkeypatch, ["draw", str(town), "-o", str(plan)]) == 0
    assert run(monkeypatch, checked(plan, town)) == 0
    buildings = pyogrio.read_dataframe(town, layer="buildings")
    grids = pyogrio.read_dataframe(plan, layer="grids")
    grown = grids[grids["community_code"] == "340881001001"].iloc[0]
    first = buildings.within(grown.geometry).to_numpy()
    factor = 1.05 * max(500 / grown["households"], 1000 / grown["residents"])
    for column in ("households", "residents"):
        values = buildings[column].to_numpy(float)
        buildings[column] = np.rint(np.where(first, values * factor, values)).astype(int)
    pyogrio.write_dataframe(buildings, town, layer="buildings", append=False)
    capsys.readouterr()
    arguments = ["draw", str(town), "--from", str(plan), "-o", str(mended)]
    assert run(monkeypatch, [*arguments, "--report", str(report)]) == 0
    assert "340881001001" in capsys.readouterr().out
    figures = json.loads(report.read_text("utf-8"))["summary"]["mend"]
    moves = pyogrio.read_dataframe(mended, layer="moves")
    assert figures["households_moved"] == moves["households"].sum() > 0
    assert figures["communities_mended"] == ["340881001001"]
    before = pyogrio.read_dataframe(plan, layer="grids").set_index("code").geometry
    after = pyogrio.read_dataframe(mended, layer="grids").set_index("code")
    other = after[after["community_code"] != "340881001001"].geometry
    assert all(shape.wkb == before[code].wkb for code, shape in other.items())
    assert shapely.coverage_is_valid(np.asarray(after.geometry.array))
    assert run(monkeypatch, checked(mended, town)) == 0


def test_a_gap_blocks_and_is_written_down(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tmp_path / "plan.gpkg"
    assert run(monkeypatch, ["draw", str(town), "-o", str(plan)]) == 0
    grids = pyogrio.read_dataframe(plan, layer="grids")
    pyogrio.write_dataframe(grids.iloc[1:], plan, layer="grids", append=False)
    found, report = tmp_path / "findings.gpkg", tmp_path / "report.json"
    options = ["-o", str(found), "--report", str(report)]
    assert run(monkeypatch, checked(plan, town, *options)) == 1
    written = json.loads(report.read_text("utf-8"))
    assert {one["code"] for one in written["findings"]} >= {"gap", "building-uncovered"}
    areas = pyogrio.read_dataframe(found, layer="areas")
    assert "gap" in set(areas["code"])
    assert areas.crs.to_epsg() == 4490
    assert "building-uncovered" in set(pyogrio.read_dataframe(found, layer="points")["code"])


def test_what_cannot_be_read_is_status_two(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, ["check"]) == 2
    assert run(monkeypatch, ["check", "--grids", str(tmp_path / "none.gpkg")]) == 2
    assert run(monkeypatch, ["check", "--grids", f"{town}:nowhere"]) == 2
    target = str(tmp_path / "x.doc")
    assert run(monkeypatch, ["check", "--communities", f"{town}:communities", "-o", target]) == 2
    plan = str(tmp_path / "p.gpkg")
    wrong = ["draw", str(town), "-o", plan, "--dedicated", "没有这个学校"]
    assert run(monkeypatch, wrong) == 2
    both = ["draw", str(town), "-o", plan, "--from", str(town), "--grids", "9"]
    assert run(monkeypatch, both) == 2
    assert not Path(plan).exists()
