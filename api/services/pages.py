"""The state of the city and its coverage map, kept until the store has something newer to show."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, select

from api.services import incident_tables, overview
from api.services.overview import Overview
from data.settings import Settings
from data.store import grids, news
from data.tables import (
    Building,
    Component,
    EstateContact,
    Green,
    Line,
    PartyUnit,
    Post,
    Region,
)
from maps.page import Page, Remote

Version = tuple[object, ...]
OLDEST = timedelta(minutes=10)
"""Nothing is shown older than this, whatever changed without leaving a trace in its version."""
QUICK_S, SHARE = 0.25, 20
"""Incidents that take longer to read are not read again before SHARE times as long has passed, though there are new
ones: a million of them, while the telephone rings, would keep the service reading."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The city at one look: what it was read by (places, incidents), when, and how long the incidents took when they
    were last read alone."""

    overview: Overview
    versions: tuple[Version, Version]
    read_at: tuple[datetime, datetime]
    cost_s: float

    @property
    def tokens(self) -> tuple[str, str]:
        """What addresses carry (places, incidents): no browser's copy outlives a change by more than OLDEST. The same
        in every process of a service."""
        places, incidents = zip(self.versions, self.read_at, strict=True)
        return _token(*places), _token(*incidents)


class PageCache:
    """The city as it stands, and pages of it: one survey for all of them, so that the same number is everywhere.
    Safe to ask from several threads."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._kept: Seen | None = None
        self._pages: dict[tuple[str, bool], tuple[Seen, Page]] = {}
        self._lock = Lock()

    def overview(self) -> Overview:
        """The present state."""
        return self.seen().overview

    def seen(self) -> Seen:
        """The present state, with what tells it from another."""
        with self._lock:
            return self._present()

    def coverage(self, lang: str, *, mailed: bool = False) -> Page:
        """The coverage map of the present state: as served, or as one file that may be mailed."""
        with self._lock:
            seen = self._present()
            kept = self._pages.get((lang, mailed))
            if kept is not None and kept[0] is seen:
                return kept[1]
            remote = None if mailed else _remote(seen)
            page = overview.draw(seen.overview, self._settings, lang=lang, remote=remote)
            self._pages[lang, mailed] = (seen, page)
            return page

    def _present(self) -> Seen:
        now = datetime.now(UTC)
        # One moment for all that is read, so that no two numbers of a page are of different times.
        with self._engine.connect().execution_options(isolation_level="REPEATABLE READ") as one:
            versions = _of_places(one), _of_incidents(one)
            kept = self._kept
            if kept is None or now - kept.read_at[0] >= OLDEST or kept.versions[0] != versions[0]:
                looked = overview.present(one, self._settings, now=now)
                cost_s = 0.0 if kept is None else kept.cost_s
                self._kept = Seen(looked, versions, (now, now), cost_s)
            elif kept.versions[1] != versions[1] and worth(now - kept.read_at[1], kept.cost_s):
                began = time.monotonic()
                looked = self._recounted(one, kept.overview, now)
                cost_s = time.monotonic() - began
                self._kept = Seen(looked, versions, (kept.read_at[0], now), cost_s)
            assert self._kept is not None
            return self._kept

    def _recounted(self, connection: Connection, seen: Overview, now: datetime) -> Overview:
        """The same places with the incidents as they are now."""
        zone = ZoneInfo(self._settings.timezone)
        incidents = incident_tables.of_store(connection, now=now, zone=zone)
        data = replace(seen.data, incidents=incidents.table, incidents_since=incidents.first)
        return replace(seen, data=data, incidents=incidents, as_of=now)


def worth(age: timedelta, cost_s: float) -> bool:
    """Whether incidents of an age are to be read again, now that there are new ones."""
    return cost_s < QUICK_S or age.total_seconds() > SHARE * cost_s


def _remote(seen: Seen) -> Remote:
    places, incidents = seen.tokens
    return Remote(
        buildings=f"/tiles/buildings/{{z}}/{{x}}/{{y}}?v={places}",
        incidents=f"/tiles/incidents/{{z}}/{{x}}/{{y}}?v={incidents}",
        places="/places/{code}",
        search="/places",
        listing="/incidents",
        reports="/reports/coverage",
        download="/coverage.html",
        desk="/dispatch",
    )


def _of_places(connection: Connection) -> Version:
    newest = (
        Building.updated_at, Component.updated_at, Post.updated_at, PartyUnit.updated_at, EstateContact.updated_at,
        Region.updated_at, Line.id, Green.id,
    )  # fmt: skip
    return (grids.epoch(connection), *(connection.scalar(select(func.max(one))) for one in newest))


def _of_incidents(connection: Connection) -> Version:
    """Incidents change their grid with the epoch; whatever else becomes of them is told the live list."""
    return (grids.epoch(connection), *news.stand(connection))


def _token(version: Version, read_at: datetime) -> str:
    said = repr((version, int(read_at.timestamp() // OLDEST.total_seconds())))
    return hashlib.sha256(said.encode()).hexdigest()[:12]
