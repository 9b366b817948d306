"""Hearing that plans, people or incidents have changed, from the transactions that changed them."""

from __future__ import annotations

import select
import socket
from collections.abc import Collection
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, create_engine, func, text
from sqlalchemy import select as query
from sqlalchemy.pool import NullPool

from data.tables import PlanEpoch

PLANS, DIRECTORY = "plan_epoch", "directory"
"""What can be heard: plans came into force; posts or regions changed."""

_LIVELY = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


class Changes:
    """A connection of its own that hears what is committed, from its opening on.

    Raises SQLAlchemy's DBAPIError once the database is away; then open another and read everything again.
    """

    def __init__(self, engine: Engine, channels: Collection[str] = (PLANS, DIRECTORY)) -> None:
        listener = create_engine(
            engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=_LIVELY
        )
        self._connection = listener.connect()
        self._near, self._far = socket.socketpair()
        for channel in channels:
            self._connection.execute(text(f"LISTEN {channel}"))

    def wait(self, timeout_s: float) -> set[str]:
        """What was heard: as soon as there is something, or nothing after ``timeout_s`` or `wake`."""
        driver: Any = self._connection.connection.driver_connection
        if not driver.notifies:
            select.select([driver, self._near], [], [], timeout_s)
            self._connection.execute(text("SELECT 1"))  # takes in what has arrived, or fails
        heard = {notice.channel for notice in driver.notifies}
        driver.notifies.clear()
        return heard

    def look(self) -> tuple[int, float]:
        """The present epoch and the database's clock, in seconds since 1970."""
        seconds = func.extract("epoch", func.clock_timestamp())
        row = self._connection.execute(query(PlanEpoch.n, seconds)).one()
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
        self._connection.close()
        self._near.close()
        self._far.close()
