"""``wangge plan new --drawn`` and ``plan ground``: the first plan of a new town from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from api.cli.console import translator
from api.cli.plan import register
from geo.errors import InputError, NotFound, OptionError
from tests.api.new_town import import_town
from tests.data.store.conftest import EAST, WEST


@pytest.fixture(autouse=True)
def town(db_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", db_url)
    monkeypatch.setenv("WANGGE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")


def run(*words: str) -> Result:
    app = typer.Typer()
    register(app, translator("en"))
    return CliRunner().invoke(app, ["plan", *words])


def ran(*words: str) -> str:
    result = run(*words)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_from_nothing_to_a_plan_in_force(engine: Engine, tmp_path: Path) -> None:
    assert "import their outlines" in ran("ground")
    assert isinstance(run("new", "--drawn").exception, InputError)
    import_town(engine, tmp_path)
    assert json.loads(ran("ground", "--json", "-"))["lacking"] == []
    assert isinstance(run("new").exception, NotFound)  # nothing to copy
    made = json.loads(ran("new", "--drawn", "--by", "张三", "--json", "-"))["plans"]
    assert [one["community_code"] for one in made] == [WEST, EAST]
    shown = ran("new", WEST, "--drawn", "--alternatives", "1", "--seed", "3")
    assert "most even" in shown and "Grids within bounds" in shown
    assert "In force" in ran("publish", *(str(one["id"]) for one in made))
    assert isinstance(run("new", WEST, "--households", "200", "400").exception, OptionError)
    assert "3" in ran("new", WEST, "--grids", "3")
