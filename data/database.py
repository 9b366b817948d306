"""The database of an installation: one's own by ``DATABASE_URL``, else the private cluster; ready to use."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from data import migrate
from data.cluster import Cluster, check_server
from data.migrate import Report
from data.settings import Settings

POOL, LEAST_POOL = 20, 4
"""Connections that the processes of a service keep open together, and each at least; beyond it requests wait their turn
instead of opening and closing more."""


PLAIN_CONNECTIONS: dict[str, Any] = {"use_native_hstore": False}
"""Each connection would ask first what number the type hstore has, which nothing here uses."""


def private_cluster(settings: Settings) -> Cluster:
    """The cluster that belongs to this installation (it may not be running)."""
    return Cluster(settings.state_dir / "pg")


def open_database(settings: Settings, progress: Report | None = None) -> Engine:
    """An engine on a checked and migrated database; the private cluster is started when it is needed.

    Raises EnvironmentMissing where there is no usable PostGIS, with the remedy.
    """
    url = settings.database_url or private_cluster(settings).up()
    check_server(url)
    size = max(LEAST_POOL, POOL // settings.workers)
    engine = create_engine(
        url, pool_size=size, max_overflow=0, pool_pre_ping=True, **PLAIN_CONNECTIONS
    )
    event.listen(engine, "connect", _durable)
    try:
        migrate.upgrade(engine, progress)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _durable(driver: Any, _record: object) -> None:
    """What we say is recorded is on disk, whatever the server or role has been told to do without."""
    with driver.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        )
    driver.commit()


def is_away(error: DBAPIError) -> bool:
    """Whether the database is gone, going or coming, which passes; else it complains of what it was asked.

    A server that dies midway shows as any of the driver's errors; that the connection is lost then tells.
    """
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
