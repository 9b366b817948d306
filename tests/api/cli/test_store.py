"""What a command says of the database that it works with, and of the port that a service wants."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from api.cli import serve, store
from api.cli.console import translator
from data.settings import Settings
from geo.errors import OptionError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """Whose database was opened; none is."""
    found: list[Settings] = []
    monkeypatch.setattr(store, "open_database", lambda settings, _report: found.append(settings))
    return found


def test_a_new_database_is_not_begun_without_a_word(
    tmp_path: Path, asked: list[Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(database_url=None, state_dir=tmp_path / ".wangge")
    store.engine_of(settings)
    said = capsys.readouterr().err
    assert str(tmp_path / ".wangge" / "pg") in said and "WANGGE_STATE_DIR" in said
    data = tmp_path / ".wangge" / "pg" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15")
    store.engine_of(settings)
    store.engine_of(settings.model_copy(update={"database_url": "postgresql://elsewhere"}))
    assert capsys.readouterr().err == ""
    assert len(asked) == 3


def test_a_port_that_is_taken_is_told_in_the_readers_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OptionError) as refused:
            serve.start(Settings(port=port), translator("zh"))
    assert refused.value.code == "port-taken"
    assert refused.value.params["port"] == port
