"""``wangge map`` at the door."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
import typer
from typer.testing import CliRunner

from api.cli import map as verb
from api.cli.console import translator
from geo.errors import OptionError
from maps.assets import build_assets


@pytest.fixture
def app() -> typer.Typer:
    build_assets()
    app = typer.Typer()
    app.callback()(lambda: None)
    verb.register(app, translator("zh"))
    return app


def test_a_file_of_grids_is_enough(app: typer.Typer, tmp_path: Path) -> None:
    grids = gpd.GeoDataFrame({"code": ["A"]}, geometry=[shapely.box(0, 0, 0.01, 0.01)], crs=4326)
    pyogrio.write_dataframe(grids, tmp_path / "grids.geojson")
    output = tmp_path / "map.html"
    done = CliRunner().invoke(
        app,
        [
            "map",
            "--grids",
            str(tmp_path / "grids.geojson"),
            "-o",
            str(output),
            "--as-of",
            "2026-03-01",
        ],
    )
    assert done.exit_code == 0, done.output
    assert '"asOf":"2026-03-01"' in output.read_text("utf-8")
    assert "1 个网格" in done.output


def test_bounds_the_wrong_way_round_are_refused(app: typer.Typer, tmp_path: Path) -> None:
    output = str(tmp_path / "map.html")
    arguments = ["map", "--grids", "x.gpkg", "-o", output, "--households", "500", "300"]
    refused = CliRunner().invoke(app, arguments)
    assert isinstance(refused.exception, OptionError)
    assert refused.exception.code == "bounds-impossible"


def test_a_map_is_of_files_or_of_the_store(app: typer.Typer, tmp_path: Path) -> None:
    output = str(tmp_path / "map.html")
    for arguments in ([], ["--city", "--grids", "x.gpkg"]):
        refused = CliRunner().invoke(app, ["map", "-o", output, *arguments])
        assert isinstance(refused.exception, OptionError)
        assert refused.exception.code == "map-of-what"
