"""``wangge draw`` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pyogrio
import pytest
import typer
from typer.testing import CliRunner

from api.cli import draw as verb
from api.cli.console import translator
from geo.errors import LayerMissing, OptionError

pytestmark = pytest.mark.usefixtures("brief")
runner = CliRunner()


@pytest.fixture(params=["zh", "en"])
def app(request: pytest.FixtureRequest) -> typer.Typer:
    app = typer.Typer()
    verb.register(app, translator(request.param))
    return app


@pytest.fixture
def town(shared: Path, tmp_path: Path) -> Path:
    """Two communities of a generated city, one of them planned with a number that can't be."""
    source = shared / "planner" / "city_A.gpkg"
    path = tmp_path / "town.gpkg"
    communities = pyogrio.read_dataframe(source, layer="communities").iloc[[0, 8]]
    communities["planned_grids"] = [6, 20]
    wanted = set(communities["code"])
    buildings = pyogrio.read_dataframe(source, layer="buildings")
    buildings = buildings[buildings["community_code"].isin(wanted)]
    pyogrio.write_dataframe(communities, path, layer="communities")
    pyogrio.write_dataframe(buildings, path, layer="buildings")
    pyogrio.write_dataframe(pyogrio.read_dataframe(source, layer="roads"), path, layer="roads")
    return path


def test_draws_writes_and_says_how_good_it_is(app: typer.Typer, town: Path, tmp_path: Path) -> None:
    plan, report = tmp_path / "plan.gpkg", tmp_path / "report.json"
    done = runner.invoke(app, [str(town), "-o", str(plan), "--report", str(report)])
    assert done.exit_code == 0, done.output
    assert [name for name, _ in pyogrio.list_layers(plan)] == ["grids", "blocks", "communities"]
    grids = pyogrio.read_dataframe(plan, layer="grids")
    assert len(grids) == 26
    assert "26" in done.stdout
    assert "340881001001" in done.stdout
    written = json.loads(report.read_text("utf-8"))
    assert {f["code"] for f in written["findings"]} >= {"draw-planned-off", "size-households"}
    assert [c["grids"] for c in written["summary"]["by_community"]] == [6, 20]


def test_refuses_what_makes_no_sense_before_any_work(
    app: typer.Typer, town: Path, tmp_path: Path
) -> None:
    plan = str(tmp_path / "plan.gpkg")
    bounds = runner.invoke(app, [str(town), "-o", plan, "--households", "500", "300"])
    assert isinstance(bounds.exception, OptionError)
    micro = runner.invoke(app, [str(tmp_path / "none.gpkg"), "-o", plan, "--micro", "0"])
    assert isinstance(micro.exception, OptionError)
    ending = runner.invoke(app, [str(town), "-o", str(tmp_path / "plan.doc")])
    assert isinstance(ending.exception, OptionError)
    layer = runner.invoke(
        app, ["--communities", f"{town}:nowhere", "--buildings", f"{town}:buildings", "-o", plan]
    )
    assert isinstance(layer.exception, LayerMissing)
    assert not Path(plan).exists()


def test_help_names_every_option(app: typer.Typer) -> None:
    shown = runner.invoke(app, ["--help"], env={"COLUMNS": "200"}).stdout
    for option in ("--communities", "--households", "--grids", "--seed", "--map", "--report"):
        assert option in shown
