"""The database of an installation: one's own by ``DATABASE_URL``, else the private cluster; ready to use."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine

from data import migrate
from data.cluster import Cluster, check_server
from data.migrate import Report
from data.settings import Settings

POOL = 20
"""Connections a process keeps open; beyond it requests wait their turn instead of opening and closing more."""


def private_cluster(settings: Settings) -> Cluster:
    """The cluster that belongs to this installation (it may not be running)."""
    return Cluster(settings.state_dir / "pg")


def open_database(settings: Settings, progress: Report | None = None) -> Engine:
    """An engine on a checked and migrated database; the private cluster is started when it is needed.

    Raises EnvironmentMissing where there is no usable PostGIS, with the remedy.
    """
    url = settings.database_url or private_cluster(settings).up()
    check_server(url)
    engine = create_engine(url, pool_size=POOL, max_overflow=0, pool_pre_ping=True)
    migrate.upgrade(engine, progress)
    return engine
