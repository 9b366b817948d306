"""``wangge import`` and ``wangge export`` as a person runs them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import typer
from shapely.geometry import box
from typer.testing import CliRunner

from api.cli import exports, imports
from api.cli.console import translator

runner = CliRunner()


@pytest.fixture(params=["zh", "en"])
def app(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, db_url: str
) -> typer.Typer:
    monkeypatch.setenv("DATABASE_URL", db_url)
    monkeypatch.setenv("WANGGE_LANG", request.param)
    app = typer.Typer()
    imports.register(app, translator(request.param))
    exports.register(app, translator(request.param))
    return app


def test_an_outline_and_a_ledger_are_enough_to_begin(app: typer.Typer, tmp_path: Path) -> None:
    outline = tmp_path / "outline.geojson"
    city = gpd.GeoDataFrame(geometry=[box(116.9, 31.0, 117.0, 31.1)], crs=4326)
    city.to_file(outline, driver="GeoJSON")
    done = runner.invoke(
        app,
        [
            "import",
            "regions",
            str(outline),
            "--code",
            "340881",
            "--name",
            "桐城市",
            "--datum",
            "wgs84",
        ],
    )
    assert done.exit_code == 0, done.output
    ledger, back = tmp_path / "ledger.csv", tmp_path / "back.xlsx"
    ledger.write_text(
        "小区名称,户数,经度,纬度\n[/b]甲,10,116.95,31.05\n乙,20,,\n[bold]丙,许多,116.95,31.05\n",
        "gb18030",
    )
    done = runner.invoke(
        app,
        ["import", "buildings", str(ledger), "--datum", "wgs84", "--ratio", "2.5", "-o", str(back)],
    )
    assert done.exit_code == 1, done.output
    assert len(pd.read_excel(back, engine="openpyxl")) == 2
    out = tmp_path / "buildings.csv"
    done = runner.invoke(app, ["export", "buildings", "-o", str(out)])
    assert done.exit_code == 0, done.output
    kept = pd.read_csv(out)
    assert kept["residents"].tolist() == [25]
    assert kept["residents_estimated"].tolist() == [True]


def test_strict_refuses_and_dry_run_only_tells(app: typer.Typer, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.csv"
    ledger.write_text("小区名称,户数\n甲,10\n", "utf-8")
    strict = runner.invoke(app, ["import", "buildings", str(ledger), "--strict"])
    assert strict.exit_code == 1
    dry = runner.invoke(app, ["import", "buildings", str(ledger), "--dry-run"])
    assert dry.exit_code == 0, dry.output
    out = tmp_path / "b.csv"
    runner.invoke(app, ["export", "buildings", "-o", str(out)])
    assert len(pd.read_csv(out)) == 0


def test_a_catalogue_and_what_is_said_of_many_rows(app: typer.Typer, tmp_path: Path) -> None:
    """What repeats is counted and a few rows named; the rows themselves come with -o."""
    items = tmp_path / "目录.csv"
    lines = [f"S{n},名称{n},事项,,{'尽快' if n < 30 else '3天'}" for n in range(40)]
    items.write_text("\n".join(["编码,名称,类型,主管部门,时限", *lines]), "utf-8")
    dry = runner.invoke(app, ["import", "catalogue", str(items), "--dry-run"])
    shown = " ".join(dry.output.split())
    assert dry.exit_code == 1, dry.output
    assert "2、3、4" in shown or "2, 3, 4" in shown
    assert "30" in shown and "-o" in shown
    back = tmp_path / "back.xlsx"
    done = runner.invoke(app, ["import", "catalogue", str(items), "-o", str(back)])
    assert done.exit_code == 1, done.output
    assert len(pd.read_excel(back, engine="openpyxl")) == 30
    fixed = pd.read_excel(back, dtype=str, engine="openpyxl").assign(时限="24小时")
    fixed.to_excel(back, index=False)
    done = runner.invoke(app, ["import", "catalogue", str(back), "--strict"])
    assert done.exit_code == 0, done.output


def test_only_of_buildings_is_it_said_how_many_lack_households(
    app: typer.Typer, tmp_path: Path
) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("工单编号,地点\n1,和平小区\n", "utf-8")
    done = runner.invoke(app, ["import", "calls", str(calls), "--dry-run"])
    assert done.exit_code == 0, done.output
    told = [translator(lang)("intake.state-to-count") for lang in ("zh", "en")]
    assert not any(words in done.output for words in told)
