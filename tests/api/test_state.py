"""What the service holds: opened whole, or nothing of it stays open."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from api import state
from api.state import State
from data.settings import Settings


def threads() -> set[str]:
    return {one.name for one in threading.enumerate() if one.name.startswith("wangge-")}


@pytest.mark.parametrize("last", ["WordsCache", "Live", "Desk"])
def test_a_service_that_cannot_open_leaves_no_thread_and_no_connection(
    db_url: str, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    def fails(*_args: object) -> None:
        raise RuntimeError(last)

    monkeypatch.setattr(state, last, fails)
    with pytest.raises(RuntimeError, match=last):
        State.open(Settings(database_url=db_url))
    assert not threads()
    others = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    with create_engine(db_url, poolclass=NullPool).connect() as connection:
        assert connection.scalar(others) == 1


def test_a_service_that_is_closed_leaves_no_thread(db_url: str) -> None:
    opened = State.open(Settings(database_url=db_url))
    assert threads()
    opened.close()
    assert not threads()
