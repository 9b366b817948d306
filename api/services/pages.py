"""The state of the city and its coverage map, kept until the store has something newer to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock

from sqlalchemy import Connection, Engine, func, select

from api.services import overview
from api.services.overview import Overview
from data.settings import Settings
from data.store import grids
from data.tables import Building, EstateContact, Green, Incident, Line, PartyUnit, Post, Region
from maps.page import Page

Version = tuple[object, ...]
OLDEST = timedelta(minutes=10)
"""Nothing is shown older than this, whatever changed without leaving a trace in its version."""


class PageCache:
    """The city as it stands, and pages of it by language: one survey for all of them, so that the same number is
    everywhere. Safe to ask from several threads."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._seen: tuple[Version, Overview] | None = None
        self._pages: dict[str, tuple[Overview, Page]] = {}
        self._lock = Lock()

    def overview(self) -> Overview:
        """The present state."""
        with self._lock:
            return self._present()

    def coverage(self, lang: str) -> Page:
        """The coverage map of the present state, as served (its scripts and styles linked)."""
        with self._lock:
            seen = self._present()
            kept = self._pages.get(lang)
            if kept is not None and kept[0] is seen:
                return kept[1]
            page = overview.draw(seen, self._settings, lang=lang, self_contained=False)
            self._pages[lang] = (seen, page)
            return page

    def _present(self) -> Overview:
        now = datetime.now(UTC)
        with self._engine.connect() as connection:
            version = _version(connection)
            if self._seen is not None:
                known, seen = self._seen
                if known == version and now - seen.as_of < OLDEST:
                    return seen
            seen = overview.present(connection, self._settings, now=now)
        self._seen = (version, seen)
        return seen


def _version(connection: Connection) -> Version:
    newest = (
        Incident.recorded_at, Building.updated_at, Post.updated_at, PartyUnit.updated_at,
        EstateContact.updated_at,
        Region.updated_at, Line.id, Green.id,
    )  # fmt: skip
    return (grids.epoch(connection), *(connection.scalar(select(func.max(one))) for one in newest))
