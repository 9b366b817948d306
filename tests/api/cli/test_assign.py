"""``wangge assign`` from the outside, on the city's own record (F12)."""

from __future__ import annotations

import csv
import re

import pytest
from typer.testing import CliRunner

from api.cli import assign
from api.cli.console import translator
from geo.errors import DatumError


@pytest.fixture
def wangge(monkeypatch):
    """Runs the command with only this verb."""
    import typer

    monkeypatch.setenv("WANGGE_LANG", "en")
    app = typer.Typer()
    app.callback()(lambda: None)
    assign.register(app, translator("en"))

    def run(*arguments):
        return CliRunner().invoke(app, ["assign", *map(str, arguments)])

    return run


@pytest.mark.parametrize(
    ("layer", "field", "agreeing"), [("ward", "WARD", 2892), ("anc", "ANC_ID", 2898)]
)
def test_dc_wards_and_ancs_equal_the_citys_own_record(  # noqa: PLR0917
    wangge, shared, tmp_path, layer, field, agreeing
):
    output = tmp_path / "out.csv"
    result = wangge(
        "--grids",
        f"{shared}/dc/dc.gpkg:{layer}",
        "--code",
        field,
        "--points",
        shared / "dc/incidents.csv",
        "--lon",
        "lon",
        "--lat",
        "lat",
        "--datum",
        "wgs84",
        "-o",
        output,
    )
    assert result.exit_code == 0, result.output
    assert re.search(r"inside a grid\s*│\s*2,898", result.output)
    with output.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 2898
    assert sum(row[layer.upper()] == row["grid_code"] for row in rows) == agreeing
    given = (shared / "dc/incidents.csv").read_text().splitlines()
    kept = output.read_text().splitlines()
    assert all(new.startswith(old + ",") for old, new in zip(given, kept, strict=True))


def test_a_table_without_datum_is_refused(wangge, shared, tmp_path):
    result = wangge(
        "--grids",
        f"{shared}/dc/dc.gpkg:ward",
        "--code",
        "WARD",
        "--points",
        shared / "dc/incidents.csv",
        "--lon",
        "lon",
        "--lat",
        "lat",
        "-o",
        tmp_path / "out.csv",
    )
    assert isinstance(result.exception, DatumError)
    assert not list(tmp_path.iterdir())


def test_help_reads_in_both_languages():
    import typer

    for lang, word in (("zh", "坐标系"), ("en", "GCJ")):
        app = typer.Typer()
        app.callback()(lambda: None)
        assign.register(app, translator(lang))
        shown = CliRunner().invoke(app, ["assign", "--help"]).output
        assert word.lower() in shown.lower() or "gcj02" in shown
        assert "--datum" in shown
