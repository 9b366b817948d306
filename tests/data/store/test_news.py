"""The live list: each is told exactly what has come since it looked, in whatever order transactions end."""

from __future__ import annotations

import time
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, text

from data.store import news

PATIENCE_S = 60.0


def came(connection: Connection) -> UUID:
    """An incident as somebody records it."""
    number = uuid4()
    connection.execute(
        text(
            "INSERT INTO incidents (id, source, source_id, reported_at) VALUES (:id, 't', :id, now())"
        ),
        {"id": str(number)},
    )
    news.tell(connection, [number])
    return number


def test_only_what_is_new_is_told_and_once(engine: Engine) -> None:
    with engine.connect() as reader:
        before = news.here(reader)
        with engine.begin() as writer:
            first = came(writer)
        told = news.look(reader, before)
        assert (dict(told.changed), told.many) == ({first: 0}, False)
        assert not news.look(reader, told.position).changed
        with engine.begin() as writer:
            second = came(writer)
        assert set(news.look(reader, told.position).changed) == {second}
        assert set(news.look(reader, before).changed) == {first, second}


def test_a_slow_transaction_is_told_when_it_commits(engine: Engine) -> None:
    with engine.connect() as reader:
        before = news.here(reader)
        with engine.begin() as slow:
            early = came(slow)
            with engine.begin() as writer:
                quick = came(writer)
            told = news.look(reader, before)
            assert set(told.changed) == {quick}
        assert set(news.look(reader, told.position).changed) == {early}


def test_what_is_rolled_back_is_not_told(engine: Engine) -> None:
    with engine.connect() as reader:
        before = news.here(reader)
        with engine.connect() as writer:
            came(writer)
            writer.rollback()
        assert not news.look(reader, before).changed


def test_many_are_told_as_many(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "MOST", 3)
    with engine.connect() as reader:
        before = news.here(reader)
        with engine.begin() as writer:
            news.tell(writer, [uuid4() for _ in range(4)])
        told = news.look(reader, before)
        assert told.many and not told.changed
        with engine.begin() as writer:
            news.tell(writer, None)
        assert news.look(reader, told.position).many
        after = news.here(reader)
        for _ in range(4):
            with engine.begin() as writer:
                came(writer)
        assert news.look(reader, after).many


@pytest.mark.parametrize(
    "position",
    [
        *("", "x", "2:1:", "0:0:", "1:9:5,5", "1:9:9", "1:9:0", "9" * 400, "1:9:2,3,"),
        "9223372036854775807:9223372036854775807:",
        "4000000000000:4000000000000:",  # of another server's database
        "1790000000/1:1:",
        "1:1:'; DROP TABLE incidents; --",
    ],
)
def test_a_position_that_is_none_has_missed_many(engine: Engine, position: str) -> None:
    with engine.connect() as reader:
        told = news.look(reader, position)
        assert told.many and not told.changed
        assert not news.look(reader, told.position).many


def kept(connection: Connection) -> int:
    """How many rows name incidents."""
    query = text("SELECT count(*) FROM incident_news WHERE ids IS NULL OR ids <> '{}'")
    return int(connection.execute(query).scalar_one())


def age(connection: Connection) -> None:
    connection.execute(text("UPDATE incident_news SET at = at - interval '2 days'"))


def quiet(engine: Engine) -> None:
    """Wait until what has begun on this server is over, that of tests beside this one too."""
    end = time.monotonic() + PATIENCE_S
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        beyond = connection.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"))
        over = text("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= CAST(:beyond AS xid8)")
        while not connection.scalar(over, {"beyond": beyond}):
            assert time.monotonic() < end, "something does not end"
            time.sleep(0.01)


def test_old_news_is_let_go_and_who_has_not_read_it_has_missed_many(engine: Engine) -> None:
    with engine.connect() as reader:
        before = news.here(reader)
        with engine.begin() as writer:
            came(writer)
            age(writer)
        quiet(engine)
        after = news.here(reader)
        with engine.begin() as writer:
            new = came(writer)
        for _ in range(2):
            with engine.begin() as tidy:
                news.forget(tidy)
                assert kept(tidy) == 1
            assert news.look(reader, before).many
            told = news.look(reader, after)
            assert (set(told.changed), told.many) == ({new}, False)
            with engine.begin() as writer:  # what says so grows old itself
                writer.execute(
                    text("UPDATE incident_news SET at = at - interval '2 days' WHERE ids = '{}'")
                )


def test_news_of_a_transaction_that_took_days_is_not_let_go_unread(engine: Engine) -> None:
    with engine.connect() as reader:
        with engine.begin() as slow:
            late = came(slow)
            age(slow)
            position = news.here(reader)
            with engine.begin() as tidy:
                news.forget(tidy)
        assert set(news.look(reader, position).changed) == {late}
        quiet(engine)
        with engine.begin() as tidy:
            news.forget(tidy)
            assert kept(tidy) == 0
        assert news.look(reader, position).many
        assert not news.look(reader, news.here(reader)).many


def test_what_came_with_a_copy_of_another_servers_database_is_no_news(engine: Engine) -> None:
    with engine.connect() as reader:
        before = news.here(reader)
        with engine.begin() as writer:
            writer.execute(
                text(
                    "INSERT INTO incident_news (xid, ids) VALUES (4000000000000, NULL),"
                    " (4000000000000, '{}')"
                )
            )
        told = news.look(reader, before)
        assert not told.many and not told.changed
        with engine.begin() as tidy:
            own = came(tidy)
            news.forget(tidy)
            assert tidy.scalar(text("SELECT count(*) FROM incident_news")) == 1
        assert set(news.look(reader, before).changed) == {own}


def test_the_stand_changes_with_whatever_is_told_in_whatever_order_it_commits(
    engine: Engine,
) -> None:
    with engine.connect() as reader:
        seen = {news.stand(reader)}
        with engine.begin() as slow:
            came(slow)
            with engine.begin() as writer:
                came(writer)
            seen.add(news.stand(reader))
        seen.add(news.stand(reader))
        with engine.begin() as writer:
            news.tell(writer, [])
        seen.add(news.stand(reader))
    assert len(seen) == 3
