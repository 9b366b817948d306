"""What we ask of any PostGIS, checked once at the start: better a clear refusal than silent wrong answers."""

from __future__ import annotations

import re

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from geo.errors import EnvironmentMissing

OLDEST_POSTGRES = 15
OLDEST_POSTGIS = (3, 3)
DRIVERS = ("postgresql", "postgresql+psycopg2")
CONNECT_TIMEOUT_S = 10

_FACTS = text("""
    select current_setting('server_version_num')::int / 10000 as postgres,
           pg_encoding_to_char(d.encoding) as encoding,
           d.datctype as ctype,
           (select coalesce(installed_version, default_version)
              from pg_available_extensions where name = 'postgis') as postgis
      from pg_database d where d.datname = current_database()
""")


def check_server(url: str) -> None:
    """Refuse a database that would not serve: PostgreSQL >= 15, PostGIS >= 3.3, UTF-8, a locale that knows letters.

    ``url`` is SQLAlchemy's. Raises EnvironmentMissing with the remedy; the address is shown without its password.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise EnvironmentMissing("database-url-malformed") from error
    if address.drivername not in DRIVERS:
        raise EnvironmentMissing("database-url-malformed")
    shown = address.render_as_string(hide_password=True)
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_TIMEOUT_S}
    )
    try:
        with engine.connect() as connection:
            _check(connection, shown)
    except DBAPIError as error:
        reason = str(error.orig).strip()
        raise EnvironmentMissing("database-unreachable", url=shown, reason=reason) from error


def _check(connection: Connection, shown: str) -> None:
    facts = connection.execute(_FACTS).one()
    if facts.postgres < OLDEST_POSTGRES:
        raise EnvironmentMissing(
            "database-old", url=shown, found=facts.postgres, needed=OLDEST_POSTGRES
        )
    if facts.postgis is None or postgis_version(facts.postgis) < OLDEST_POSTGIS:
        needed = ".".join(map(str, OLDEST_POSTGIS))
        raise EnvironmentMissing(
            "database-postgis", url=shown, found=facts.postgis or "-", needed=needed
        )
    if facts.encoding != "UTF8":
        raise EnvironmentMissing("database-encoding", url=shown, found=facts.encoding)
    # With ctype C, Chinese characters are no letters, and pg_trgm finds nothing in them.
    if facts.ctype in ("C", "POSIX"):
        raise EnvironmentMissing("database-locale", url=shown, found=facts.ctype)


def postgis_version(text: str) -> tuple[int, int]:
    """``3.3.2`` -> (3, 3); (0, 0) for what is no version."""
    found = re.match(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)
