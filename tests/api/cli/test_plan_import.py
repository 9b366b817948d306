"""``wangge plan import``: looked at without a trace, reported, accepted; what must be said is an error that says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import box

from geo.errors import DatumError, InputError, LayerMissing, OptionError
from geo.model import CRS
from tests.api.blocks_town import FIRST, SECOND, THIRD
from tests.api.cli.test_plan import numbers, ran, refused, told
from tests.drawings import GK, dxf, gbk_shapefile, in_metres, ring

GRIDS = [box(116.95, 31.04, 116.955002, 31.05), box(116.955, 31.04, 116.96, 31.05)]
"""The first reaches 20 cm into the second."""


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture(autouse=True)
def town(db_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", db_url)
    monkeypatch.setenv("WANGGE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")
    yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    frame = gpd.GeoDataFrame({"网格名称": ["甲", "乙"]}, geometry=GRIDS, crs=CRS)
    path = tmp_path / "plan.zip"
    path.write_bytes(gbk_shapefile(frame, tmp_path))
    return path


def test_a_dry_run_shows_and_writes_nothing(file: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    shown = ran("import", str(file), "--dry-run", "--report", str(report), status=1)
    assert "overlap" in shown
    assert "It can't be accepted yet: faults 1." in shown
    assert FIRST in shown
    assert "of the grid in force" in shown
    kept = json.loads(report.read_text("utf-8"))
    assert ("overlap" in {one["code"] for one in kept["findings"]}, kept["summary"]["ready"]) == (
        True,
        False,
    )
    shown = ran("import", str(file), "--dry-run", "--tolerance-m", "0.5", "--report", str(report))
    assert "faults left 0." in shown or "It can be accepted as drafts." in shown
    assert json.loads(report.read_text("utf-8"))["summary"]["repair"]["within_m"] == 0.5
    assert numbers("--status", "draft") == []


def test_what_is_said_is_what_is_made(file: Path) -> None:
    shown = told(
        "import", str(file), "--dry-run", "--tolerance-m", "0.5", "--code", f"网格#1={THIRD}"
    )
    assert [one["properties"]["why"] for one in shown["grids"]["features"]] == ["chosen", "matched"]
    made = ran(
        "import",
        str(file),
        "--tolerance-m",
        "0.5",
        "--code",
        f"网格#1={THIRD}",
        "--by",
        "张三",
        "--name",
        "B",
    )
    assert f"网格#2 gets the code {SECOND}" in made
    (plan,) = numbers("--status", "draft")
    layers = told("show", plan)
    assert {one["id"]: one["properties"]["name"] for one in layers["grids"]["features"]} == {
        THIRD: "甲",
        SECOND: "乙",
    }
    words = ("import", str(file), "--leave-out", "网格#2", "--dry-run", "--json", "-")
    half = json.loads(ran(*words, status=1))  # half of the community belongs to nobody then
    assert (half["ready"], len(half["grids"]["features"])) == (False, 1)


def test_what_must_be_said_is_told(tmp_path: Path) -> None:
    drawn = tmp_path / "plan.dxf"
    metres = in_metres(GRIDS)
    lines = [("A", ring(metres[0]), True), ("B", ring(metres[1]), True)]
    drawn.write_bytes(dxf(polylines=lines))
    refused(LayerMissing, "import-layers-several", "import", str(drawn))
    both = ("--layer", "A", "--layer", "B")
    refused(DatumError, "import-datum-missing", "import", str(drawn), *both)
    refused(OptionError, "map-unknown", "import", str(drawn), "--map", "grid=A")
    shown = told("import", str(drawn), *both, "--datum", GK, "--tolerance-m", "0.5", "--dry-run")
    assert (shown["ready"], shown["datum_by"]) == (True, "person")
    made = told("import", str(drawn), *both, "--datum", GK, "--tolerance-m", "0.5")
    assert len(made["plans"]) == 1


def test_what_was_not_drawn_stays_as_in_force(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"name": ["新苑"]}, geometry=[box(116.9525, 31.0425, 116.9585, 31.0475)], crs=CRS
    )
    path = tmp_path / "part.gpkg"
    frame.to_file(path, layer="grids", driver="GPKG")
    refused(InputError, "plan-partly", "import", str(path))
    shown = ran("import", str(path), "--complete", "--dry-run")
    assert "grids drawn 1, kept as in force 2, of these cut by the drawing 2" in shown
    assert numbers("--status", "draft") == []
    made = ran("import", str(path), "--complete")
    assert "loses" in made
    (plan,) = numbers("--status", "draft")
    assert {one["id"] for one in told("show", plan)["grids"]["features"]} == {FIRST, SECOND, THIRD}
