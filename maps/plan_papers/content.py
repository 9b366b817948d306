"""What every document of a plan is made from: the plan, the one before it, and which grids are otherwise now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import shapely

from geo.redraw import Draft
from geo.redraw.difference import PlanDiff
from geo.redraw.hands import MovedHome
from geo.redraw.numbers import Numbers, numbers
from geo.redraw.replay import Replay
from maps.texts import catalogue, text


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a plan's life: walked, notice, approved or registered."""

    stage: str
    day: date
    number: str | None = None
    file_name: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said of a plan, and what was answered. kind: comment, view, objection or walk. photo: a JPEG that
    fits a page, where the document shows photos. number: as the store has it."""

    kind: str
    said: str
    day: date
    name: str | None = None
    grid_code: str | None = None
    answer: str | None = None
    answered: date | None = None
    lng: float | None = None
    lat: float | None = None
    photo: bytes | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Officer:
    """Who answers for a grid. stand_in: who does while they are on leave."""

    name: str
    phone: str | None = None
    stand_in: str | None = None
    stand_in_phone: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A grid that is otherwise now. what: new, gone, renumbered, renamed, border, kind. old, new: its codes; None where
    it was not, or is no more."""

    old: str | None
    new: str | None
    what: tuple[str, ...]


@dataclass(frozen=True)  # no slots: cached properties
class Papers:
    """A plan and the one before it. around: communities beside it by name (EPSG:4490). officers: by grid code. status:
    draft, scheduled, published or retired; since: from when it is in force. as_of: the day of the documents."""

    plan_id: int
    version: int
    status: str
    before: Draft
    after: Draft
    diff: PlanDiff
    replay: Replay
    as_of: date
    since: date | None = None
    steps: Sequence[Step] = ()
    remarks: Sequence[Remark] = ()
    officers: Mapping[str, Sequence[Officer]] = field(default_factory=dict)
    around: Mapping[str, shapely.Geometry] = field(default_factory=dict)
    demo: bool = False

    @property
    def place(self) -> str:
        """The community."""
        return self.after.ground.name

    @cached_property
    def was(self) -> Mapping[str, Numbers]:
        """The numbers of the grids before."""
        return numbers(self.before)

    @cached_property
    def now(self) -> Mapping[str, Numbers]:
        """The numbers of the grids after."""
        return numbers(self.after)

    @cached_property
    def movers(self) -> Sequence[MovedHome]:
        """The buildings that one grid answered for and now another does."""
        return [one for one in self.diff.moved.homes if one.from_grid is not None]

    @property
    def moved(self) -> dict[str, str]:
        """How many buildings, households and residents change their grid, to be said."""
        return {
            "buildings": f"{len(self.movers):,}",
            "households": f"{sum(one.households for one in self.movers):,}",
            "residents": f"{sum(one.residents for one in self.movers):,}",
        }

    @cached_property
    def old_of(self) -> Mapping[str, str]:
        """The former code of every grid that there was before."""
        other = {new: old for old, new in self.diff.renumbered.items()}
        found = {new: other.get(new, new) for new in self.after.grids}
        taken = set(self.diff.renumbered)
        return {
            new: old
            for new, old in found.items()
            if old in self.before.grids and (new in other or old not in taken)
        }

    @cached_property
    def changes(self) -> Sequence[Change]:
        """The grids that are otherwise now, by code; those that are no more at the end."""
        found = [Change(self.old_of.get(new), new, self._what(new)) for new in self.after.grids]
        gone = [Change(old, None, ("gone",)) for old in self.diff.gone]
        return [one for one in found if one.what] + gone

    @cached_property
    def changed(self) -> frozenset[str]:
        """The codes of grids of the plan that are otherwise now."""
        return frozenset(one.new for one in self.changes if one.new is not None)

    def _what(self, new: str) -> tuple[str, ...]:
        old = self.old_of.get(new)
        if old is None:
            return ("new",)
        touched = {one.from_grid for one in self.diff.ground if one.from_grid == old}
        touched |= {one.to_grid for one in self.diff.ground if one.to_grid == new}
        was, now = self.before.grids[old], self.after.grids[new]
        told = {
            "renumbered": old != new,
            "renamed": was.name != now.name,
            "border": bool(touched),
            "kind": was.kind != now.kind,
        }
        return tuple(name for name, true in told.items() if true)

    def predecessors(self, change: Change) -> tuple[str, ...]:
        """The grids that a changed one was made from."""
        if change.new is None:
            return ()
        told = self.after.grids[change.new].predecessors
        from_ground = (one.from_grid for one in self.diff.ground if one.to_grid == change.new)
        own = () if change.old is None else (change.old,)
        return tuple(dict.fromkeys((*own, *told, *from_ground)))

    def heirs(self, change: Change) -> tuple[str, ...]:
        """The grids that got what one had that is no more."""
        return tuple(
            dict.fromkeys(one.to_grid for one in self.diff.ground if one.from_grid == change.old)
        )

    def step(self, stage: str) -> Step | None:
        """The last time that a plan went a step."""
        return next((one for one in reversed(self.steps) if one.stage == stage), None)


def say(key: str, lang: str, **params: object) -> str:
    """A text of these documents."""
    return text(f"papers.{key}", lang, **params)


def short(name: str, place: str) -> str:
    """The name of a grid inside its community; the whole of it where no name would be left: -5 of Baldwin-5."""
    own = name.removeprefix(place).removeprefix("社区").strip()
    return own if own[:1].isalnum() else name


def listed(words: Sequence[str], lang: str) -> str:
    """Words one after another."""
    return catalogue(lang)["papers.and"].join(words)


def what_changed(change: Change, lang: str) -> str:
    """How a grid is otherwise."""
    return listed([say(f"what-{one}", lang) for one in change.what], lang)


def state(papers: Papers, lang: str) -> str:
    """Which plan it is, and whether it is in force."""
    since = "" if papers.since is None else f"{papers.since:%Y-%m-%d}"
    told = say(f"status-{papers.status}", lang, since=since)
    return say("plan", lang, plan=papers.plan_id, version=papers.version, state=told)


def people(papers: Papers, code: str | None, lang: str, *, phones: bool = False) -> str:
    """Who answers for a grid of the plan: while it is not in force, posts hang on the codes of before."""
    coming = papers.status in ("draft", "scheduled")
    told = papers.officers.get((papers.old_of.get(code or "") if coming else code) or "", ())
    return listed([_person(one, lang) if phones else one.name for one in told], lang)


def _person(one: Officer, lang: str) -> str:
    """With the phone; and who stands in with theirs."""
    own = f"{one.name} {one.phone or ''}".strip()
    if one.stand_in is None:
        return own
    other = f"{one.stand_in} {one.stand_in_phone or ''}".strip()
    return say("stood-in", lang, person=own, stand_in=other)
