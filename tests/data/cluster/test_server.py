"""A database that would give wrong answers in silence is refused before it can."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from data.cluster import Cluster, check_server
from data.cluster.server import postgis_version
from geo.errors import EnvironmentMissing


@pytest.fixture
def made(cluster: Cluster) -> Iterator[dict[str, str]]:
    """Databases that somebody else made, by the words of their CREATE DATABASE."""
    words = {
        "c": "encoding 'UTF8' lc_ctype 'C' lc_collate 'C'",
        "ascii": "encoding 'SQL_ASCII' lc_ctype 'C' lc_collate 'C'",
        "good": "encoding 'UTF8' lc_ctype 'C.UTF-8' lc_collate 'C'",
    }
    names = {key: f"foreign_{key}_{uuid4().hex}" for key in words}
    engine = create_engine(
        cluster.url("postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as server:
        for key, name in names.items():
            server.execute(text(f"create database {name} template template0 {words[key]}"))
        yield {key: cluster.url(name) for key, name in names.items()}
        for name in names.values():
            server.execute(text(f"drop database {name} with (force)"))


def refusal(url: str) -> EnvironmentMissing:
    with pytest.raises(EnvironmentMissing) as caught:
        check_server(url)
    return caught.value


def test_a_locale_without_chinese_letters(made: dict[str, str]) -> None:
    assert refusal(made["c"]).code == "database-locale"
    assert refusal(made["ascii"]).code == "database-encoding"
    check_server(made["good"])


def test_nobody_there() -> None:
    error = refusal("postgresql+psycopg2://me:secret@127.0.0.1:9/none")
    assert error.code == "database-unreachable"
    assert "secret" not in str(error)


def test_not_an_address() -> None:
    assert refusal("桐城").code == "database-url-malformed"


def test_another_kind_of_database() -> None:
    assert refusal("sqlite://").code == "database-url-malformed"


@pytest.mark.parametrize(
    ("words", "version"), [("3.3.2", (3, 3)), ("3.10.0dev", (3, 10)), ("unpackaged", (0, 0))]
)
def test_versions_are_numbers(words: str, version: tuple[int, int]) -> None:
    assert postgis_version(words) == version
