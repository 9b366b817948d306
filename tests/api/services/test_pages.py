"""The city as pages show it: whatever changed is seen, also what leaves no newer number behind."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, Point
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.services import overview
from api.services.pages import OLDEST, PageCache
from api.state import State
from data.ids import uuid7
from data.settings import Settings
from data.store import city_changes, ground, incidents
from geo.model import CRS
from maps.assets import VENDOR
from tests.api.services.test_handling import LAT, LNG, put_in_force, reported, town_engine
from tests.api.services.test_listening import PATIENCE_S, until

__all__ = ["town_engine"]

TOLD = (
    *("regions", "buildings", "components", "lines", "greens"),
    *("posts", "party_units", "estate_contacts"),
)


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


def test_the_token_of_places_needs_no_look_at_the_city_and_is_the_pages_own(
    town_engine: Engine, pages: PageCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(overview, "present", lambda *_args, **_options: pytest.fail("looked"))
        before = pages.places_token()
    assert pages.seen().tokens[0] == pages.places_token()
    with town_engine.begin() as connection:
        connection.execute(text("UPDATE buildings SET name = '新名'"))
    assert pages.places_token() != before
    assert pages.seen().tokens[0] == pages.places_token()


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


def test_what_is_taken_away_and_what_began_earlier_is_seen(
    town_engine: Engine, pages: PageCache
) -> None:
    about = {"class": ["street"], "name": ["路"], "source": [None]}
    road = gpd.GeoDataFrame(about, geometry=[LineString([(0, 0), (1, 1)])], crs=CRS)
    river = road.assign(**{"class": "river"})
    with town_engine.begin() as connection:
        ground.replace_lines(connection, road, classes=("street",))
        ground.replace_lines(connection, river, classes=("river",))
    assert len(pages.overview().data.roads) == 1
    with town_engine.begin() as connection:
        ground.replace_lines(connection, road.iloc[:0], classes=("street",))
    assert len(pages.overview().data.roads) == 0
    with town_engine.begin() as slow:
        ground.replace_lines(slow, road, classes=("street",))
        with town_engine.begin() as connection:
            connection.execute(text("UPDATE regions SET name = '新名' WHERE level = 'city'"))
        assert len(pages.overview().data.roads) == 0
    assert len(pages.overview().data.roads) == 1


@pytest.mark.parametrize("table", TOLD)
def test_every_table_that_a_page_shows_tells_of_its_changes(engine: Engine, table: str) -> None:
    with engine.begin() as connection:
        before = city_changes.stand(connection)
        connection.execute(text(f"DELETE FROM {table}"))
        assert city_changes.stand(connection) != before


def test_old_changes_are_let_go_and_the_city_stands_as_it_stood(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO city_changes (at) SELECT now() - interval '2 days'"
                " FROM generate_series(1, 1500)"
            )
        )
        before = city_changes.stand(connection)
        city_changes.forget(connection)
        assert city_changes.stand(connection) == before
        assert connection.execute(text("SELECT count(*) FROM city_changes")).scalar_one() <= 1001


class Surveys:
    """The surveys of the city while a test lasts: counted, held up or failing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.may_go_on = 0, threading.Event()
        self.may_go_on.set()
        self.failures: list[Exception] = []
        self._present = overview.present
        monkeypatch.setattr(overview, "present", self.present)
        monkeypatch.setattr("api.services.pages.WARM_S", 0.0)  # else put off: tests/api/conftest.py

    def present(self, *given: Any, **more: Any) -> overview.Overview:
        self.begun += 1
        if self.failures:
            raise self.failures.pop()
        assert self.may_go_on.wait(PATIENCE_S)
        return self._present(*given, **more)


@pytest.fixture
def surveys(monkeypatch: pytest.MonkeyPatch) -> Surveys:
    return Surveys(monkeypatch)


def aged(pages: PageCache, by: timedelta) -> None:
    kept = pages._kept
    assert kept is not None
    places, of_incidents = kept.read_at
    pages._kept = replace(kept, read_at=(places - by, of_incidents - by))


def test_a_service_is_open_before_its_city_is_surveyed_and_surveys_it_unasked(
    town_engine: Engine, surveys: Surveys
) -> None:
    surveys.may_go_on.clear()
    url = town_engine.url.render_as_string(hide_password=False)
    state = State.open(Settings(database_url=url))
    until(lambda: surveys.begun == 1)
    surveys.may_go_on.set()
    until(lambda: state.pages._kept is not None)
    state.pages.seen()
    state.close()
    assert surveys.begun == 1


@pytest.mark.parametrize("failure", [PoolTimeout("none free"), ValueError("unexpected")])
def test_a_survey_beforehand_that_fails_is_logged_and_made_when_it_is_asked_for(
    pages: PageCache, surveys: Surveys, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    surveys.failures.append(failure)
    with caplog.at_level(logging.WARNING):
        pages.warm()
        until(lambda: str(failure) in caplog.text)
    assert hows(pages) == {}
    assert surveys.begun == 2


def test_what_only_grows_old_is_made_anew_aside_and_nothing_is_shown_that_is_too_old(
    pages: PageCache, surveys: Surveys
) -> None:
    first = pages.seen()
    assert pages.seen() is first
    surveys.may_go_on.clear()
    aged(pages, OLDEST / 2)
    former = pages.seen()
    assert former.overview is first.overview
    until(lambda: surveys.begun == 2)
    assert pages.seen() is former
    surveys.may_go_on.set()
    until(lambda: pages.seen() is not former)
    pages.close()
    assert surveys.begun == 2
    aged(pages, OLDEST)
    second = pages._kept
    assert pages.seen() is not second
    assert surveys.begun == 3


@pytest.mark.skipif(not VENDOR.is_dir(), reason="the map's scripts were not made")
def test_pages_of_former_states_do_not_keep_them(town_engine: Engine, pages: PageCache) -> None:
    pages.coverage("zh")
    pages.coverage("en")
    reported(town_engine)
    pages.coverage("zh")
    assert {id(seen) for seen, _ in pages._pages.values()} == {id(pages.seen())}
