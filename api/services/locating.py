"""Where a point is, from memory: the published grids of the present epoch, and who answers for them now."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Engine, select

from data.store import posts, regions
from data.store.relocating import Placing
from data.tables import PlanEpoch
from geo.model import How, Located


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


class Epoch:
    """The grids of one epoch in memory."""

    def __init__(self, placing: Placing, community_names: dict[str, str]) -> None:
        self.n = placing.epoch
        self.placing = placing
        self.locator = placing.locator
        rows = placing.grids[["code", "name", "community_code", "plan_id"]]
        self.names = {
            code: GridName(code, name, community, community_names.get(community), int(plan))
            for code, name, community, plan in rows.itertuples(index=False, name=None)
        }


class LocatorCache:
    """The present epoch, read again when it has moved. One for each process; safe between threads.

    ``fresh_s``: how long an answer may lag behind a publication. Nothing is written on the strength of it: an insert
    names its epoch, and one that has passed goes nowhere (data/store/incidents.py).
    """

    def __init__(self, engine: Engine, *, fresh_s: float = 0.5) -> None:
        self._engine = engine
        self._fresh_s = fresh_s
        self._lock = Lock()
        self._epoch: Epoch | None = None
        self._seen_at = float("-inf")

    def current(self) -> Epoch:
        """The present epoch, from memory while it is fresh."""
        epoch = self._epoch
        if epoch is not None and time.monotonic() - self._seen_at < self._fresh_s:
            return epoch
        return self.refresh()

    def refresh(self) -> Epoch:
        """The present epoch, looked up now."""
        with self._lock:
            if self._epoch is None or self._epoch.n != self._look():
                self._epoch = self._load()
            self._seen_at = time.monotonic()
            return self._epoch

    def locate(self, *, lng: float, lat: float, epoch: Epoch | None = None) -> Answer:
        """The answer for one place (EPSG:4490 degrees). DatumError if it is no place on Earth."""
        epoch = epoch or self.current()
        found = epoch.locator.locate(lng=lng, lat=lat)
        if not isinstance(found, Located):
            near = None if found.nearest_code is None else epoch.names[found.nearest_code]
            metres = None if near is None else found.nearest_m
            return Answer(How.OUTSIDE, None, None, None, near, metres, ())
        other = None if found.runner_up is None else epoch.names[found.runner_up]
        people = self.people(found.code)
        return Answer(found.how, epoch.names[found.code], found.edge_m, other, None, None, people)

    def people(self, grid_code: str) -> tuple[Person, ...]:
        """Who answers for a grid at this moment."""
        with self._engine.connect() as connection:
            rows = posts.on_duty(connection, [grid_code])
        return tuple(Person(row["person"], row["phone"], row["kind"]) for row in rows)

    def _look(self) -> int:
        with self._engine.connect() as connection:
            return connection.execute(select(PlanEpoch.n)).scalar_one()

    def _load(self) -> Epoch:
        """Epoch and grids of one snapshot."""
        with self._engine.connect().execution_options(isolation_level="REPEATABLE READ") as one:
            epoch = Epoch(Placing(one), regions.codes(one, level="community"))
        epoch.locator.warm_up()
        return epoch
