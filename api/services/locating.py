"""Where a point is, from memory: the published grids of the present epoch, and who answers for them now."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from api.services import on_duty
from data.store import grids, regions
from data.store.relocating import Placing
from geo.model import How, Located, Outside


@dataclass(frozen=True, slots=True)
class GridName:
    """A grid in words."""

    code: str
    name: str | None
    community_code: str
    community_name: str | None
    plan_id: int


@dataclass(frozen=True, slots=True)
class Person:
    """Who answers; ``duty`` A is a grid's own officer."""

    name: str
    phone: str | None
    duty: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Which grid a point belongs to and why: inside (``edge_m`` to its nearest edge), on a boundary (``runner_up`` is
    the other side), outside (the nearest grid and its distance). Without any grid in force all of it is None."""

    how: How
    grid: GridName | None
    edge_m: float | None
    runner_up: GridName | None
    nearest: GridName | None
    nearest_m: float | None
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """A person at a post, from one moment to another (seconds since 1970)."""

    since_s: float
    until_s: float
    person: Person


class Directory:
    """Names of communities and people at posts, those of the days to come included."""

    def __init__(self, connection: Connection) -> None:
        self.community_names = regions.codes(connection, level="community")
        self.duties: dict[str, list[Duty]] = {}
        for code, one, spell in on_duty.to_come(connection):
            person = Person(one.person, one.phone, one.kind)
            since_s = float("-inf") if spell.since is None else spell.since.timestamp()
            until_s = float("inf") if spell.until is None else spell.until.timestamp()
            self.duties.setdefault(code, []).append(Duty(since_s, until_s, person))

    def people(self, grid_code: str, now_s: float) -> tuple[Person, ...]:
        """Who answers for a grid at a moment."""
        held = self.duties.get(grid_code, ())
        return tuple([one.person for one in held if one.since_s <= now_s < one.until_s])

    def spell(self, grid_code: str, now_s: float) -> tuple[float, float]:
        """From when until when nobody comes or goes there by the clock, around a moment."""
        held = self.duties.get(grid_code, ())
        turns = [turn for one in held for turn in (one.since_s, one.until_s)]
        before = [turn for turn in turns if turn <= now_s]
        after = [turn for turn in turns if turn > now_s]
        return max(before, default=float("-inf")), min(after, default=float("inf"))


class Epoch:
    """The grids of one epoch in memory, with names and people as they were last read. Never changes."""

    def __init__(self, placing: Placing, directory: Directory) -> None:
        self.n = placing.epoch
        self.placing = placing
        self.locator = placing.locator
        self.directory = directory
        self.memo: dict[Any, Any] = {}
        """What others make of it, to use again as long as it stands."""
        self.names = _names(placing, directory.community_names)


class LocatorCache:
    """The present epoch. One for each process; safe between threads; an answer is of one epoch, whole.

    **How fresh.** `refresh` looks whether plans were published, `reread` reads names and people again; a `Watch`
    (watching.py) calls them when a transaction that changed something commits. Until what is new has been read and
    warmed up (aside, then swapped in), and while the database is away, the former is answered. A post that begins or
    ends by the clock does so at its time, by the database's clock. Nothing is written on the strength of memory: an
    insert names its epoch, and one that has passed goes nowhere (data/store/recording.py).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Taken by who has a connection already: who holds it needs nothing else that others may have.
        self._lock = Lock()
        self._epoch: Epoch | None = None
        self._clock_ahead_s = 0.0

    def current(self) -> Epoch:
        """The epoch in memory; read now if there is none yet."""
        return self._epoch or self.refresh()

    def refresh(self, connection: Connection | None = None) -> Epoch:
        """The present epoch, looked up now; on ``connection`` of a transaction that holds plan_epoch or sees one
        moment, else on one of its own. Never one before that in memory."""
        if connection is None:
            options = {"isolation_level": "REPEATABLE READ"}
            with self._engine.connect().execution_options(**options) as own:
                return self.refresh(own)
        with self._lock:
            if self._epoch is None or self._epoch.n < grids.epoch(connection):
                self._epoch = self._load(connection)
            return self._epoch

    def reread(self) -> None:
        """Read the names and people again."""
        with self._engine.connect() as connection, self._lock:
            if self._epoch is not None:
                self._epoch = Epoch(self._epoch.placing, Directory(connection))

    def set_clock(self, database_s: float) -> None:
        """Tell what the database's clock says now (seconds since 1970)."""
        self._clock_ahead_s = database_s - time.time()

    def locate(self, *, lng: float, lat: float, epoch: Epoch | None = None) -> Answer:
        """The answer for one place (EPSG:4490 degrees). DatumError if it is no place on Earth."""
        epoch = epoch or self.current()
        return self.answer(epoch, epoch.locator.locate(lng=lng, lat=lat))

    def now_s(self) -> float:
        """The time by the database's clock (seconds since 1970)."""
        return time.time() + self._clock_ahead_s

    def answer(self, epoch: Epoch, found: Located | Outside) -> Answer:
        """What was found in an epoch's locator, with names and people."""
        if not isinstance(found, Located):
            near = None if found.nearest_code is None else epoch.names[found.nearest_code]
            metres = None if near is None else found.nearest_m
            return Answer(How.OUTSIDE, None, None, None, near, metres, ())
        other = None if found.runner_up is None else epoch.names[found.runner_up]
        people = epoch.directory.people(found.code, self.now_s())
        return Answer(found.how, epoch.names[found.code], found.edge_m, other, None, None, people)

    def _load(self, connection: Connection) -> Epoch:
        """Epoch and grids of one moment; the directory."""
        epoch = Epoch(Placing(connection), Directory(connection))
        seconds = func.extract("epoch", func.clock_timestamp())
        self.set_clock(float(connection.execute(select(seconds)).scalar_one()))
        epoch.locator.warm_up()
        return epoch


def _names(placing: Placing, community_names: Mapping[str, str]) -> dict[str, GridName]:
    rows = placing.grids[["code", "name", "community_code", "plan_id"]]
    return {
        code: GridName(code, name, community, community_names.get(community), int(plan))
        for code, name, community, plan in rows.itertuples(index=False, name=None)
    }
