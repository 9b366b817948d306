"""Plans in force: one per community at any instant, published whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import Point
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from data.ids import uuid7
from data.store import frames, grids, incidents, news, plans
from geo.errors import Conflict, GeometryError, NotFound
from tests.data.store.conftest import EAST, WEST, town_plan

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def draft(connection: Connection, *communities: str, cut: float = 0.003) -> list[int]:
    plan = town_plan(cut=cut, communities=communities or (WEST, EAST))
    made = list(plans.create_drafts(connection, plan, created_by="test").values())
    connection.commit()
    return made


def put(connection: Connection, name: str, lng: float, **place: object) -> None:
    row = {
        "id": uuid7(),
        "source": "test",
        "source_id": name,
        "reported_at": datetime.now(UTC),
        "lng": lng,
        "lat": 31.045,
    }
    assert incidents.insert(connection, row | place, epoch=grids.epoch(connection))


def grid_of(connection: Connection, name: str) -> tuple[object, object, object]:
    row = incidents.find(connection, "test", name)
    assert row is not None
    return row["grid_code"], row["plan_id"], row["how"]


def test_shapes_come_back_byte_by_byte(connection: Connection, published: dict[str, int]) -> None:
    assert published
    sent = town_plan().grids.sort_values("code")
    kept = frames.grids(connection)
    assert list(kept["code"]) == list(sent["code"])
    assert list(shapely.to_wkb(kept.geometry)) == list(shapely.to_wkb(sent.geometry))
    assert list(kept["households"]) == [400] * 4


def test_a_second_plan_at_the_same_time_is_refused_by_the_database(
    connection: Connection, published: dict[str, int]
) -> None:
    assert published
    (second,) = draft(connection, WEST)
    force = "UPDATE plans SET status = 'scheduled', valid = tstzrange('2000-01-01', NULL) WHERE id = :id"
    with pytest.raises(IntegrityError, match="ex_plans_one_at_a_time"):
        connection.execute(text(force), {"id": second})


def test_retiring_ends_where_the_successor_starts(
    connection: Connection, published: dict[str, int]
) -> None:
    new = draft(connection)
    done = plans.publish(connection, new, by="planner")
    connection.commit()
    assert done.retired == tuple(sorted(published.values()))
    assert done.epoch == 2
    ends = text(
        "SELECT count(*) FROM plans o JOIN plans n ON upper(o.valid) = lower(n.valid)"
        " AND o.community_code = n.community_code WHERE o.status = 'retired'"
        " AND n.status = 'published' AND upper_inf(n.valid)"
    )
    assert connection.scalar(ends) == 2
    before = frames.grids(connection, at=done.moment - timedelta(microseconds=1))
    after = frames.grids(connection, at=done.moment)
    assert set(before["plan_id"]) == set(published.values())
    assert set(after["plan_id"]) == set(new)
    assert set(grids.published(connection)["plan_id"]) == set(new)


def test_history_can_be_handed_over_but_not_over_a_plan_in_force(
    connection: Connection, published: dict[str, int]
) -> None:
    assert published
    new = draft(connection, WEST)
    with pytest.raises(Conflict, match="plan-backdated"):
        plans.publish(connection, new, by="test", since=LONG_AGO)


def test_what_cannot_be_published(connection: Connection, published: dict[str, int]) -> None:
    with pytest.raises(NotFound, match="plan-unknown"):
        plans.publish(connection, [10**6], by="test")
    connection.rollback()
    with pytest.raises(Conflict, match="plan-not-draft"):
        plans.publish(connection, [published[WEST]], by="test")
    connection.rollback()
    two = draft(connection, WEST) + draft(connection, WEST)
    with pytest.raises(Conflict, match="plan-twice"):
        plans.publish(connection, two, by="test")


def test_a_grid_code_in_force_elsewhere_is_refused(
    connection: Connection, published: dict[str, int]
) -> None:
    assert published
    plan = town_plan(communities=(WEST,))
    plan.grids["code"] = [f"{EAST}001", f"{EAST}009"]
    plan.blocks["grid_code"] = plan.grids["code"]
    (second,) = plans.create_drafts(connection, plan, created_by="test").values()
    with pytest.raises(Conflict, match="grid-code-in-force"):
        plans.publish(connection, [second], by="test")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plan_grids SET name = 'x' WHERE plan_id = :id",
        "DELETE FROM plan_grids WHERE plan_id = :id",
        "DELETE FROM blocks WHERE plan_id = :id",
        "INSERT INTO blocks (plan_id, block_id, geom) SELECT plan_id, 'x', geom FROM plan_grids"
        " WHERE plan_id = :id LIMIT 1",
        "DELETE FROM plans WHERE id = :id",
    ],
)
def test_a_published_plan_is_immutable(
    connection: Connection, published: dict[str, int], statement: str
) -> None:
    with pytest.raises(DBAPIError, match="not a draft"):
        connection.execute(text(statement), {"id": published[WEST]})


def test_a_draft_can_be_thrown_away(connection: Connection, published: dict[str, int]) -> None:
    assert published
    (second,) = draft(connection, WEST)
    connection.execute(text("DELETE FROM plans WHERE id = :id"), {"id": second})
    left = text("SELECT count(*) FROM blocks WHERE plan_id = :id")
    assert connection.scalar(left, {"id": second}) == 0


def test_open_incidents_follow_and_closed_ones_keep_their_history(
    connection: Connection, published: dict[str, int]
) -> None:
    first = {"grid_code": f"{WEST}001", "plan_id": published[WEST], "how": "inside"}
    put(connection, "open", 116.954, **first)
    put(connection, "closed", 116.954, **first)
    put(connection, "unmoved", 116.951, **first)
    put(connection, "outside", 116.99, how="outside", nearest_code=f"{EAST}002", nearest_m=1908.0)
    row = incidents.find(connection, "test", "closed")
    assert row is not None
    assert incidents.close(connection, row["id"])
    (second,) = draft(connection, WEST)
    seen = news.here(connection)
    done = plans.publish(connection, [second], by="test")
    connection.commit()
    assert news.look(connection, seen).many
    assert grid_of(connection, "open") == (f"{WEST}002", second, "inside")
    assert grid_of(connection, "closed") == (f"{WEST}001", published[WEST], "inside")
    assert grid_of(connection, "unmoved") == (f"{WEST}001", second, "inside")
    assert grid_of(connection, "outside") == (None, None, "outside")
    assert done.moved_incidents == 1
    versions = {
        name: row["version"]
        for name in ("open", "closed", "unmoved", "outside")
        if (row := incidents.find(connection, "test", name)) is not None
    }
    assert versions == {"open": 1, "closed": 1, "unmoved": 0, "outside": 0}


def test_killed_in_the_middle_nothing_is_half_published(
    engine: Engine, connection: Connection, published: dict[str, int]
) -> None:
    new = draft(connection)
    with engine.connect() as doomed:
        plans.publish(doomed, new, by="test")
        pid = doomed.scalar(text("SELECT pg_backend_pid()"))
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        connection.commit()
        with pytest.raises(DBAPIError):
            doomed.commit()
            doomed.execute(text("SELECT 1"))
        doomed.invalidate()
    assert grids.epoch(connection) == 1
    assert set(frames.grids(connection)["plan_id"]) == set(published.values())
    drafts = text("SELECT count(*) FROM plans WHERE status = 'draft' AND id = ANY(:ids)")
    assert connection.scalar(drafts, {"ids": new}) == 2


def test_twenty_thousand_buildings_go_in_by_copy(
    connection: Connection, published: dict[str, int]
) -> None:
    from data.store import buildings

    assert published
    rng = np.random.default_rng(1)
    points = [Point(x, 31.045) for x in rng.uniform(116.95, 116.97, 20_000)]
    frame = gpd.GeoDataFrame(
        {"building_id": [f"b{n}" for n in range(20_000)], "households": 3},
        geometry=points,
        crs="EPSG:4490",
    )
    frame.loc[0, "building_id"] = '引号"、逗号,与\n换行'
    assert buildings.merge(connection, frame).added == 20_000
    again = buildings.merge(connection, frame.assign(households=4))
    assert (again.added, again.updated) == (0, 20_000)
    kept = frames.buildings(connection)
    assert set(kept["building_id"]) == set(frame["building_id"])
    assert set(kept["households"]) == {4}


def test_a_grid_that_nothing_can_be_located_in_never_comes_into_force(
    connection: Connection, published: dict[str, int]
) -> None:
    assert published
    plan = town_plan(communities=(WEST,))
    bow_tie = shapely.Polygon([(116.95, 31.04), (116.96, 31.05), (116.96, 31.04), (116.95, 31.05)])
    plan.grids.loc[0, "geometry"] = bow_tie
    (second,) = plans.create_drafts(connection, plan, created_by="test").values()
    with pytest.raises(GeometryError, match="polygon-invalid"):
        plans.publish(connection, [second], by="test")
