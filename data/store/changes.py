"""Hearing that plans, people or incidents have changed, from the transactions that changed them."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Collection
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, create_engine, func, text
from sqlalchemy import select as query
from sqlalchemy.pool import NullPool

from data.tables import PlanEpoch

PLANS, DIRECTORY = "plan_epoch", "directory"
"""What can be heard: plans came into force; posts or regions changed."""

_LIVELY = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


class Changes:
    """A connection of its own that hears what is committed, from its opening on.

    ``connection``: for statements of the thread that listens too; each is a transaction of its own. Raises SQLAlchemy's
    DBAPIError once the database is away; then open another and read everything again.
    """

    def __init__(self, engine: Engine, channels: Collection[str] = (PLANS, DIRECTORY)) -> None:
        listener = create_engine(
            engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=_LIVELY
        )
        with ExitStack() as opened:
            self.connection = opened.enter_context(listener.connect())
            self._near, self._far = socket.socketpair()
            opened.callback(self._near.close)
            opened.callback(self._far.close)
            for channel in channels:
                self.connection.execute(text(f"LISTEN {channel}"))
            self._opened = opened.pop_all()

    def wait(self, timeout_s: float) -> set[str]:
        """What was heard: as soon as there is something, or nothing after ``timeout_s`` or `wake`."""
        driver: Any = self.connection.connection.driver_connection
        if not driver.notifies:
            with selectors.DefaultSelector() as awaited:  # select() knows no file beyond its 1024th
                awaited.register(driver, selectors.EVENT_READ)
                awaited.register(self._near, selectors.EVENT_READ)
                awaited.select(timeout_s)
            self.connection.execute(text("SELECT 1"))  # takes in what has arrived, or fails
        heard = {notice.channel for notice in driver.notifies}
        driver.notifies.clear()
        return heard

    def look(self) -> tuple[int, float]:
        """The present epoch and the database's clock, in seconds since 1970."""
        seconds = func.extract("epoch", func.clock_timestamp())
        row = self.connection.execute(query(PlanEpoch.n, seconds)).one()
        return int(row[0]), float(row[1])

    def wake(self) -> None:
        """End a `wait` that another thread is in."""
        with suppress(OSError):  # closed meanwhile: nobody waits
            self._far.send(b"!")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._opened.close()
