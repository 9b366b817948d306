"""A drawn outline names the buildings within: those of no estate, and of another one only those that a planner ticks;
taken back as a whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor, Role
from api.services.counting import Recounted, count_again
from api.services.drafting import Shelf
from data.store import traced_estates
from data.tables import TraceKind
from geo.errors import Conflict, InputError, NotFound


@dataclass(frozen=True, slots=True)
class Inside:
    """What stands within an outline. unnamed: of no estate; others: of another; same: how many bear its name already;
    given: how many of these got it from this outline."""

    number: int
    estate: str
    unnamed: Sequence[RowMapping]
    others: Sequence[RowMapping]
    same: int
    given: int


@dataclass(frozen=True, slots=True)
class Named:
    """named: how many buildings got another estate. left: of those that are taken back, the ones that somebody has
    named otherwise since. drafts: that follow."""

    number: int
    estate: str
    named: int
    left: int
    drafts: tuple[int, ...]


class TracedEstates:
    """What outlines say of buildings, in one database."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self.engine, self.shelf = engine, shelf

    def inside(self, number: int) -> Inside:
        """What stands within an outline. NotFound "trace-unknown"; InputError "trace-no-estate" for one without a name
        or area."""
        with self.engine.begin() as connection:
            return _inside(connection, _outline(connection, number))

    def name(self, actor: Actor, number: int, *, also: Collection[str] = ()) -> Named:
        """Buildings of no estate get the outline's name, and those ``also`` that have another one. Conflict
        "trace-gone"; InputError "trace-not-inside" for one of ``also`` that does not stand within."""
        actor.needs(Role.PLANNER)
        with self.engine.begin() as connection:
            outline = _outline(connection, number)
            if outline["removed_at"] is not None:
                raise Conflict("trace-gone", id=number)
            found = _inside(connection, outline)
            others = {one["building_id"] for one in found.others}
            for one in sorted({*also} - others):
                raise InputError("trace-not-inside", building=one, id=number)
            wanted = {one["building_id"] for one in found.unnamed} | {*also}
            before = traced_estates.estates(connection, sorted(wanted))
            kept = [*outline["estates"], *({"id": k, "was": v[0]} for k, v in before.items())]
            done, known = self._change(
                connection, actor, outline, dict.fromkeys(before, found.estate), kept
            )
        known.keep(self.shelf)
        return done

    def take_back(self, actor: Actor, number: int) -> Named:
        """Buildings that got the outline's name are called as before; one that was named otherwise since stays so.
        Conflict "trace-named-nothing" where none did."""
        actor.needs(Role.PLANNER)
        with self.engine.begin() as connection:
            outline = _outline(connection, number)
            was = {one["id"]: one["was"] for one in reversed(outline["estates"])}
            if not was:
                raise Conflict("trace-named-nothing", id=number)
            now = traced_estates.estates(connection, sorted(was))
            ours = {one: was[one] for one, (estate, _) in now.items() if estate == outline["name"]}
            done, known = self._change(connection, actor, outline, ours, [])
        known.keep(self.shelf)
        return replace(done, left=len(was) - len(ours))

    def _change(
        self,
        connection: Connection,
        actor: Actor,
        outline: RowMapping,
        estate_of: Mapping[str, str | None],
        kept: Sequence[Mapping[str, object]],
    ) -> tuple[Named, Recounted]:
        """Name buildings, and let drafts around follow."""
        homes = {code for _, code in traced_estates.estates(connection, sorted(estate_of)).values()}
        for code in homes - {None}:
            actor.reaches(str(code))
        traced_estates.name(connection, estate_of)
        traced_estates.keep(connection, outline["id"], kept)
        around = {outline["community_code"], *(str(code) for code in homes if code is not None)}
        known = count_again(
            connection,
            self.shelf,
            around,
            actor,
            named=set(estate_of),
            why={"estate": outline["id"]},
        )
        done = Named(outline["id"], outline["name"], len(estate_of), 0, tuple(known.held))
        return done, known


def _outline(connection: Connection, number: int) -> RowMapping:
    row = traced_estates.hold(connection, number)
    if row is None:
        raise NotFound("trace-unknown", id=number)
    areal = row["shape"] == "POLYGON" and row["kind"] in (TraceKind.ESTATE, TraceKind.OUTLINE)
    if not areal or not row["name"]:
        raise InputError("trace-no-estate", id=number)
    return row


def _inside(connection: Connection, outline: RowMapping) -> Inside:
    rows = traced_estates.within(connection, outline["id"])
    name = outline["name"]
    return Inside(
        outline["id"],
        name,
        [one for one in rows if not (one["estate"] or "").strip()],
        [one for one in rows if (one["estate"] or "").strip() not in ("", name)],
        sum((one["estate"] or "").strip() == name for one in rows),
        len({one["id"] for one in outline["estates"]}),
    )
