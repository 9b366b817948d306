"""What the service holds while it runs: the database, the locator in memory, the page of the moment."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fastapi import Request
from sqlalchemy import Engine

from api.services.actor import Actor, Role
from api.services.locating import LocatorCache
from api.services.pages import PageCache
from data.database import open_database
from data.settings import Settings


@dataclass(frozen=True, slots=True)
class State:
    """One a process; opened before the first request, closed after the last."""

    settings: Settings
    engine: Engine
    locators: LocatorCache
    pages: PageCache

    @classmethod
    def open(cls, settings: Settings) -> State:
        """Open the database and warm up: a service that answers is ready to answer at once."""
        engine = open_database(settings)
        locators = LocatorCache(engine)
        locators.current()
        return cls(settings, engine, locators, PageCache(engine, settings))

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.settings.timezone)

    def actor(self) -> Actor:
        """Whom a request is recorded under, until there are accounts."""
        return Actor(who=self.settings.actor or "http", role=Role.DISPATCHER)


def state(request: Request) -> State:
    """The running service, for a route's ``Depends``."""
    held: State = request.app.state.wangge
    return held
