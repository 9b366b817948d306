"""Reports recorded together: each gets an answer of its own, and a database that is away is said to be away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from api.services import plans
from api.services.actor import Actor
from api.services.incidents import Report
from api.services.intake import Intake
from api.services.locating import LocatorCache
from data.store import regions
from geo.errors import EnvironmentMissing, InputError
from tests.data.store.conftest import town, town_plan

PLANNER = Actor("planner")
HERE = {"lng": 116.954, "lat": 31.045}


@pytest.fixture
def cache(engine: Engine) -> LocatorCache:
    with engine.begin() as connection:
        regions.merge(connection, town())
        drafts = plans.store_city_plan(connection, town_plan(), actor=PLANNER)
        plans.publish_within(connection, drafts.values(), actor=PLANNER)
    return LocatorCache(engine)


@pytest.fixture
def intake(engine: Engine, cache: LocatorCache) -> Iterator[Intake]:
    made = Intake(engine, cache)
    yield made
    made.close()


def test_one_that_is_refused_does_not_touch_its_neighbours(engine: Engine, intake: Intake) -> None:
    kinds = [None if number % 4 else "没有这一类" for number in range(12)]
    answers = [
        intake.report(PLANNER, Report("热线", str(number), **HERE, catalogue_code=kind))
        for number, kind in enumerate(kinds)
    ]
    for kind, answer in zip(kinds, answers, strict=True):
        if kind is None:
            assert answer.result().incident["grid_code"]
        else:
            with pytest.raises(InputError) as refused:
                answer.result()
            assert refused.value.code == "catalogue-unknown"
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM incidents")) == kinds.count(None)


def test_reports_made_before_the_end_are_recorded(engine: Engine, cache: LocatorCache) -> None:
    intake = Intake(engine, cache)
    answers = [intake.report(PLANNER, Report("热线", str(n), **HERE)) for n in range(30)]
    intake.close()
    assert all(one.done() for one in answers)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM incidents")) == len(answers)


def test_a_database_that_cannot_be_reached_is_away(cache: LocatorCache) -> None:
    nowhere = create_engine("postgresql+psycopg2://nobody@127.0.0.1:1/nothing")
    intake = Intake(nowhere, cache)
    answer = intake.report(PLANNER, Report("热线", "1", **HERE))
    with pytest.raises(EnvironmentMissing) as away:
        answer.result()
    intake.close()
    assert away.value.code == "database-away"
    assert "refused" in str(away.value.params["reason"])


def test_a_connection_that_broke_is_opened_again(engine: Engine, intake: Intake) -> None:
    intake.report(PLANNER, Report("热线", "1", **HERE)).result()
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert intake.report(PLANNER, Report("热线", "2", **HERE)).result().incident["grid_code"]
