"""The city as pages show it: whatever changed is seen, also what leaves no newer number behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pandas as pd
import pytest
from shapely.geometry import Point
from sqlalchemy import Connection, Engine

from api.services.pages import PageCache
from data.ids import uuid7
from data.settings import Settings
from data.store import incidents
from tests.api.services.test_handling import LAT, LNG, put_in_force, reported, town_engine

__all__ = ["town_engine"]


@pytest.fixture
def pages(town_engine: Engine) -> PageCache:
    return PageCache(town_engine, Settings())


def hows(pages: PageCache) -> Mapping[str, int]:
    return pages.overview().incidents.hows


def put(connection: Connection, name: str, *, placed: bool) -> None:
    row = {
        "id": uuid7(),
        "source": "表",
        "source_id": name,
        "reported_at": datetime.now(UTC),
        "point": Point(LNG, LAT) if placed else None,
        "how": "outside" if placed else None,
    }
    assert incidents.insert_many(connection, pd.DataFrame([row]), epoch=1) is not None


def test_a_place_that_an_import_learns_is_seen(town_engine: Engine, pages: PageCache) -> None:
    with town_engine.begin() as connection:
        put(connection, "1", placed=False)
    assert hows(pages) == {"": 1}
    with town_engine.begin() as connection:
        put(connection, "1", placed=True)
    assert hows(pages) == {"outside": 1}


def test_an_import_that_began_before_the_last_report_is_seen_when_it_ends(
    town_engine: Engine, pages: PageCache
) -> None:
    with town_engine.begin() as slow:
        put(slow, "1", placed=False)
        reported(town_engine)
        assert hows(pages) == {"inside": 1}
    assert hows(pages) == {"inside": 1, "": 1}


def test_what_is_closed_and_what_a_publication_moves_is_seen(
    town_engine: Engine, pages: PageCache
) -> None:
    number = reported(town_engine)
    tokens = [pages.seen().tokens]
    put_in_force(town_engine, cut=0.003)
    tokens.append(pages.seen().tokens)
    with town_engine.begin() as connection:
        assert incidents.close(connection, number)
    tokens.append(pages.seen().tokens)
    assert len({of_incidents for _, of_incidents in tokens}) == 3
    assert len({of_places for of_places, _ in tokens}) == 2
