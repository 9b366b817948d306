"""``wangge db`` on a private cluster, and its restraint before somebody else's database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from api.cli.console import translator
from api.cli.db import register
from data.cluster import Cluster
from geo.errors import EnvironmentMissing, OptionError


@pytest.fixture
def state_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="wangge-test-", dir="/tmp"))
    made.chmod(0o755)
    monkeypatch.setenv("WANGGE_STATE_DIR", str(made))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    yield made
    Cluster(made / "pg").destroy()
    shutil.rmtree(made)


def run(*words: str, answer: str = "") -> Result:
    app = typer.Typer()
    register(app, translator("en"))
    return CliRunner().invoke(app, ["db", *words], input=answer)


def test_a_cluster_s_life(state_dir: Path) -> None:
    assert "no private database yet" in run("status").output
    for nothing in (run("down"), run("destroy")):
        assert "no private database yet" in nothing.output
        assert nothing.exit_code == 0
    ready = run("up")
    assert ready.exit_code == 0, ready.output
    assert Cluster(state_dir / "pg").url() in ready.output
    assert f"process {Cluster(state_dir / 'pg').status().pid}" in run("status").output
    assert run("down").exit_code == 0
    assert "stopped" in run("status").output
    assert run("destroy", answer="n\n").exit_code != 0
    assert Cluster(state_dir / "pg").status().state == "stopped"
    assert run("destroy", "--yes").exit_code == 0
    assert Cluster(state_dir / "pg").status().state == "absent"


@pytest.mark.usefixtures("state_dir")
@pytest.mark.parametrize("word", ["down", "destroy"])
def test_the_user_s_own_database_is_left_alone(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:secret@127.0.0.1:9/city")
    refused = run(word)
    assert isinstance(refused.exception, OptionError)
    assert refused.exception.code == "db-not-private"


@pytest.mark.usefixtures("state_dir")
def test_the_user_s_own_database_is_looked_at(db_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", db_url)
    assert run("status").exit_code == 0
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:secret@127.0.0.1:9/city")
    refused = run("up")
    assert isinstance(refused.exception, EnvironmentMissing)
    assert "secret" not in refused.output
