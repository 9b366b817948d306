"""What the store promises (docs/architecture.md: words, flows), held by the database itself against a hand at psql."""

from __future__ import annotations

import re
import time
from uuid import RFC_4122

import pytest
import shapely
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from data.ids import uuid7
from data.store import frames, grids, plans, regions
from data.tables import Base
from tests.data.store.conftest import EAST, WEST, town_plan


def refused(connection: Connection, statement: str, why: str, **values: object) -> None:
    """The database must refuse this, naming why; the transaction goes on."""
    with pytest.raises(DBAPIError, match=re.escape(why)), connection.begin_nested():
        connection.execute(text(statement), values)


def drafted(connection: Connection, code: str = WEST) -> int:
    plan = town_plan(cut=0.003, communities=(code,))
    return plans.create_drafts(connection, plan, created_by="test")[code]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE plan_grids SET plan_id = :draft, code = code || 'x' WHERE plan_id = :id",
        "UPDATE blocks SET plan_id = :draft, block_id = block_id || 'x', grid_code = NULL WHERE plan_id = :id",
        "UPDATE blocks SET grid_code = NULL WHERE plan_id = :id",
        "UPDATE plans SET status = 'draft', valid = NULL WHERE id = :id",
        "UPDATE plans SET name = 'x' WHERE id = :id",
        "UPDATE plans SET community_code = '340881001002' WHERE id = :id",
        "UPDATE plans SET valid = tstzrange('2001-01-01', NULL) WHERE id = :id",
        "UPDATE plans SET published_by = 'x' WHERE id = :id",
    ],
)
def test_nothing_leaves_or_changes_a_published_plan(
    connection: Connection, published: dict[str, int], change: str
) -> None:
    draft = drafted(connection)
    refused(connection, change, "not a draft", id=published[WEST], draft=draft)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE plans SET status = 'published', valid = tstzrange(lower(valid), NULL) WHERE id = :id",
        "UPDATE plans SET status = 'draft', valid = NULL WHERE id = :id",
        "UPDATE plans SET valid = tstzrange(lower(valid), '2099-01-01') WHERE id = :id",
        "DELETE FROM plans WHERE id = :id",
    ],
)
def test_what_is_over_stays_as_it_was(
    connection: Connection, published: dict[str, int], change: str
) -> None:
    plans.publish(connection, [drafted(connection)], by="test")
    refused(connection, change, "is retired, not a draft", id=published[WEST])


@pytest.mark.parametrize("table", ["plans", "plan_grids", "blocks", "plan_epoch"])
def test_plans_cannot_be_emptied(
    connection: Connection, published: dict[str, int], table: str
) -> None:
    assert published
    with pytest.raises(DBAPIError, match=r"cannot be emptied|only grows"):
        connection.execute(text(f"TRUNCATE {table} CASCADE"))


def test_a_scheduled_plan_can_be_called_off_or_put_in_force(
    connection: Connection, published: dict[str, int]
) -> None:
    schedule = text(
        "UPDATE plans SET status = 'scheduled', valid = tstzrange('2099-01-01', NULL) WHERE id = :id"
    )
    until = text("UPDATE plans SET valid = tstzrange(lower(valid), '2099-01-01') WHERE id = :id")
    draft = drafted(connection)
    refused(connection, str(schedule), "ex_plans_one_at_a_time", id=draft)
    connection.execute(until, {"id": published[WEST]})
    connection.execute(schedule, {"id": draft})
    refused(connection, "DELETE FROM blocks WHERE plan_id = :id", "not a draft", id=draft)
    refused(connection, "UPDATE plans SET seed = 7 WHERE id = :id", "not a draft", id=draft)
    off = text("UPDATE plans SET status = 'draft', valid = NULL WHERE id = :id")
    connection.execute(off, {"id": draft})
    connection.execute(schedule, {"id": draft})
    plans.publish(connection, [draft], by="test")
    assert plans.in_force(connection) == {WEST: draft, EAST: published[EAST]}


@pytest.mark.parametrize("status", ["scheduled", "published", "retired"])
def test_one_plan_of_a_community_at_any_instant(
    connection: Connection, published: dict[str, int], status: str
) -> None:
    assert published
    refused(
        connection,
        "UPDATE plans SET status = :status, valid = tstzrange('2020-01-01', '2099-01-01'),"
        " published_at = now(), published_by = 'x' WHERE id = :id",
        "ex_plans_one_at_a_time",
        id=drafted(connection),
        status=status,
    )


@pytest.mark.parametrize("bounds", ["[]", "(]", "()"])
def test_a_plan_runs_from_its_first_instant_until_just_before_the_next(
    connection: Connection, published: dict[str, int], bounds: str
) -> None:
    assert published
    refused(
        connection,
        "UPDATE plans SET status = 'scheduled',"
        " valid = tstzrange('1999-01-01', '2000-01-01', :bounds) WHERE id = :id",
        "valid_half_open",
        id=drafted(connection),
        bounds=bounds,
    )


def test_who_published_is_known(connection: Connection, published: dict[str, int]) -> None:
    assert published
    refused(
        connection,
        "UPDATE plans SET status = 'retired', valid = tstzrange('1999-01-01', '2000-01-01')"
        " WHERE id = :id",
        "published_by_somebody",
        id=drafted(connection),
    )


def test_a_plan_is_of_a_community(connection: Connection, published: dict[str, int]) -> None:
    assert published
    made = "INSERT INTO plans (community_code, created_by) VALUES (:code, 'test')"
    refused(connection, made, "is no community", code="340881001")
    moved = "UPDATE plans SET community_code = '340881001' WHERE id = :id"
    refused(connection, moved, "is no community", id=drafted(connection))
    lifted = "UPDATE regions SET level = 'street', kind = 'street' WHERE code = :code"
    refused(connection, lifted, "remains a community", code=WEST)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE plan_epoch SET n = n - 1",
        "UPDATE plan_epoch SET n = n",
        "DELETE FROM plan_epoch",
        "INSERT INTO plan_epoch (id, n) VALUES (2, 99)",
    ],
)
def test_there_is_one_epoch_and_it_grows(
    connection: Connection, published: dict[str, int], change: str
) -> None:
    assert published
    refused(connection, change, "single" if "INSERT" in change else "only grows")
    assert grids.epoch(connection) == 1


AT = "ST_SetSRID(ST_Point(116.951, 31.045), 4490)"


@pytest.mark.parametrize(
    ("place", "grid", "why"),
    [
        ("NULL, 'inside'", WEST + "001", "how_of_point"),
        (f"{AT}, NULL", None, "how_of_point"),
        (f"{AT}, 'inside'", None, "how_tells_grid"),
        (f"{AT}, 'outside'", WEST + "001", "how_tells_grid"),
        (f"{AT}, 'inside'", WEST + "999", "fk_incidents_plan_id_grid_code"),
        ("ST_SetSRID(ST_Point(116.951, 31.045), 4326), 'outside'", None, "SRID"),
    ],
)
def test_an_incident_is_located_exactly_if_its_place_is_known(
    connection: Connection, published: dict[str, int], place: str, grid: str | None, why: str
) -> None:
    refused(
        connection,
        "INSERT INTO incidents (id, source, source_id, reported_at, point, how, grid_code, plan_id)"
        f" VALUES (gen_random_uuid(), 't', '1', now(), {place}, :grid, :plan)",
        why,
        grid=grid,
        plan=None if grid is None else published[WEST],
    )


def test_every_shape_is_4490_with_its_index_and_every_moment_has_a_zone(
    connection: Connection,
) -> None:
    shapes = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if getattr(column.type, "srid", None) is not None
    }
    told = connection.execute(
        text("SELECT f_table_name, f_geometry_column, srid FROM geometry_columns")
    )
    assert {tuple(row) for row in told} == {(*shape, 4490) for shape in shapes}
    indexed = connection.execute(
        text(
            "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
            " WHERE m.amname = 'gist' AND c.relname <> 'plans'"
        )
    )
    delivered = {("regions", "source_geom")}  # kept, never searched
    assert {tuple(row) for row in indexed} == shapes - delivered
    zoneless = text(
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public'"
        " AND data_type IN ('timestamp without time zone', 'date', 'time without time zone')"
        " AND column_name NOT IN ('as_of', 'day')"  # days of the city: nobody knows the hour
    )
    assert connection.scalar(zoneless) == 0


def test_a_redrawn_grid_names_those_before_it(
    connection: Connection, published: dict[str, int]
) -> None:
    assert published
    plan = town_plan(cut=0.003, communities=(WEST,))
    plan.grids["lineage"] = [f"{WEST}001", f"{WEST}001 {WEST}002"]
    (second,) = plans.create_drafts(connection, plan, created_by="test").values()
    plans.publish(connection, [second], by="test")
    told = text("SELECT predecessors FROM plan_grids WHERE plan_id = :id ORDER BY code")
    assert list(connection.scalars(told, {"id": second})) == [
        [f"{WEST}001"],
        [f"{WEST}001", f"{WEST}002"],
    ]
    assert len(frames.grids(connection)) == 4


def test_the_delivered_outline_stays_beside_the_noded_one(
    connection: Connection, published: dict[str, int]
) -> None:
    assert published
    noded = frames.regions(connection, level="community")
    noded.geometry = [shapely.segmentize(shape, 0.002) for shape in noded.geometry]
    both = text(
        "SELECT ST_AsBinary(geom), ST_AsBinary(source_geom) FROM regions"
        " WHERE level = 'community' ORDER BY code"
    )
    before = [bytes(row[1]) for row in connection.execute(both)]
    regions.set_outlines(connection, noded)
    assert [(bytes(row[0]), bytes(row[1])) for row in connection.execute(both)] == [
        (shape, source)
        for shape, source in zip(shapely.to_wkb(noded.geometry.array), before, strict=True)
    ]


def test_ids_of_incidents_are_of_version_7_and_tell_when() -> None:
    before = time.time_ns() // 1_000_000
    ids = [uuid7() for _ in range(100)]
    after = time.time_ns() // 1_000_000
    assert {(one.version, one.variant) for one in ids} == {(7, RFC_4122)}
    assert all(before <= one.int >> 80 <= after for one in ids)
    assert len(set(ids)) == 100
