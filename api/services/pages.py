"""The coverage map of the store, kept until the store has something newer to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock

from sqlalchemy import Engine, func, select

from api.services import overview
from data.demo import SOURCE
from data.settings import Settings
from data.store import grids
from data.tables import Building, Incident
from geo.codes import Profile
from geo.model import SizeRule
from maps.page import Page

Version = tuple[object, ...]
OLDEST = timedelta(minutes=10)
"""A page is never shown older than this, whatever changed without leaving a trace in its version."""


class PageCache:
    """Pages by language. Safe to ask from several threads; a page is made once."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._pages: dict[str, tuple[Version, datetime, Page]] = {}
        self._lock = Lock()

    def coverage(self, lang: str) -> Page:
        """The coverage map of the present state, as served (its scripts and styles linked)."""
        now = datetime.now(UTC)
        with self._lock, self._engine.connect() as connection:
            version = (
                grids.epoch(connection),
                connection.scalar(select(func.max(Incident.recorded_at))),
                connection.scalar(select(func.max(Building.updated_at))),
            )
            kept = self._pages.get(lang)
            if kept is not None and kept[0] == version and now - kept[1] < OLDEST:
                return kept[2]
            seen = overview.survey(
                connection,
                rule=SizeRule(),
                profile=Profile(self._settings.profile),
                now=now,
                demo_source=SOURCE,
            )
            page = overview.draw(seen, self._settings, lang=lang, self_contained=False)
            self._pages[lang] = (version, now, page)
            return page
