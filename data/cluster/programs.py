"""Debian's PostgreSQL server programs."""

from __future__ import annotations

from pathlib import Path

from geo.errors import EnvironmentMissing

OLDEST = 15
PROGRAMS = Path("/usr/lib/postgresql")
SHARED = Path("/usr/share/postgresql")
INSTALL = "apt-get install -y --no-install-recommends postgresql postgresql-15-postgis-3"


def find_programs(version: str | None = None) -> Path:
    """The folder of the newest server programs that have PostGIS; of exactly ``version`` where data exist already.

    Raises EnvironmentMissing, with the line to run, where there are none.
    """
    fitting = [number for number in _installed() if version in (None, str(number))]
    if fitting:
        return PROGRAMS / str(max(fitting)) / "bin"
    if version is not None:
        raise EnvironmentMissing(
            "cluster-version", version=version, command=INSTALL.replace("15", version)
        )
    raise EnvironmentMissing("postgis-missing", command=INSTALL)


def _installed() -> list[int]:
    """Major versions that are new enough and have both server and PostGIS."""
    numbers = [int(folder.name) for folder in PROGRAMS.glob("*") if folder.name.isdigit()]
    return [
        number
        for number in numbers
        if number >= OLDEST
        and (PROGRAMS / str(number) / "bin" / "pg_ctl").exists()
        and (SHARED / str(number) / "extension" / "postgis.control").exists()
    ]
