"""Brings a database to the schema of this version."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from geo.errors import EnvironmentMissing

MIGRATIONS = Path(__file__).parent / "migrations"
EXTENSIONS = ("postgis", "btree_gist")
LOCK = 4490_0001
"""Advisory lock: two processes that start together migrate one after the other."""

Report = Callable[[str, int, int | None], None]


def upgrade(engine: Engine, progress: Report | None = None, *, to: str = "head") -> None:
    """Upgrade to revision ``to``; nothing happens where the schema is already there.

    Each step is one transaction. ``progress`` hears ("migrate", done, total). Raises EnvironmentMissing
    where PostGIS is not installed or this user may not create its extension.
    """
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        connection.commit()
        try:
            _extend(connection)
            _run(connection, to, progress)
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
            connection.commit()


def revision(engine: Engine) -> str | None:
    """The revision a database is at; None where it was never migrated."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision of this version."""
    return str(_steps().get_current_head())


@cache
def _steps() -> ScriptDirectory:
    """The migrations of this version; each is a module, and they are loaded anew for each of these."""
    return ScriptDirectory(str(MIGRATIONS))


def _extend(connection: Connection) -> None:
    found = text("SELECT count(*) FROM pg_extension WHERE extname = :name")
    for name in EXTENSIONS:
        if not connection.scalar(found, {"name": name}):
            try:
                connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {name}"))
            except DBAPIError as error:
                raise EnvironmentMissing(
                    "extension-missing", extension=name, reason=str(error.orig).strip()
                ) from error
    connection.commit()


def _run(connection: Connection, to: str, progress: Report | None) -> None:
    current = MigrationContext.configure(connection).get_current_revision()
    connection.commit()
    steps = [step.revision for step in _steps().iterate_revisions(to, current or "base")]
    for done, step in enumerate(reversed(steps)):
        if progress:
            progress("migrate", done, len(steps))
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, step)
        connection.commit()
    if progress and steps:
        progress("migrate", len(steps), len(steps))
