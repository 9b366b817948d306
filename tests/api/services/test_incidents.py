"""Reporting an incident: grid and people out, once per source and number, never into a retired grid."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pandas as pd
import pytest
from sqlalchemy import Engine, text

from api.services import incidents, plans
from api.services.actor import Actor, Role
from api.services.incidents import Report, report
from api.services.locating import LocatorCache
from data.store import posts, regions
from geo.crs import parse_datum
from geo.errors import Conflict, DatumError, Forbidden, InputError
from geo.model import How
from tests.data.store.conftest import EAST, WEST, town, town_plan

PLANNER = Actor("planner")
HERE = {"lng": 116.954, "lat": 31.045}


@pytest.fixture
def town_engine(engine: Engine) -> Engine:
    with engine.begin() as connection:
        regions.merge(connection, town())
        drafts = plans.store_city_plan(connection, town_plan(), actor=PLANNER)
        plans.publish_within(connection, drafts.values(), actor=PLANNER)
        people = pd.DataFrame(
            [{"kind": "A", "person": "张三", "phone": "1", "grid_code": f"{WEST}001"}]
        )
        posts.merge(connection, people)
    return engine


def redraw(engine: Engine, cut: float) -> None:
    with engine.begin() as connection:
        drafts = plans.store_city_plan(connection, town_plan(cut=cut), actor=PLANNER)
    plans.publish(engine, drafts.values(), actor=PLANNER)


def test_a_report_gets_its_grid_and_its_officer(town_engine: Engine) -> None:
    done = report(town_engine, LocatorCache(town_engine), PLANNER, Report("热线", "1", **HERE))
    assert done.answer is not None
    assert done.answer.grid is not None
    assert done.answer.grid.code == f"{WEST}001"
    assert done.answer.grid.community_name == "西社区"
    assert [(person.name, person.duty) for person in done.answer.people] == [("张三", "A")]
    assert done.answer.how is How.INSIDE
    assert done.incident["grid_code"] == f"{WEST}001"
    assert done.incident["raw_datum"] == "wgs84"


def test_on_the_border_the_lowest_code_and_outside_the_nearest(town_engine: Engine) -> None:
    cache = LocatorCache(town_engine)
    border = report(town_engine, cache, PLANNER, Report("热线", "2", lng=116.96, lat=31.045))
    assert border.incident["how"] == "boundary"
    assert border.incident["grid_code"] == f"{WEST}002"
    outside = report(town_engine, cache, PLANNER, Report("热线", "3", lng=116.98, lat=31.045))
    assert outside.incident["grid_code"] is None
    assert outside.incident["nearest_code"] == f"{EAST}002"
    assert outside.incident["nearest_m"] == pytest.approx(955, abs=5)


def test_a_declared_datum_is_undone_and_kept(town_engine: Engine) -> None:
    said = Report("热线", "4", lng=116.9595, lat=31.043, datum=parse_datum("gcj02"))
    done = report(town_engine, LocatorCache(town_engine), PLANNER, said)
    assert done.incident["raw_x"] == 116.9595
    assert done.incident["raw_datum"] == "gcj02"
    assert done.incident["lng"] == pytest.approx(116.9595 - 0.0053, abs=5e-4)


def test_the_same_source_and_number_is_the_same_incident(town_engine: Engine) -> None:
    cache = LocatorCache(town_engine)
    with ThreadPoolExecutor(8) as pool:
        said = [Report("热线", "5", **HERE)] * 16
        done = list(pool.map(lambda one: report(town_engine, cache, PLANNER, one), said))
    assert len({one.incident["id"] for one in done}) == 1
    assert sorted(one.repeated for one in done) == [False] + [True] * 15


def test_a_place_unknown_is_kept(town_engine: Engine) -> None:
    done = report(town_engine, LocatorCache(town_engine), PLANNER, Report("热线", place="农行对面"))
    assert done.answer is None
    assert done.incident["how"] is None
    assert done.incident["source_id"] == str(done.incident["id"])


def test_without_any_plan_everything_is_outside(engine: Engine) -> None:
    done = report(engine, LocatorCache(engine), PLANNER, Report("热线", "1", **HERE))
    assert done.answer is not None
    assert done.answer.nearest is None
    assert done.incident["how"] == "outside"


def test_what_cannot_be_reported(town_engine: Engine) -> None:
    cache = LocatorCache(town_engine)
    with pytest.raises(InputError, match="place-half"):
        report(town_engine, cache, PLANNER, Report("热线", lng=1.0))
    with pytest.raises(DatumError):
        report(town_engine, cache, PLANNER, Report("热线", lng=400.0, lat=31.0))
    with pytest.raises(InputError, match="time-without-zone"):
        report(town_engine, cache, PLANNER, Report("热线", reported_at=datetime(2026, 3, 1)))
    with pytest.raises(InputError, match="catalogue-unknown"):
        report(town_engine, cache, PLANNER, Report("热线", catalogue_code="nope"))
    with pytest.raises(Forbidden, match="role-missing"):
        report(town_engine, cache, Actor("guest", Role.READER), Report("热线", **HERE))


def test_a_stale_cache_never_writes_a_retired_grid(town_engine: Engine) -> None:
    cache = LocatorCache(town_engine)
    assert cache.current().n == 1
    redraw(town_engine, 0.003)
    assert cache.current().n == 1, "the memory is old on purpose"
    done = report(town_engine, cache, PLANNER, Report("热线", "6", **HERE))
    assert done.incident["grid_code"] == f"{WEST}002"
    assert cache.current().n == 2


def test_reports_under_constant_publishing_all_lie_in_the_grids_in_force(
    town_engine: Engine,
) -> None:
    cache = LocatorCache(town_engine)

    def hurry(number: int) -> None:
        lng = 116.951 + 0.018 * number / 60
        report(town_engine, cache, PLANNER, Report("热线", f"r{number}", lng=lng, lat=31.045))

    with ThreadPoolExecutor(5) as pool:
        jobs = [pool.submit(hurry, number) for number in range(60)]
        for turn in range(6):
            redraw(town_engine, 0.003 if turn % 2 else 0.006)
        for job in jobs:
            job.result()
    wrong = text(
        "SELECT count(*) FROM incidents i LEFT JOIN plans p ON p.id = i.plan_id AND p.status = 'published'"
        " LEFT JOIN plan_grids g ON g.plan_id = p.id AND g.code = i.grid_code"
        " AND ST_Covers(g.geom, i.point) WHERE g.code IS NULL"
    )
    with town_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM incidents")) == 60
        assert connection.scalar(wrong) == 0


def test_pages(town_engine: Engine) -> None:
    cache = LocatorCache(town_engine)
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    for number in range(5):
        report(town_engine, cache, PLANNER, Report("热线", str(number), reported_at=moment, **HERE))
    seen: list[str] = []
    cursor = None
    while True:
        page = incidents.listing(town_engine, cursor=cursor, limit=2)
        seen += [item["source_id"] for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == list("01234")
    with pytest.raises(InputError, match="cursor-malformed"):
        incidents.listing(town_engine, cursor="1.x")


def test_blocking_findings_refuse_a_publication_whole(town_engine: Engine) -> None:
    torn = town_plan()
    torn.grids.loc[0, "geometry"] = torn.grids.geometry[0].buffer(-0.001)
    with town_engine.begin() as connection:
        drafts = plans.store_city_plan(connection, torn, actor=PLANNER)
    with pytest.raises(Conflict, match="plan-blocked"):
        plans.publish(town_engine, drafts.values(), actor=PLANNER)
    with town_engine.connect() as connection:
        assert connection.scalar(text("SELECT n FROM plan_epoch")) == 1
        count = text("SELECT count(*) FROM plans WHERE status = 'published' AND id <> ALL(:ids)")
        assert connection.scalar(count, {"ids": list(drafts.values())}) == 2


def test_an_actor_stays_in_its_territory(town_engine: Engine) -> None:
    with town_engine.begin() as connection, pytest.raises(Forbidden, match="territory-left"):
        plans.store_city_plan(connection, town_plan(), actor=Actor("x", territory=WEST))
