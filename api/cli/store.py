"""The database that a command works with; a new private one is never made without a word."""

from __future__ import annotations

from sqlalchemy import Engine

from api.cli.console import err, translator
from data.database import open_database, private_cluster
from data.migrate import Report
from data.settings import Settings


def engine_of(settings: Settings, report: Report | None = None) -> Engine:
    """As `data.database.open_database`. A private database lies in the folder in which one works: whoever is in another
    one than last time would find everything gone, so it is said where a new one begins."""
    if settings.database_url is None:
        status = private_cluster(settings).status()
        if status.state == "absent":
            note = translator(settings.lang)("cli_db.begun", home=status.home)
            err.print(note, soft_wrap=True, markup=False)
    return open_database(settings, report)
