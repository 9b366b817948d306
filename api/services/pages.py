"""The state of the city and its coverage map, kept until the store has something newer to show."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from api.services import incident_tables, overview
from api.services.overview import Overview
from data.settings import Settings
from data.store import city_changes, grids, news
from geo.errors import WanggeError
from maps.page import Page, Remote

Version = tuple[object, ...]

_log = logging.getLogger(__name__)

OLDEST = timedelta(minutes=10)
"""Nothing is shown older than this, whatever changed without leaving a trace in its version."""
WARM_S = 1.0
"""How long a service that has just started is left alone before the first page is made beforehand."""
CLOSE_S = 5.0
"""So long a stopping service waits for what is made in the background."""
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

    def shows(self, versions: tuple[Version, Version], now: datetime) -> bool:
        """Whether that is the city, or near enough for incidents that take long to read."""
        same = self.versions[1] == versions[1] or not worth(now - self.read_at[1], self.cost_s)
        return self.versions[0] == versions[0] and same

    @property
    def tokens(self) -> tuple[str, str]:
        """What addresses carry (places, incidents): no browser's copy outlives a change by more than OLDEST. The same
        in every process of a service."""
        places, incidents = zip(self.versions, self.read_at, strict=True)
        return _token(*places), _token(*incidents)


class PageCache:
    """The city as it stands, and pages of it: one survey for all of them, so that the same number is everywhere.
    Safe to ask from several threads.

    Who asks first, or first after a change, waits until it is made, and `warm` makes it beforehand. What only grows old
    is made anew aside, as long as somebody asks; meanwhile the former is shown.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._kept: Seen | None = None
        self._pages: dict[tuple[str, bool], tuple[Seen, Page]] = {}
        self._making, self._drawing = Lock(), Lock()
        self._aside: Thread | None = None
        self._closing = Event()

    def overview(self) -> Overview:
        """The present state."""
        return self.seen().overview

    def seen(self) -> Seen:
        """The present state, with what tells it from another."""
        kept, now = self._kept, datetime.now(UTC)
        if kept is not None and now - kept.read_at[0] < OLDEST:
            with self._moment() as one:
                versions = _versions(one)
            if kept.shows(versions, now):
                if now - kept.read_at[0] >= OLDEST / 2:
                    self._begin(lambda: self._renew(kept))
                return kept
        with self._making:
            return self._present()

    def places_token(self) -> str:
        """The token of places as they are now, as pages carry it: the whole city is not looked at for it."""
        kept = self._kept
        with self._moment() as one:
            version = _of_places(one)
        return _token(version, datetime.now(UTC) if kept is None else kept.read_at[0])

    def coverage(self, lang: str, *, mailed: bool = False) -> Page:
        """The coverage map of the present state: as served, or as one file that may be mailed."""
        seen = self.seen()
        with self._drawing:
            kept = self._pages.get((lang, mailed))
            if kept is not None and kept[0] is seen:
                return kept[1]
            remote = None if mailed else _remote(seen)
            page = overview.draw(seen.overview, self._settings, lang=lang, remote=remote)
            # Pages of former states would keep those, with all their incidents.
            others = {name: one for name, one in self._pages.items() if one[0] is seen}
            self._pages = {**others, (lang, mailed): (seen, page)}
            return page

    def warm(self) -> None:
        """Make what the first page needs, in the background; who asks meanwhile waits for the rest of it. It begins a
        moment later: what waited for the service to start comes first."""

        def later() -> None:
            if not self._closing.wait(WARM_S):
                self.coverage(self._settings.lang)

        self._begin(later)

    def close(self) -> None:
        """Wait for what is made in the background, but not long: nobody will look at it."""
        self._closing.set()
        aside = self._aside
        if aside is not None:
            aside.join(CLOSE_S)

    def _begin(self, work: Callable[[], object]) -> None:
        """Do it aside, unless something is made there already."""
        if self._aside is None or not self._aside.is_alive():
            self._aside = Thread(target=_logged, args=(work,), name="wangge-pages", daemon=True)
            self._aside.start()

    def _renew(self, former: Seen) -> None:
        """Look at the city once more, while the former look is shown."""
        if self._kept is not former:
            return
        now = datetime.now(UTC)
        with self._moment() as one:
            versions = _versions(one)
            looked = overview.present(one, self._settings, now=now)
        with self._making:
            kept = self._kept
            if kept is None or kept.read_at[1] < now:
                self._kept = Seen(
                    looked, versions, (now, now), 0.0 if kept is None else kept.cost_s
                )

    def _present(self) -> Seen:
        now = datetime.now(UTC)
        with self._moment() as one:
            versions = _versions(one)
            kept = self._kept
            if kept is None or now - kept.read_at[0] >= OLDEST or kept.versions[0] != versions[0]:
                looked = overview.present(one, self._settings, now=now)
                cost_s = 0.0 if kept is None else kept.cost_s
                self._kept = Seen(looked, versions, (now, now), cost_s)
            elif not kept.shows(versions, now):
                began = time.monotonic()
                looked = self._recounted(one, kept.overview, now)
                cost_s = time.monotonic() - began
                self._kept = Seen(looked, versions, (kept.read_at[0], now), cost_s)
            assert self._kept is not None
            return self._kept

    def _moment(self) -> Connection:
        """One moment for all that is read, so that no two numbers of a page are of different times."""
        return self._engine.connect().execution_options(isolation_level="REPEATABLE READ")

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
        redraw="/redraw",
    )


def _logged(work: Callable[[], object]) -> None:
    """Done in the background: what goes wrong is said again to whoever asks."""
    try:
        work()
    except (SQLAlchemyError, WanggeError) as error:
        _log.warning("the city could not be looked at beforehand: %s", error)
    except Exception:  # noqa: BLE001
        _log.exception("the city could not be looked at beforehand")


def _versions(connection: Connection) -> tuple[Version, Version]:
    return _of_places(connection), _of_incidents(connection)


def _of_places(connection: Connection) -> Version:
    return (grids.epoch(connection), *city_changes.stand(connection))


def _of_incidents(connection: Connection) -> Version:
    """Incidents change their grid with the epoch; whatever else becomes of them is told the live list."""
    return (grids.epoch(connection), *news.stand(connection))


def _token(version: Version, read_at: datetime) -> str:
    said = repr((version, int(read_at.timestamp() // OLDEST.total_seconds())))
    return hashlib.sha256(said.encode()).hexdigest()[:12]
