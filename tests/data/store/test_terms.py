"""Registers of people as they stand now: terms begin, end, are prolonged; a stand-in answers during a leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pandas as pd
import pytest
from sqlalchemy import Connection, text

from api.services.locating import Directory
from data.store import contacts, frames, posts, regions
from data.store.terms import ENDLESS, clock
from tests.data.store.conftest import WEST, town

GRID = f"{WEST}001"


@pytest.fixture
def store(connection: Connection) -> Connection:
    regions.merge(connection, town())
    return connection


def officer(**more: object) -> pd.DataFrame:
    base = {"kind": "A", "grid_code": GRID, "community_code": WEST, "person": "张三", "phone": "1"}
    return pd.DataFrame([{**base, **more}])


def now(store: Connection) -> pd.Timestamp:
    return clock(store)


def kept(store: Connection) -> list[tuple[str, object, object]]:
    frame = frames.posts(store)
    return list(frame[["person", "since", "until"]].itertuples(index=False, name=None))


def answering(store: Connection, at: pd.Timestamp) -> list[tuple[str, str]]:
    """Who answers at a moment, as the directory of the service reads it."""
    return [(one.name, one.duty) for one in Directory(store).people(GRID, at.timestamp())]


def test_a_register_that_tells_no_terms_begins_now_and_ends_who_is_replaced(
    store: Connection,
) -> None:
    assert posts.merge(store, officer()).added == 1
    assert posts.merge(store, officer()).updated == 1
    changed = posts.merge(store, officer(person="李四"))
    assert (changed.added, changed.updated, changed.ended) == (1, 0, 1)
    assert answering(store, now(store)) == [("李四", "A")]


def test_a_term_that_is_told_is_kept_and_prolonged(store: Connection) -> None:
    first, last = pd.Timestamp("2024-01-01", tz="UTC"), now(store) + pd.Timedelta(days=30)
    posts.merge(store, officer(since=first, until=last))
    assert [(one[1], one[2]) for one in kept(store)] == [(first, last)]
    posts.merge(store, officer())  # a register that says nothing of terms
    assert [(one[1], one[2]) for one in kept(store)] == [(first, last)]
    posts.merge(store, officer(until=ENDLESS))  # 长期
    assert [(one[1], one[2]) for one in kept(store)] == [(first, None)]


def test_a_term_that_is_over_is_kept_once(store: Connection) -> None:
    over = pd.Timestamp("2025-01-01", tz="UTC")
    assert posts.merge(store, officer(until=over)).added == 1
    assert posts.merge(store, officer(until=over)).added == 0
    assert kept(store) == [("张三", None, over)]
    assert answering(store, now(store)) == []


def test_who_is_in_office_ends_when_the_register_says_so(store: Connection) -> None:
    posts.merge(store, officer())
    over = pd.Timestamp("2025-01-01", tz="UTC")
    assert posts.merge(store, officer(until=over)).updated == 1
    assert [one[2] for one in kept(store)] == [over]
    later = now(store) + pd.Timedelta(days=9)
    posts.merge(store, officer(person="李四", until=later))
    posts.merge(store, officer(person="李四", since=later + pd.Timedelta(days=9)))
    assert pd.isna(kept(store)[-1][2])


LEAVE = {"stand_in": "代班", "stand_in_no": "9", "stand_in_phone": "99"}


def leave(store: Connection, before: float, after: float) -> Mapping[str, object]:
    today = now(store)
    return {
        "leave_since": today - timedelta(days=before),
        "leave_until": today + timedelta(days=after),
    }


def test_a_stand_in_answers_during_the_leave_alone(store: Connection) -> None:
    away = leave(store, 1, 3)
    posts.merge(store, officer(**away, **LEAVE), with_leave=True)
    today = now(store)
    assert answering(store, today) == [("代班", "stand-in")]
    assert answering(store, today + pd.Timedelta(days=4)) == [("张三", "A")]
    frame = frames.posts(store)
    assert frame["stand_in_phone"].tolist() == ["99"]
    assert frame["leave_until"][0] == away["leave_until"]


def test_without_a_stand_in_the_officer_goes_on_being_named(store: Connection) -> None:
    posts.merge(store, officer(**leave(store, 1, 3)), with_leave=True)
    assert answering(store, now(store)) == [("张三", "A")]


def test_a_register_without_such_columns_leaves_leaves_alone(store: Connection) -> None:
    posts.merge(store, officer(**leave(store, 1, 3), **LEAVE), with_leave=True)
    posts.merge(store, officer(phone="7"))
    assert answering(store, now(store)) == [("代班", "stand-in")]
    posts.merge(store, officer(), with_leave=True)  # back at work
    assert answering(store, now(store)) == [("张三", "A")]
    assert frames.posts(store)["leave_since"].isna().all()


def test_a_leave_that_began_in_time_immemorial_is_a_leave(store: Connection) -> None:
    posts.merge(
        store, officer(leave_until=now(store) + timedelta(days=1), **LEAVE), with_leave=True
    )
    assert frames.posts(store)["leave_since"][0] == pd.Timestamp(0, tz="UTC")
    assert answering(store, now(store)) == [("代班", "stand-in")]


def test_an_empty_leave_is_refused_by_the_table(store: Connection) -> None:
    posts.merge(store, officer())
    with pytest.raises(Exception, match="leave_not_empty"):
        store.execute(text("UPDATE posts SET leave = 'empty'"))


def test_contacts_of_an_estate_are_replaced_kind_by_kind(store: Connection) -> None:
    def told(person: str, **more: object) -> pd.DataFrame:
        base = {"estate": "甲园", "kind": "物业", "community_code": WEST, "person": person}
        return pd.DataFrame([{**base, **more}])

    assert contacts.merge(store, told("王五")).added == 1
    owners = contacts.merge(store, told("赵六", kind="业委会"))
    assert (owners.added, owners.ended) == (1, 0)
    changed = contacts.merge(store, told("孙七", organisation="某物业"))
    assert (changed.added, changed.ended) == (1, 1)
    frame = frames.contacts(store)
    running = frame[frame["until"].isna()]
    assert set(zip(running["kind"], running["person"], strict=True)) == {
        ("物业", "孙七"),
        ("业委会", "赵六"),
    }
    over = pd.Timestamp("2025-01-01", tz="UTC")
    contacts.merge(store, told("赵六", kind="业委会", until=over))
    frame = frames.contacts(store)
    assert frame.loc[frame["person"] == "赵六", "until"].tolist() == [over]
