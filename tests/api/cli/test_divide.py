"""``wangge divide`` as its user meets it: real blocks in, two layers, a table and an honest line out."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
import typer
from typer.testing import CliRunner, Result

from api.cli import divide as verb
from api.cli.console import translator
from geo.errors import ColumnMissing, InputError, OptionError
from geo.model import CRS


def run(*words: str) -> Result:
    app = typer.Typer()
    verb.register(app, translator("zh"))
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def strip(tmp_path: Path) -> Path:
    """Four squares in a row with 10, 20, 30 and 40.5 cases."""
    cells = [shapely.box(117 + x / 1000, 31, 117 + (x + 1) / 1000, 31.001) for x in range(4)]
    path = tmp_path / "片区.gpkg"
    frame = gpd.GeoDataFrame(
        {"案件": [10, 20, 30, 40.5], "太多": [1, 1, 1, 1e300], "名称": ["[b]甲", "乙", "丙", None]},
        geometry=cells,
        crs=CRS,
    )
    pyogrio.write_dataframe(frame, path, layer="blocks")
    return path


def test_real_census_blocks_into_wards(shared: Path, tmp_path: Path) -> None:
    source, plan, report = (
        shared / "redistricting" / "redistricting.gpkg", tmp_path / "p.gpkg", tmp_path / "r.json",
    )  # fmt: skip
    done = run(
        f"{source}:providence_blocks", "--weight", "TOTPOP", "--grids", "15",
        "--compare", "WARD", "-o", str(plan), "--report", str(report),
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "现有分法 15 份：与平均相差 -4.21 % 至 +4.91 %，平均紧凑度 0.407" in done.output
    assert "3014 个地块分成 15 份" in done.output
    grids = pyogrio.read_dataframe(plan, layer="grids")
    blocks = pyogrio.read_dataframe(plan, layer="blocks")
    given = pyogrio.read_dataframe(source, layer="providence_blocks")
    assert len(grids) == 15
    assert grids["TOTPOP"].sum() == given["TOTPOP"].sum()
    assert grids["deviation"].abs().max() <= 0.01
    assert shapely.coverage_is_valid(grids.geometry.to_numpy())
    assert (shapely.get_num_geometries(grids.geometry.to_numpy()) == 1).all()
    assert blocks["GEOID10"].tolist() == given["GEOID10"].tolist()
    sums = blocks.groupby("grid_code")["TOTPOP"].sum()
    assert sums[grids["code"]].tolist() == grids["TOTPOP"].tolist()
    summary = json.loads(report.read_text("utf-8"))["summary"]
    assert summary["compactness"] > 0.45
    assert summary["holds"] is True


def test_three_real_districts_and_the_proof_that_none_are_more_even(
    shared: Path, tmp_path: Path
) -> None:
    source = shared / "redistricting" / "redistricting.gpkg"
    plan = tmp_path / "p.gpkg"
    done = run(
        f"{source}:fl25", "--weight", "pop", "--grids", "3", "--prove", "-o", str(plan)
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "已证明：没有更均衡的分法（最大偏离 0.72 %）" in done.output


def test_the_most_even_division_says_that_it_is_proved(strip: Path, tmp_path: Path) -> None:
    plan = tmp_path / "分片.gpkg"
    done = run(str(strip), "--weight", "案件", "--grids", "2", "--prove", "-o", str(plan))
    assert done.exit_code == 0, done.output
    assert "已证明：没有更均衡的分法（最大偏离 19.40 %）" in done.output
    grids = pyogrio.read_dataframe(plan, layer="grids")
    assert grids["案件"].tolist() == [60, 40.5]


def test_what_was_not_found_is_said_and_given(strip: Path, tmp_path: Path) -> None:
    done = run(str(strip), "--weight", "案件", "--grids", "2", "-o", str(tmp_path / "p.gpkg"))
    assert done.exit_code == 1
    assert "限时内未找到每份都在 ±1.00 % 之内的分法：最接近的最大偏离 19.40 %" in done.output
    assert len(pyogrio.read_dataframe(tmp_path / "p.gpkg", layer="grids")) == 2


@pytest.mark.parametrize(
    ("words", "kind", "code"),
    [
        (("--weight", "人口", "--grids", "2"), ColumnMissing, "weight-missing"),
        (("--weight", "名称", "--grids", "2"), InputError, "weight-unusable"),
        (("--weight", "太多", "--grids", "2"), InputError, "weight-unusable"),
        (("--weight", "案件", "--grids", "5"), OptionError, "divide-count"),
        (("--weight", "案件", "--grids", "2", "--within", "-1"), OptionError, "within-impossible"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(
    strip: Path, tmp_path: Path, words: tuple[str, ...], kind: type[InputError], code: str
) -> None:
    plan = tmp_path / "p.gpkg"
    done = run(str(strip), *words, "-o", str(plan))
    assert isinstance(done.exception, kind)
    assert done.exception.code == code
    assert not plan.exists()
