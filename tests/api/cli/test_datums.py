"""One town in files of three datums, none of which says so: stated file by file, it is the town that it was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from api.cli import main
from data.readers.vector import read_layer
from geo.crs import from_lonlat, parse_datum

COMMUNITY = "340881001001"
WEST, EAST = shapely.box(117, 31, 117.002, 31.002), shapely.box(117.002, 31, 117.004, 31.002)
BESIDE = "communities=gcj02,grids=bd09"
"""Of the layers; the table's datum is ``--datum``'s own."""


def run(monkeypatch: pytest.MonkeyPatch, arguments: Sequence[object]) -> int:
    """The whole command as installed, its exit status."""
    monkeypatch.setattr("sys.argv", ["wangge", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def shifted(shape: shapely.Geometry, datum: str) -> shapely.Geometry:
    def move(places: np.ndarray) -> np.ndarray:
        return np.column_stack(from_lonlat(*places.T, datum=parse_datum(datum)))

    return shapely.transform(shape, move)


@pytest.fixture
def town(tmp_path: Path) -> dict[str, Path]:
    """A community (GCJ-02, a GeoPackage without CRS), its grids (BD-09, GeoJSON), its houses (a table in WGS84)."""
    files = {
        "communities": tmp_path / "c.gpkg",
        "grids": tmp_path / "g.geojson",
        "buildings": tmp_path / "b.csv",
    }
    outline = shifted(shapely.segmentize(WEST | EAST, 0.0005), "gcj02")
    area = gpd.GeoDataFrame({"code": [COMMUNITY], "name": ["龙眠社区"]}, geometry=[outline])
    with pytest.warns(UserWarning, match="crs"):
        area.to_file(files["communities"])
    halves = [shifted(shapely.segmentize(half, 0.0005), "bd09") for half in (WEST, EAST)]
    grids = {"code": [f"{COMMUNITY}001", f"{COMMUNITY}002"], "community_code": COMMUNITY}
    counts = {"households": 480, "residents": 960}
    gpd.GeoDataFrame(grids | counts, geometry=halves, crs=4326).to_file(files["grids"])
    x, y = np.meshgrid(117.00025 + 0.0005 * np.arange(8), [31.0005, 31.0015])
    rows = {"楼栋编号": [f"B{n}" for n in range(16)], "户数": 60, "人口": 120, "社区": "龙眠社区"}
    table = pd.DataFrame(rows | {"经度": x.ravel(), "纬度": y.ravel()})
    table.to_csv(files["buildings"], index=False)
    return files


def named(files: dict[str, Path]) -> list[object]:
    return [word for name, path in files.items() for word in (f"--{name}", path)]


def test_checked_file_by_file(
    town: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "r.json"
    command = ["check", *named(town), "--report", report, "--datum"]
    assert run(monkeypatch, [*command, f"wgs84,{BESIDE}"]) == 0
    findings = json.loads(report.read_text("utf-8"))["findings"]
    assert {one["code"] for one in findings if one["severity"] == "blocking"} == set()
    assert run(monkeypatch, [*command, "wgs84", "--datum", "grids=bd09"]) == 1, "559 m beside"


def test_drawn_file_by_file(
    town: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tmp_path / "plan.gpkg"
    files = named({name: town[name] for name in ("communities", "buildings")})
    said = "communities=gcj02,buildings=wgs84"
    assert run(monkeypatch, ["draw", *files, "-o", plan, "--datum", said]) == 0
    drawn = shapely.union_all(read_layer(plan, default_layer="grids").geometry.values)
    assert shapely.hausdorff_distance(drawn, WEST | EAST) < 1e-7, "a centimetre, in degrees"


def test_mapped_file_by_file(
    town: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = tmp_path / "m.html"
    command = ["map", *named(town), "-o", page, "--datum"]
    assert run(monkeypatch, [*command, f"wgs84,{BESIDE}"]) == 0
    assert run(monkeypatch, [*command, "wgs84"]) == 1
    capsys.readouterr()
    assert run(monkeypatch, [*command, f"wgs84,{BESIDE},roads=bd09"]) == 2
    shown = capsys.readouterr()
    assert "roads" in shown.out + shown.err
