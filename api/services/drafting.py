"""Drafts out of the store, and those that a process keeps in memory: values that never change."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from data.bounds import usual_rule
from data.settings import Settings
from data.store import drafts, redrawn
from data.tables import PlanHappening
from geo.codes import Profile
from geo.errors import NotFound
from geo.model import CityPlan
from geo.redraw import Draft, open_drafts, redo, undo

KEPT = 64
"""Drafts in memory: two alternatives for each community of a city, and some."""
FRESH_S = 600.0
"""How long who lives, answers and reports where is taken as it was when a draft was opened."""
YEAR = timedelta(days=365)
MOST_CHANGES = 50
"""Of another process that are followed one by one; where there are more, a draft is read again."""


@dataclass(frozen=True, slots=True)
class Held:
    """A draft as it is at one version. done: how many operations can be undone. open_points: where open incidents lie.
    stored: whether the store has just these blocks; of a plan that came as polygons alone, or did not tile, they were
    made when it was opened."""

    version: int
    done: int
    draft: Draft
    open_points: shapely.STRtree
    opened_s: float
    stored: bool = True


class Shelf:
    """The drafts that a process has opened, the latest used ones; safe between threads."""

    def __init__(self, settings: Settings) -> None:
        self.profile = Profile(settings.profile)
        self.rule = usual_rule(settings)
        self._held: OrderedDict[int, Held] = OrderedDict()
        self._lock = Lock()

    @property
    def grid_name(self) -> str:
        """What a grid is called that nobody named."""
        chinese = self.profile is Profile.CN
        return "{community}第{number}网格" if chinese else "{community}-{number}"

    def take(self, connection: Connection, head: RowMapping) -> Held:
        """A plan at the version that ``head`` tells; read where it is not in memory."""
        with self._lock:
            held = self._held.get(head["id"])
        if held is not None and time.monotonic() - held.opened_s < FRESH_S:
            if held.version == head["version"]:
                return held
            held = caught_up(connection, held, head)
        else:
            held = None
        held = held or self.opened(connection, head)
        self.put(head["id"], held)
        return held

    def put(self, plan_id: int, held: Held) -> None:
        """Keep a draft, for a later one of the same plan."""
        with self._lock:
            self._held[plan_id] = held
            self._held.move_to_end(plan_id)
            while len(self._held) > KEPT:
                self._held.popitem(last=False)

    def drop(self, plan_id: int) -> None:
        """Forget a plan."""
        with self._lock:
            self._held.pop(plan_id, None)

    def open(
        self,
        connection: Connection,
        plan: CityPlan,
        *,
        used: Mapping[str, set[str]],
        cut: bool = False,
    ) -> dict[str, Draft]:
        """Drafts of a plan's communities under what is known of them now, by community code. ``cut``: grids that come
        without blocks are cut into some."""
        codes = sorted(set(plan.grids["community_code"]))
        since = datetime.now(UTC) - YEAR
        return open_drafts(
            plan,
            drafts.city(connection, codes),
            rule=self.rule,
            profile=self.profile,
            grid_name=self.grid_name,
            incidents=drafts.incident_points(connection, codes, since=since),
            officers=drafts.officers(connection) if self.profile is Profile.CN else None,
            used=used,
            cut=cut,
        )

    def opened(self, connection: Connection, head: RowMapping) -> Held:
        """A plan as it is under what is known now, read anew and not kept."""
        code = head["community_code"]
        plan = drafts.plan(connection, [head["id"]])
        if plan.grids.empty:
            raise NotFound("plan-without-grids", plan=head["id"])
        used = drafts.used_codes(connection, [code], plan_id=head["id"])
        draft = self.open(connection, plan, used=used)[code]
        held = self.held(connection, draft, version=head["version"], done=head["undo"])
        return replace(held, stored=_stored(plan, draft))

    def held(
        self, connection: Connection, draft: Draft, *, version: int = 1, done: int = 0
    ) -> Held:
        """A draft that was just opened, with what lies in it now."""
        points: NDArray[np.object_] = drafts.open_points(connection, draft.ground.code)
        return Held(version, done, draft, shapely.STRtree(points), time.monotonic())


def _stored(plan: CityPlan, draft: Draft) -> bool:
    """Whether a plan's blocks are those of the draft that was made of it, byte for byte."""
    shapes = shapely.to_wkb(np.asarray(plan.blocks.geometry.array), byte_order=1)
    kept = dict(zip(plan.blocks["block_id"].astype(str), shapes, strict=True))
    return kept == {block.block_id: block.wkb for block in draft.blocks.values()}


def caught_up(connection: Connection, held: Held, head: RowMapping) -> Held | None:
    """A draft brought to a later version by the steps that another process took; None where not all of them are known
    any more (what was undone, and then done otherwise), or its ground is another."""
    changes = drafts.changes_since(connection, head["id"], held.version)
    if len(changes) > MOST_CHANGES or held.version > head["version"] or not held.stored:
        return None
    if any(change["what"] == PlanHappening.COUNTED for change in changes):
        return None
    draft, done = held.draft, held.done
    most = sum(len(change["detail"].get("operations", [])) for change in changes)
    near = drafts.steps(connection, head["id"], first=done - most, last=done + most)
    rows = {row["n"]: row for row in near}
    for change in changes:
        operations = change["detail"].get("operations", [])
        for operation in operations:
            back = change["what"] == PlanHappening.UNDONE
            row = rows.get(done if back else done + 1)
            if row is None or row["operation"] != operation:
                return None
            step = redrawn.step_of(row["step"])
            draft = undo(draft, step) if back else redo(draft, step)
            done += -1 if back else 1
    return replace(held, version=head["version"], done=done, draft=draft)
