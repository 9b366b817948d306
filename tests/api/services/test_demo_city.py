"""A demo city that another version made: made anew where it is alone in its store, else left alone and said so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pandas as pd
import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from api.cli import demo as door
from api.cli.console import translator
from api.services import job, plans
from api.services.job import JobResult
from api.services.progress import silent
from data import demo
from data.demo.edition import edition
from data.ids import uuid7
from data.store import buildings, choices, demo_city, handling, incidents, regions
from data.tables import Base, Happening
from tests.data.store.conftest import WEST, town, town_plan

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def made(connection: Connection, *_: object) -> None:
    """A small demo city, as the job stores its own."""
    regions.merge(connection, town().assign(source=demo.SOURCE))
    about = {demo_city.EDITION: job._edition()}
    drafts = plans.store_city_plan(
        connection, town_plan(), actor=job.ACTOR, source=demo.SOURCE, params=about
    )
    plans.publish_within(connection, drafts.values(), actor=job.ACTOR)
    report = {
        "id": uuid7(),
        "source": "12345热线",
        "source_id": f"{demo_city.KEY}RX1",
        "reported_at": NOW,
    }
    epoch = connection.execute(text("SELECT n FROM plan_epoch")).scalar_one()
    assert incidents.insert_many(connection, pd.DataFrame([report]), epoch=epoch)


@pytest.fixture
def store(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(job, "_make_city", made)
    with engine.begin() as connection:
        assert job._ensure_city(connection, NOW, silent).made
    return engine


@pytest.fixture
def other_version(store: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(job, "_edition", lambda: "of another version")
    return store


def rows(connection: Connection) -> dict[str, str]:
    """What every table holds."""
    of = "SELECT md5(coalesce(string_agg(CAST(t AS text), ',' ORDER BY CAST(t AS text)), '')) FROM"
    return {name: str(connection.scalar(text(f'{of} "{name}" t'))) for name in Base.metadata.tables}


def test_one_of_this_version_is_left_as_it_is(store: Engine) -> None:
    with store.begin() as connection:
        before = rows(connection)
        assert job._ensure_city(connection, NOW, silent) == job._City()
        assert rows(connection) == before


def test_one_of_another_version_is_made_anew_whole(other_version: Engine) -> None:
    with other_version.begin() as connection:
        first = connection.execute(text("SELECT min(id), max(id) FROM plans")).one()
        done = job._ensure_city(connection, NOW, silent)
        assert (done.made, done.renewed, done.kept) == (True, True, None)
    with other_version.begin() as connection:
        assert connection.execute(text("SELECT min(id) FROM plans")).scalar_one() > first[1]
        assert demo_city.edition(connection, job.MAKER) == "of another version"
        assert connection.scalar(text("SELECT count(*) FROM incidents")) == 1
        assert connection.scalar(text("SELECT n FROM plan_epoch")) == 2
        assert job._ensure_city(connection, NOW, silent) == job._City()
    for keeps in ("TRUNCATE plans CASCADE", "DELETE FROM plan_grids", "DELETE FROM plans"):
        with other_version.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(text(keeps))


def test_what_goes_wrong_while_it_is_made_anew_leaves_the_former(
    other_version: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("in the middle")

    with other_version.begin() as connection:
        before = rows(connection)
    monkeypatch.setattr(job, "_make_city", fails)
    with pytest.raises(RuntimeError), other_version.begin() as connection:
        job._ensure_city(connection, NOW, silent)
    with other_version.begin() as connection:
        assert rows(connection) == before


def _house(connection: Connection) -> None:
    house = {"building_id": "b1", "community_code": WEST, "kind": "residence"}
    row = town().iloc[[2]][["geometry"]].assign(**house)
    buildings.merge(connection, row)


def _report(connection: Connection) -> None:
    row = {"id": uuid7(), "source": "电话", "source_id": "1", "reported_at": NOW}
    assert incidents.insert(connection, row, epoch=1)


def _taken(connection: Connection) -> None:
    number = connection.execute(text("SELECT id FROM incidents")).scalar_one()
    handling.change(connection, number, taken_by="王芳", taken_at=NOW)
    handling.note(connection, number, Happening.TAKEN, by="王芳")


def _draft(connection: Connection) -> None:
    plans.store_city_plan(
        connection, town_plan(communities=(WEST,)), actor=job.ACTOR, source=demo.SOURCE
    )


def _choice(connection: Connection) -> None:
    choices.record(connection, words="和平小区", kind="estate", key="estate:和平小区")


@pytest.mark.parametrize(
    ("act", "strange"),
    [
        (_house, {"buildings": 1}),
        (_report, {"incidents": 1}),
        (_taken, {"incidents": 1, "incident_events": 1}),
        (_draft, {"plans": 1}),
        (_choice, {"search_choices": 1}),
    ],
)
def test_a_store_that_holds_more_is_never_emptied(
    other_version: Engine, act: Callable[[Connection], None], strange: dict[str, int]
) -> None:
    with other_version.begin() as connection:
        act(connection)
    with other_version.begin() as connection:
        before = rows(connection)
        done = job._ensure_city(connection, NOW, silent)
        assert (done.made, done.renewed, done.kept) == (False, False, strange)
    with other_version.begin() as connection:
        assert rows(connection) == before


def test_a_store_that_somebody_is_at_is_left_alone(other_version: Engine) -> None:
    with other_version.connect() as busy, other_version.begin() as connection:
        busy.execute(text("SELECT count(*) FROM incidents"))
        assert job._ensure_city(connection, NOW, silent) == job._City(kept={})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_said(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for renewed, kept in ((False, None), (True, None), (False, {"incidents": 1234}), (False, {})):
        done = JobResult(renewed, renewed, kept, None, None, None)  # type: ignore[arg-type]
        door._say_version(done, translator(lang))
        said.append(capsys.readouterr().out)
    assert said[0] == ""
    assert len(set(said)) == 4
    assert "incidents 1,234" in said[2]


def test_the_sources_tell_the_edition() -> None:
    assert edition() == edition()
    assert edition(job.Path(job.__file__)) != edition()
