"""What dispatchers do with incidents: take and release them, place and correct them. Each is one transaction, told to
who follows the live list when it commits.

A change may name the ``version`` that its maker saw: Conflict "incident-stale", with what it is now, if somebody was
quicker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor, Role
from api.services.incidents import WGS84, degrees, kept
from api.services.locating import Answer, Epoch, LocatorCache
from data.store import grids, handling, incidents, locking, news
from data.tables import Happening, IncidentStatus
from geo.crs import Datum
from geo.errors import Conflict, NotFound

_PLACE = ("lng", "lat", "place", "how", "grid_code", "nearest_code", "nearest_m")
"""What an event keeps of a place that was."""


@dataclass(frozen=True, slots=True)
class Told:
    """An incident with what was done to it, the calls joined to it, the parts split from it; answer: of its place."""

    incident: RowMapping
    answer: Answer | None
    events: Sequence[RowMapping]
    calls: Sequence[RowMapping]
    parts: Sequence[RowMapping]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an incident is: degrees in ``datum``, and ``place`` in words (None leaves what was said). said, kind, key:
    the words that were searched for and the entry that was chosen."""

    lng: float
    lat: float
    datum: Datum = WGS84
    place: str | None = None
    said: str | None = None
    kind: str | None = None
    key: str | None = None


class Desk:
    """Handles incidents in one database, with the grids that a process has in memory."""

    def __init__(self, engine: Engine, locators: LocatorCache) -> None:
        self.engine, self.locators = engine, locators

    def get(self, number: UUID) -> Told:
        """One incident and all that belongs to it, of one moment. NotFound "incident-unknown"."""
        with self.engine.connect().execution_options(isolation_level="REPEATABLE READ") as one:
            return self._told(one, number)

    def _told(self, connection: Connection, number: UUID) -> Told:
        row = incidents.get(connection, number)
        if row is None:
            raise NotFound("incident-unknown", id=number)
        answer = None
        if row["lng"] is not None:
            epoch = self._epoch(connection)
            answer = self.locators.locate(lng=row["lng"], lat=row["lat"], epoch=epoch)
        return Told(
            row,
            answer,
            handling.events(connection, number),
            handling.calls(connection, number),
            handling.parts(connection, number),
        )

    def take(self, actor: Actor, number: UUID, *, version: int | None = None) -> RowMapping:
        """Take an open incident that nobody has; Conflict "incident-taken" says who has it."""
        with self.changing(actor, number) as (connection, rows):
            row = expected(rows[number], version)
            require_open(row)
            if row["taken_by"] is not None:
                raise Conflict("incident-taken", id=row["id"], by=row["taken_by"]).at(dict(row))
            handling.change(connection, number, taken_by=actor.who, taken_at=datetime.now(UTC))
            handling.note(connection, number, Happening.TAKEN, by=actor.who)
            return now(connection, number)

    def release(self, actor: Actor, number: UUID, *, version: int | None = None) -> RowMapping:
        """Give an incident back, whoever has it. Conflict "incident-free" where nobody does."""
        with self.changing(actor, number) as (connection, rows):
            row = expected(rows[number], version)
            require_open(row)
            if row["taken_by"] is None:
                raise Conflict("incident-free", id=row["id"]).at(dict(row))
            handling.change(connection, number, taken_by=None, taken_at=None)
            had = {"taken_by": row["taken_by"], "taken_at": row["taken_at"]}
            handling.note(connection, number, Happening.RELEASED, by=actor.who, was=had)
            return now(connection, number)

    def place(self, actor: Actor, number: UUID, spot: Spot, *, version: int) -> Told:
        """Tell where an open incident is: found for the first time, or corrected; both are kept for the planner.

        DatumError for coordinates that are no place.
        """
        lng, lat = degrees(spot.lng, spot.lat, datum=spot.datum)
        with self.changing(actor, number, locating=True) as (connection, rows):
            row = expected(rows[number], version)
            require_open(row)
            found = self.located(connection, lng, lat)
            raw = {"raw_x": spot.lng, "raw_y": spot.lat, "raw_datum": spot.datum.name}
            words = {} if spot.place is None else {"place": spot.place}
            handling.change(connection, number, lng=lng, lat=lat, **found, **raw, **words)
            handling.note(
                connection,
                number,
                Happening.PLACED if row["lng"] is None else Happening.CORRECTED,
                by=actor.who,
                old={name: row[name] for name in _PLACE},
                new={"lng": lng, "lat": lat, "place": spot.place, **found},
                chosen={"said": spot.said, "kind": spot.kind, "key": spot.key},
            )
        return self.get(number)

    @contextmanager
    def changing(
        self, actor: Actor, *numbers: UUID, locating: bool = False
    ) -> Iterator[tuple[Connection, dict[UUID, RowMapping]]]:
        """A transaction that holds these incidents; who follows the live list hears of them when it commits.

        ``locating``: publications wait, so that `located` stands. NotFound "incident-unknown".
        """
        actor.needs(Role.DISPATCHER)
        with self.engine.begin() as connection:
            if locating or len(numbers) > 1:
                locking.together(connection)
            if locating:
                grids.hold(connection)
            rows = handling.lock(connection, *numbers)
            for number in numbers:
                if number not in rows:
                    raise NotFound("incident-unknown", id=number)
            yield connection, rows
            news.tell(connection, numbers)

    def located(
        self, connection: Connection, lng: float | None, lat: float | None
    ) -> dict[str, Any]:
        """What an incident keeps of a place, by the grids in force while the caller's transaction lasts (`changing`
        with ``locating``); all None for a place unknown."""
        if lng is None or lat is None:
            return dict.fromkeys(("how", "grid_code", "plan_id", "nearest_code", "nearest_m"))
        return kept(self.locators.locate(lng=lng, lat=lat, epoch=self._epoch(connection)))

    def _epoch(self, connection: Connection) -> Epoch:
        """The grids that ``connection`` sees in force, or newer ones: memory may not have heard of them yet."""
        epoch = self.locators.current()
        return epoch if epoch.n >= grids.epoch(connection) else self.locators.refresh(connection)


def expected(row: RowMapping, version: int | None) -> RowMapping:
    """The row, if it is still the version that somebody saw; else Conflict "incident-stale"."""
    if version is not None and row["version"] != version:
        raise Conflict("incident-stale", id=row["id"], seen=version, version=row["version"]).at(
            dict(row)
        )
    return row


def require_open(row: RowMapping) -> None:
    """Conflict "incident-joined" or "incident-over" for one that is not open."""
    if row["status"] == IncidentStatus.JOINED:
        raise Conflict("incident-joined", id=row["id"], to=row["joined_to"]).at(dict(row))
    if row["status"] != IncidentStatus.OPEN:
        raise Conflict("incident-over", id=row["id"]).at(dict(row))


def now(connection: Connection, number: UUID) -> RowMapping:
    """An incident that is there, as this transaction has left it."""
    row = incidents.get(connection, number)
    assert row is not None, "incidents are never deleted"
    return row
