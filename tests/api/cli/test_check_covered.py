"""``wangge check`` on a hand-drawn town with everything in it: levels, things, ages, and the proposed repair."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from api.cli import main
from tests.geo.coverage.town import SIDE, Town, layer

STREET = shapely.segmentize(shapely.box(0, 0, 3 * SIDE, 3 * SIDE), SIDE / 2)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The whole command as installed, its exit status."""
    monkeypatch.setattr("sys.argv", ["wangge", "check", *arguments])
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def write(path: Path, **layers: gpd.GeoDataFrame | None) -> Path:
    for name, frame in layers.items():
        if frame is not None:
            pyogrio.write_dataframe(frame, path, layer=name, append=path.exists())
    return path


def options(path: Path, layers: Sequence[str]) -> list[str]:
    return [word for name in layers for word in (f"--{name}", f"{path}:{name}")]


OUTLINES = ("communities", "grids", "buildings")


def file_of(town: Town, path: Path) -> Path:
    given = town.delivered()
    return write(
        path,
        communities=given.communities,
        grids=given.grids,
        buildings=given.buildings,
        **town.things,
    )


def test_every_layer_is_held_against_the_grids_and_all_doors_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    town = Town()
    del town.shapes[17], town.codes[17], town.parents[17]
    town.more["数据日期"] = ["2019年3月"] + ["2026-11-01"] * 35
    town.things = {
        "roads": layer([shapely.LineString([(0, 500), (1200, 500)])]),
        "路灯": layer([shapely.Point(650, 500), shapely.Point(10, 10)]),
    }
    file = file_of(town, tmp_path / "town.gpkg")
    regions = layer([STREET], 区划代码=["340881001000"], 名称=["某街道"], 级别=["街道"])
    write(file, regions=regions)
    report, found = tmp_path / "r.json", tmp_path / "found.gpkg"
    things = ["--things", f"{file}:路灯", "--report", str(report), "-o", str(found)]
    status = run(monkeypatch, *options(file, (*OUTLINES, "regions", "roads")), *things)
    assert status == 1
    said = json.loads(report.read_text("utf-8"))
    coverage = said["summary"]["coverage"]
    assert (coverage["covered"], coverage["buildings"]) == (35, 36)
    assert coverage["things"]["路灯"] == [{"counted_in": "count", "covered": 1, "total": 2}]
    assert coverage["ages"]["buildings"]["oldest"] == "2019-03-01"
    by_code = said["summary"]["by_code"]
    assert set(by_code) == {"gap", "building-uncovered", "thing-uncovered", "stale"}
    printed = capsys.readouterr().out
    assert (
        "横向覆盖率 97.2 %：36 栋楼中 35 栋恰属一个网格（数据日期：2019-03-01 至 2026-11-01"
        in printed
    )
    assert "未覆盖：1 栋楼，400 户、800 人" in printed
    assert re.search(r"居民住宅\W+35\W+36\W+97\.2 %", printed)
    assert re.search(r"商圈楼宇\W+0\W+0\W+暂无数据", printed)
    assert re.search(r"路灯\W+1\W+2\W+50 %\W+未登记", printed)
    assert re.search(r"道路\W+1,000 米\W+1,200 米\W+83\.3 %", printed)
    assert "道路 200 米" in printed
    assert f"阻断 {said['summary']['blocking']}、警告 {said['summary']['warning']}" in printed
    lines = pyogrio.read_dataframe(found, layer="lines")
    assert list(lines["code"]) == ["thing-uncovered"]


@pytest.mark.parametrize(
    ("columns", "mapping"),
    [
        ({"设施种类": ["灯", "灯", "井盖"], "牌号": ["A1", "A2", "A3"]}, "设施.kind=设施种类,设施.component_id=牌号"),
        ({"设施种类": ["灯", "灯", "井盖"], "牌号": ["A1", "A2", "A3"]}, "kind=设施种类,component_id=牌号"),
        ({"类型": ["灯", "灯", "井盖"], "标识码": ["A1", "A2", "A3"]}, None),
        ({"kind": ["灯", "灯", "井盖"], "component_id": ["A1", "A2", "A3"]}, None),
    ],
)  # fmt: skip
def test_what_sort_things_are_and_what_they_are_called_is_told_by_columns(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    columns: dict[str, list[str]],
    mapping: str | None,
) -> None:
    town = Town()
    away = [shapely.Point(5000, 5000 + 10 * number) for number in range(3)]
    town.things = {"设施": layer(away, **columns)}
    file = file_of(town, tmp_path / "town.gpkg")
    report = tmp_path / "r.json"
    more = ["--things", f"{file}:设施", "--report", str(report)]
    run(monkeypatch, *options(file, OUTLINES), *more, *(["--map", mapping] if mapping else []))
    (found,) = [
        one
        for one in json.loads(report.read_text("utf-8"))["findings"]
        if one["code"] == "thing-uncovered"
    ]
    assert found["params"]["kinds"] == {"灯": 2, "井盖": 1}
    assert found["params"]["rows"] == ["A1", "A2", "A3"]


def test_the_repair_is_written_and_afterwards_nothing_narrow_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    town = Town()
    town.shapes[0] = shapely.box(0, 0, 200.4, 200)
    town.shapes[9] = shapely.box(1000, 0, 1199.5, 200)
    town.points[1] = shapely.Point(200.2, 100)
    town.more["note"] = ["kept"] * 36
    file = file_of(town, tmp_path / "town.gpkg")
    before = file.read_bytes()
    mended, report = tmp_path / "mended.gpkg", tmp_path / "r.json"
    within = ["--repair", str(mended), "--repair-within", "1", "--report", str(report)]
    assert run(monkeypatch, *options(file, OUTLINES), *within) == 1
    assert file.read_bytes() == before
    printed = capsys.readouterr().out
    assert "修复建议（1.00 米以内）已写入" in printed
    assert "网格：改动 2 个图形，易手 180 平方米，最宽 0.50 米；0 栋楼、0 户换了归属" in printed
    assert "修复后还剩：阻断 0" in printed
    told = json.loads(report.read_text("utf-8"))["summary"]["repair"]
    assert told["remaining"]["blocking"] == 0
    assert told["layers"]["grids"]["polygons"] == len(told["changes"]) == 2
    changes = pyogrio.read_dataframe(mended, layer="changes").set_index("code")
    assert set(changes.index) <= set(town.codes)
    assert changes["widest_m"].to_numpy() == pytest.approx([0.4, 0.5], abs=0.01)
    grids = pyogrio.read_dataframe(mended, layer="grids")
    assert shapely.coverage_is_valid(np.asarray(grids.geometry.array))
    assert list(grids["code"]) == town.codes
    again = ["--communities", f"{mended}:communities", "--grids", f"{mended}:grids"]
    assert run(monkeypatch, *again, "--buildings", f"{file}:buildings") == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--repair-within", "1"], "--repair"),
        (["--repair", "{file}"], "town.gpkg"),
        (["-o", "{file}"], "town.gpkg"),
        (["--repair", "{folder}/x.gpkg", "-o", "{folder}/x.gpkg"], "x.gpkg"),
        (["--repair", "{folder}/x.gpkg", "--repair-within", "0"], "0"),
        (["--things", "{file}:grids", "--things", "{file}:grids"], "grids"),
    ],
)
def test_what_makes_no_sense_is_status_two(
    more: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = file_of(Town(), tmp_path / "town.gpkg")
    before = file.read_bytes()
    words = [word.format(file=file, folder=tmp_path) for word in more]
    assert run(monkeypatch, *options(file, OUTLINES), *words) == 2
    assert said in capsys.readouterr().err
    assert file.read_bytes() == before
    assert not (tmp_path / "x.gpkg").exists()
