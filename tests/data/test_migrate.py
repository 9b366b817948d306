"""The schema's history: from nothing and from every released schema to what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from data import migrate
from data.tables import Base

FIRST_SCHEMA_FILLED = Path(__file__).with_name("first_schema_filled.sql")

COLUMNS = """SELECT table_name, column_name, udt_name, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public'"""
CONSTRAINTS = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
SHAPES = "SELECT f_table_name, f_geometry_column, type, srid FROM geometry_columns"
FOREIGN = {"spatial_ref_sys", "alembic_version", "geometry_columns", "geography_columns"}


@pytest.fixture
def bare(empty_db_url: str) -> Iterator[Engine]:
    engine = create_engine(empty_db_url, poolclass=NullPool)
    yield engine
    engine.dispose()


def described(engine: Engine) -> dict[str, set[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            query: {tuple(row) for row in connection.execute(text(query)) if row[0] not in FOREIGN}
            for query in (COLUMNS, CONSTRAINTS, INDEXES, SHAPES)
        }


def test_migrated_database_is_what_the_models_say(bare: Engine, engine: Engine) -> None:
    with bare.begin() as connection:
        for extension in migrate.EXTENSIONS:
            connection.execute(text(f"CREATE EXTENSION {extension}"))
        Base.metadata.create_all(connection)
    assert described(engine) == described(bare)


def test_alembic_sees_nothing_to_migrate(engine: Engine) -> None:
    def ours(_object: object, name: str | None, *_rest: object) -> bool:
        return name != "spatial_ref_sys"

    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_tells_its_steps_and_does_nothing_twice(bare: Engine) -> None:
    heard: list[tuple[str, int, int | None]] = []
    assert migrate.revision(bare) is None
    migrate.upgrade(bare, lambda *step: heard.append(step))
    assert heard[0][:2] == ("migrate", 0)
    assert heard[-1][1] == heard[-1][2]
    assert migrate.revision(bare) == migrate.head()
    heard.clear()
    migrate.upgrade(bare, lambda *step: heard.append(step))
    assert heard == []


def test_a_filled_first_schema_upgrades_and_keeps_every_row(bare: Engine) -> None:
    migrate.upgrade(bare, to="0001")
    with bare.begin() as connection, connection.connection.cursor() as cursor:
        cursor.execute(FIRST_SCHEMA_FILLED.read_text("utf-8"))
    before = counted(bare)
    assert all(count > 0 for count in before.values()), before
    migrate.upgrade(bare)
    after = counted(bare)
    assert {name: after[name] for name in before} == before
    assert after["greens"] == after["estate_contacts"] == after["components"] == 0
    with bare.connect() as connection:
        officers = "SELECT count(*) FROM posts WHERE person IS NOT NULL AND leave IS NULL"
        assert connection.scalar(text(officers)) == before["posts"]
        assert connection.scalar(text("SELECT count(*) FROM buildings WHERE units IS NULL")) == 1
        for table in ("buildings", "posts", "party_units"):
            dated = f"SELECT count(*) FROM {table} WHERE as_of IS NOT NULL"
            assert connection.scalar(text(dated)) == 0, "nobody told when these were verified"
        since = "SELECT published_at = lower(valid) AND published_by = 'planner' FROM plans"
        assert connection.scalar(text(since)), "it was told by whom, not when"
    assert migrate.revision(bare) == migrate.head()


def counted(engine: Engine) -> dict[str, int]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with engine.connect() as connection:
        names = set(connection.scalars(text(query))) - FOREIGN
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in names
        }
