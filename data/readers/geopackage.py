"""What a GeoPackage may hold: it is a database, and a view in it is a program that runs when it is counted or read."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from geo.errors import FileUnreadable

_PROGRAMS = (
    "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid"
)
"""Triggers are never run, for nothing is written; every GeoPackage has some for its index of space."""
_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\s+TABLE\s.*?\sUSING\s+[\"'`\[]?(\w+)", re.I | re.S)


def refuse_programs(path: Path, name: str) -> None:
    """FileUnreadable "gpkg-view" for one with views (they may never end), or tables that are read from elsewhere. Only
    the schema is looked at, nothing of it is run."""
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            told = database.execute(_PROGRAMS).fetchall()
    except sqlite3.DatabaseError as error:
        raise FileUnreadable("file-broken", file=name, reason=str(error)[:200]) from error
    for called, kind, sql in told:
        virtual = _VIRTUAL.match(str(sql or ""))
        if kind == "view" or (virtual and virtual[1].lower() != "rtree"):
            raise FileUnreadable("gpkg-view", file=name, view=str(called)[:100])
