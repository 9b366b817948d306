"""Settings come from the environment, and nonsense is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from data.settings import Settings


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"WANGGE_{name.upper()}", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_defaults_are_a_private_chinese_installation() -> None:
    settings = Settings()
    assert settings.database_url is None
    assert settings.state_dir == Path(".wangge")
    assert (settings.timezone, settings.lang, settings.profile) == ("Asia/Shanghai", "zh", "cn")
    assert (settings.host, settings.port, settings.trust_network) == ("127.0.0.1", 8000, False)


def test_environment_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg2://u:p@h/d")
    monkeypatch.setenv("WANGGE_LANG", "en")
    monkeypatch.setenv("WANGGE_TRUST_NETWORK", "1")
    settings = Settings()
    assert settings.database_url == "postgresql+psycopg2://u:p@h/d"
    assert settings.lang == "en"
    assert settings.trust_network is True


def test_an_empty_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert Settings().database_url is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMEZONE", "Asia/Tongcheng"),
        ("TIMEZONE", "../etc/passwd"),
        ("LANG", "fr"),
        ("PORT", "70000"),
        ("BASEMAP_DATUM", "mars"),
    ],
)
def test_nonsense_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"WANGGE_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_plain_addresses_mean_the_driver_that_is_installed() -> None:
    for plain in ("postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg2://u@h/d"):
        assert Settings(database_url=plain).database_url == "postgresql+psycopg2://u@h/d"
